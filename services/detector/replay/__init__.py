"""The lookups of a dataset sent to Kafka as if they were being made: in the order of time, at a chosen speed."""
