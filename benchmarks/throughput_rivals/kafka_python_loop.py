"""A bare poll loop of kafka-python, each message decoded by msgspec, and nothing done with it."""

import secrets

import msgspec
from kafka import KafkaConsumer
from lookup import Event
from measuring import report


def work(broker, topic, count):
    """Polls until so many messages are decoded."""
    decode = msgspec.json.Decoder(Event).decode
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=broker,
        group_id=f"bench-{secrets.token_hex(8)}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=20_000,
        max_partition_fetch_bytes=4 * 2**20,
    )
    found = 0
    while found < count:
        for records in consumer.poll(500).values():
            for record in records:
                decode(record.value)
                found += 1
    consumer.close(autocommit=False)
    return found


report(work)
