"""A bare loop of confluent-kafka, each message decoded by msgspec, and nothing done with it."""

import secrets

import msgspec
from confluent_kafka import Consumer
from lookup import Event
from measuring import report


def work(broker, topic, count):
    """Consumes until so many messages are decoded."""
    decode = msgspec.json.Decoder(Event).decode
    settings = {
        "bootstrap.servers": broker,
        "group.id": f"bench-{secrets.token_hex(8)}",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    found = 0
    while found < count:
        for message in consumer.consume(10_000, 0.5):
            decode(message.value())
            found += 1
    consumer.close()
    return found


report(work)
