"""A dataset's lookups into two topics: an event per message, and a hundred events per message."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl
from kafka import KafkaAdminClient

from services.core.cloud_events import encode_batch
from services.core.contract import LOOKUP
from services.core.kafka_settings import KafkaSettings
from services.core.topics import topics
from services.detector.decode import decode_frame
from services.detector.replay.messages import Message, messages
from services.detector.replay.send import partition_of, sending

PARTITIONS = 4
EVENTS_PER_BATCH = 100


class Filled(NamedTuple):
    """The names of both topics, and how many lookups each holds."""

    single: str
    batched: str
    lookups: int


@contextmanager
def filled(dataset: Path, settings: KafkaSettings, most: int) -> Iterator[Filled]:
    """Both topics with at most so many lookups, the first of the dataset; deleted at the end."""
    events = list(islice(messages(decode_frame(_lookups(dataset), LOOKUP, "lookups")), most))
    name = f"bench-{secrets.token_hex(6)}"
    found = Filled(f"{name}-single", f"{name}-batched", len(events))
    with closing(KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)) as admin:
        made = topics()[0].settings
        admin.create_topics({each: {"num_partitions": PARTITIONS, "configs": dict(made)} for each in found[:2]})
        try:
            send(events, found.single, settings)
            send(list(batches(events)), found.batched, settings)
            yield found
        finally:
            admin.delete_topics(list(found[:2]))


def send(events: Sequence[Message], topic: str, settings: KafkaSettings) -> None:
    """Sends all of them; each is acknowledged."""
    with sending(topic, settings) as sender:
        for _ in sender.send_all(events):
            pass


def _lookups(dataset: Path) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in sorted((dataset / "lookups").glob("*.parquet")))


def batches(events: Sequence[Message]) -> Iterator[Message]:
    """Messages of so many events of one partition, under the key of the first."""
    waiting: dict[int, list[Message]] = defaultdict(list)
    for event in events:
        of_one = waiting[partition_of(event.key, PARTITIONS)]
        of_one.append(event)
        if len(of_one) == EVENTS_PER_BATCH:
            yield _batch(of_one)
            of_one.clear()
    yield from (_batch(left) for left in waiting.values() if left)


def _batch(events: Sequence[Message]) -> Message:
    return Message(events[0].at, events[0].key, encode_batch(event.value for event in events))
