"""Bytewax: each message decoded by msgspec and counted by its key."""

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, run_main
from lookup import Event
from measuring import report


def work(broker, topic, _count):
    """Runs the flow to the end of the topic."""
    decode = msgspec.json.Decoder(Event).decode
    counts = []

    def employee(message):
        decode(message.value)
        return message.key.decode()

    flow = Dataflow("count")
    messages = op.input("messages", flow, KafkaSource([broker], [topic], tail=False, batch_size=10_000))
    op.output("counts", op.count_final("count", messages, employee), TestingSink(counts))
    run_main(flow)
    return sum(number for _, number in counts)


report(work)
