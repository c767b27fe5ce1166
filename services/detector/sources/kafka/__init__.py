"""Lookups from Apache Kafka."""
