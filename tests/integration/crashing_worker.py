"""A detector reduced to its durable side: commits one slice after another, and delivers, until it is killed."""

from __future__ import annotations

import itertools
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import polars as pl

from services.core.backoff import Backoff
from services.core.clock import SystemClock
from services.detector.deliver import Deliverer
from services.detector.state.connection import sqlite_url
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import a_revision, dead, lookups, revisions

BUCKETS = 7


def slice_commit(number: int) -> Commit:
    """Everything that slice `number` changes; each part of it tells the number of slices so far."""
    numbers = pl.DataFrame({"number": range(number + 1)}, schema={"number": pl.Int64})
    return Commit(
        {
            "numbers": numbers.with_columns((pl.col("number") % BUCKETS).cast(pl.Int32).alias("bucket")),
            "total": pl.DataFrame({"count": [number + 1]}),
        },
        {"lookups.ndjson": number + 1},
        revisions(a_revision(number)),
        dead(f"lookups.ndjson:{number}"),
        "files",
        lookups((number, 1)),
        {"last": str(number)},
    )


def work(database: Path, url: str, tell: Connection) -> None:
    """Goes on where the last worker was killed, and tells after each commit how many there are."""
    store = Store(sqlite_url(database), SystemClock())
    store.claim()
    start = store.load().positions.get("lookups.ndjson", 0)
    deliverer = Deliverer(store, httpx.Client(base_url=url), "token", SystemClock(), backoff=Backoff(0.01, 0.1))
    deliverer.start()
    for number in itertools.count(start):
        store.commit(slice_commit(number))
        deliverer.wake()
        tell.send(number + 1)
