"""What the client fetched into offsets and values: the fast way where it can be trusted, else the way of the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import structlog
from kafka import KafkaConsumer, TopicPartition

from services.detector.sources.kafka.fast_records import FastRecords
from services.detector.sources.kafka.messages import Record
from services.detector.sources.kafka.record_check import objection, pair
from services.detector.sources.kafka.unpacking import MOST_UNPACKED_BYTES

LOG = structlog.get_logger()


class Records:
    """Takes records from a consumer; with `fast`, without an object for each, and none of a batch of more bytes."""

    def __init__(
        self, consumer: KafkaConsumer, fast: bool = True, most_unpacked_bytes: int = MOST_UNPACKED_BYTES
    ) -> None:
        self._consumer = consumer
        if fast and (reason := objection()):
            LOG.warning("records-unpacked-slowly", reason=reason)
            fast = False
        if fast:

            class Bounded(FastRecords):
                most_unpacked = most_unpacked_bytes

            consumer._fetcher.PartitionRecords = Bounded
        self.fast = fast

    def poll(self, timeout_ms: float) -> Mapping[TopicPartition, Sequence[Record]]:
        """What is there now, or comes within the time, up to `max_poll_records` in all."""
        self._free_the_line()
        fetched = self._consumer.poll(timeout_ms)
        if self.fast:
            return cast(Mapping[TopicPartition, Sequence[Record]], fetched)
        return {at: [pair(record) for record in records] for at, records in fetched.items()}

    def _free_the_line(self) -> None:
        """Makes room for what the client set aside when its partition was paused.

        It takes that up again only where nothing stands in line, and counts what stands there and is used up: where
        another partition was read meanwhile, the paused one would never be read again (kafka-python 3.0).
        """
        fetcher = self._consumer._fetcher
        if not fetcher._next_partition_records:
            fetcher._next_partition_records = None
