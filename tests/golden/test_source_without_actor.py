"""GC5, a source without actors: dead letters counted per system, and no signal on a person, in batch and stream."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.core.vault_keys import open_public_key
from services.detector.deliver import Deliverer
from services.detector.faults.kinds import ACTORS_MISSING
from services.detector.metrics import DetectorMetrics
from services.detector.rescore import Rescored, coverage, rescore
from services.detector.sources.dataset import Dataset
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Store
from services.detector.state.tables import State
from services.detector.watching import DetectOptions, Watch
from tests.datasets import in_order, lines, write_registers
from tests.world import BSNS, RING, World, local, settings

MONDAY = local("2025-03-03 10:00")
WITHOUT_ACTOR = 30
"""Records of suwinet on its bad day; sonar has two such records, which are too few to be a fault."""


def world() -> World:
    """A week of linked work in two systems; on Wednesday suwinet does not say who looked."""
    agency = World()
    for number in range(1, 4):
        agency.employee(number, team=f"T{number}")
        agency.link(100 + number, f"e{number}", MONDAY - timedelta(days=1))
        for day in range(5):
            for system in ("sonar", "suwinet"):
                agency.look(f"e{number}", 100 + number, MONDAY + timedelta(days=day, minutes=number), system=system)
    for place in range(WITHOUT_ACTOR):
        at = MONDAY + timedelta(days=2, minutes=place)
        agency.look("e1", 200 + place, at, system="suwinet", employee_id=None if place % 2 else " ")
    for place in range(2):
        agency.look("e1", 250, MONDAY + timedelta(days=2, minutes=place), employee_id=None)
    return agency


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    agency = world()
    folder = tmp_path / "dataset"
    write_registers(agency, folder)
    (folder / "lookups" / "week.ndjson").write_bytes(lines(LOOKUP, in_order(agency.lookups)))
    return folder


def in_batch(dataset: Path) -> Rescored:
    return rescore(Dataset(dataset), settings(), RING, lambda _what, _share: None)


def in_slices(dataset: Path, home: Path, metrics: DetectorMetrics) -> tuple[State, pl.DataFrame, int]:
    """What the streaming detector keeps of slices of seven lines: its state, its dead letters, what waits to go out."""
    home.mkdir()
    url = sqlite_url(home / "detector.sqlite")
    migrate(url)
    options = DetectOptions(dataset, "http://127.0.0.1:1", home, rows_per_slice=7)
    clock = SystemClock()
    public = open_public_key(home)
    with closing(Store(url, clock)) as store, httpx.Client(base_url=options.api) as client:
        watch = Watch(options, settings(), RING, store, ("declared",), metrics, clock, threading.Event(), public)
        watch.run(Deliverer(store, client, "token", clock))
        return State.restore(store.load().tables), store.dead_letters(), store.outbox.backlog().pending


def test_gc5_in_batch_the_records_are_counted_per_system_and_nobody_is_named(dataset: Path) -> None:
    result = in_batch(dataset)
    told = coverage(result)
    assert result.signals.is_empty()
    assert told["deadLetters"] == {"actor-missing": WITHOUT_ACTOR + 2}
    assert told["rejectedBySystem"] == {
        "sonar": {"actor-missing": 2},
        "suwinet": {"actor-missing": WITHOUT_ACTOR},
    }
    assert told["sourceFaults"] == [
        {
            "system": "suwinet",
            "day": "2025-03-05",
            "kind": "actors-missing",
            "decidedAt": "2025-03-05T23:00:00+00:00",
            "mendedAt": "2025-03-06T23:00:00+00:00",
            "records": WITHOUT_ACTOR + 3,
            "affected": WITHOUT_ACTOR,
            "usual": 0,
        }
    ]
    assert not any(identity in str(told) for identity in (*BSNS, "e1", "e2", "e3"))


def test_gc5_the_stream_tells_the_same(dataset: Path, tmp_path: Path) -> None:
    metrics = DetectorMetrics()
    state, dead, pending = in_slices(dataset, tmp_path / "home", metrics)
    assert pending == 0
    assert dead["codes"].to_list() == [["actor-missing"]] * (WITHOUT_ACTOR + 2)
    (fault,) = state.faults.filter(kind=ACTORS_MISSING).iter_rows(named=True)
    assert (fault["system"], fault["affected"]) == ("suwinet", WITHOUT_ACTOR)
    counted = {
        system: metrics.registry.get_sample_value(
            "doelbinding_source_rejected_total", {"system": system, "code": "actor-missing"}
        )
        for system in ("sonar", "suwinet")
    }
    assert counted == {"sonar": 2, "suwinet": WITHOUT_ACTOR}


def test_gc5_a_system_that_never_names_an_actor_is_told_like_any_other(dataset: Path) -> None:
    record = {"lookup_id": "p1", "occurred_at": MONDAY, "system": "polisadministratie", "action": "view"}
    rows = [record | {"bsn": BSNS[300], "record_count": 1, "lookup_id": f"p{place}"} for place in range(9)]
    (dataset / "lookups" / "another.ndjson").write_bytes(lines(LOOKUP, rows))
    told = coverage(in_batch(dataset))
    assert [fault["system"] for fault in told["sourceFaults"]] == ["polisadministratie", "suwinet"]
    assert [fault["mendedAt"] is None for fault in told["sourceFaults"]] == [True, False]


def test_gc5_batch_and_stream_keep_the_same_counts(dataset: Path, tmp_path: Path) -> None:
    state, _, _ = in_slices(dataset, tmp_path / "home", DetectorMetrics())
    told = coverage(in_batch(dataset))
    faults = pl.DataFrame(told["sourceFaults"]).select("system", "day", "kind", "records", "affected")
    kept = state.faults.select("system", pl.col("day").dt.to_string(), "kind", "records", "affected")
    assert_frame_equal(kept, faults)
