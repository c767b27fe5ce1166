"""Registers from topics of Apache Kafka: read whole, kept as integers, and followed as rows come and go."""
