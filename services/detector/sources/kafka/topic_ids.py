"""The name of a topic into the id that its brokers gave it, which no topic made anew under that name has (KIP-516)."""

from __future__ import annotations

from kafka import KafkaConsumer


def topic_id(consumer: KafkaConsumer, topic: str) -> str | None:
    """As the client's metadata has it, at most a minute old; None from brokers before 2.8, which give none."""
    found = consumer._cluster.topic_id(topic)
    return str(found) if found is not None and found.int else None
