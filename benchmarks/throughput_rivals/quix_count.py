"""Quix Streams: each message decoded by msgspec and counted by its key, in a dictionary (no state store)."""

import secrets
from collections import Counter

import msgspec
from lookup import Event
from measuring import report
from quixstreams import Application


def work(broker, topic, count):
    """Runs the application until so many messages were counted."""
    decode = msgspec.json.Decoder(Event).decode
    counts = Counter()

    def counted(value, key, _timestamp, _headers):
        decode(value)
        counts[key] += 1

    application = Application(
        broker_address=broker,
        consumer_group=f"bench-{secrets.token_hex(8)}",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        loglevel="ERROR",
    )
    lookups = application.topic(topic, key_deserializer="bytes", value_deserializer="bytes")
    application.dataframe(lookups).update(counted, metadata=True)
    application.run(count=count, collect=False)
    return counts.total()


report(work)
