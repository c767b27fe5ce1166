"""Pushed signals as events on a topic of Kafka: the intake queue of Bureau Integriteit beside the REST queue."""
