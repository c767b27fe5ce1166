"""A rebalance that outlasts a poll into one that the next poll finishes.

kafka-python 3.0.12 forgets it where the leader of the group found new partitions: it compares what it assigned with
what there is, and the answer of the broker makes both equal before the assignment is taken over. The member then sends
no heartbeats, reads nothing, and says nothing. In other versions only the watch over the membership is left (stall.py).
"""

from __future__ import annotations

import kafka
import structlog
from kafka import KafkaConsumer

from services.detector.sources.kafka.fast_records import WRITTEN_AGAINST

LOG = structlog.get_logger()


def finish_joins(consumer: KafkaConsumer) -> None:
    """A consumer counts as joining for as long as it waits for the answer to a request to join."""
    if kafka.__version__ != WRITTEN_AGAINST:
        LOG.warning("kafka-joins-not-mended", found=kafka.__version__, written_against=WRITTEN_AGAINST)
        return
    coordinator = consumer._coordinator
    needed = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: needed() or coordinator._join_task is not None
