"""A topic through the detector, in this process: processor and wall seconds of reading, of deciding, or of both.

    python -m benchmarks.throughput_parts.ours WAY BROKER TOPIC DATABASE DATASET HOME API

WAY is `whole` (as `doelbinding detect` runs it), or `apart`: first everything is read and stored, then decided. With
`-stock` behind it, records are unpacked in the way of the client.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import NamedTuple

from sqlalchemy.engine import make_url

from services.core.clock import SystemClock
from services.core.kafka_settings import load_kafka_settings
from services.core.keyring import open_key_ring
from services.core.vault_keys import open_public_key
from services.detector.arriving import Arriving
from services.detector.consuming import ConsumeOptions, consume, owner_of, source_of
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.sealing import Sealer
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.consumer import Consuming
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Store


class Spent(NamedTuple):
    """Seconds of the processor (user and system, all threads) and of the clock on the wall."""

    cpu: float
    wall: float


def spent(work: Callable[[], object]) -> Spent:
    """What some work takes."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.process_time() - processor, time.perf_counter() - wall)


def whole(options: ConsumeOptions) -> dict[str, Spent]:
    """Reading and deciding at once, and delivery beside them, as the command does it."""
    settings = AgencySettings()
    return {"whole": spent(lambda: consume(options, settings, SystemClock()))}


def apart(options: ConsumeOptions) -> dict[str, Spent]:
    """First all is read and stored as arrivals, then all is decided on and delivered."""
    settings, ring, clock = AgencySettings(), open_key_ring(options.home / "keyring.json"), SystemClock()
    metrics, stop, news = DetectorMetrics(), Event(), Event()
    with closing(Readings(options.database, ring, clock)) as readings, closing(Store(options.database, clock)) as store:
        source, breakers = source_of(options, readings, stop, metrics, clock)
        pipeline = Pipeline(settings, ring)
        sealer = Sealer(open_public_key(options.home), pipeline.pseudonyms, store.identities.keys())
        reader = Reader(pipeline, clock, sealer)
        arriving = Arriving(source, reader, readings, ring, metrics, news, stop, breakers)
        with closing(source):
            read = spent(arriving.run)
        owner = owner_of(options, settings, ring, sealer, store, metrics, clock, news, arriving.ended, stop)
        return {"reading": read, "deciding": spent(owner.run)}


def main() -> None:
    """Runs one way and prints its seconds as JSON."""
    way, broker, topic, database, dataset, home, api = sys.argv[1:]
    migrate(database)
    options = ConsumeOptions(
        registers=Path(dataset),
        api=api,
        home=Path(home),
        database=make_url(database),
        kafka=load_kafka_settings(bootstrap_servers=broker),
        consuming=Consuming(topic, f"bench-{secrets.token_hex(6)}", fast=not way.endswith("-stock")),
        until_end=True,
    )
    run = apart if way.startswith("apart") else whole
    print(json.dumps({name: found._asdict() for name, found in run(options).items()}))


if __name__ == "__main__":
    main()
