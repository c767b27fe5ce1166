"""Detectors that catch up decide in full steps; what is little, and what nobody brings more of, waits for nothing."""

import threading
from contextlib import closing

import polars as pl
import pytest

from services.core.clock import SystemClock
from services.detector import gathering as of_gathering
from services.detector.encode import LOOKUPS
from services.detector.gathering import Gathering
from services.detector.patience import Patience
from services.detector.state.arrivals import Arrival
from services.detector.state.connection import sqlite_url
from services.detector.state.readings import Readings
from services.detector.state.store import Store
from tests.unit.state.samples import with_tables
from tests.unit.state.two_steps import RING

A, B = "lookups/0", "lookups/1"
MANY, FULL = 10, 30
FOR_EVER = 3600.0
PATIENCE_SECONDS = 30.0


class Desk:
    """A reader of two partitions, and an engine that gathers in the background."""

    def __init__(self, readings, store):
        self.readings, self.read = readings, {A: 0, B: 0}
        self.news, self.ended, self.stop = threading.Event(), threading.Event(), threading.Event()
        self.gathering = Gathering(store, Patience(self.stop), self.news, self.ended, self.stop, FULL, "lookups")
        for partition in self.read:
            readings.claim(partition)

    def arrives(self, partition, rows, *, behind):
        self.read[partition] += 1
        lookups = pl.DataFrame(schema=LOOKUPS).clear(rows)
        self.readings.arrive(partition, Arrival(next=self.read[partition], lookups=lookups, behind=behind))
        self.news.set()

    def gathers(self):
        """Whether gathering is over, as an event."""
        over = threading.Event()

        def run():
            self.gathering.gather()
            over.set()

        threading.Thread(target=run, daemon=True).start()
        return over


@pytest.fixture
def desk(tmp_path, monkeypatch):
    for name, value in {"MANY_ROWS": MANY, "GATHER_SECONDS": FOR_EVER, "STALL_SECONDS": FOR_EVER}.items():
        monkeypatch.setattr(of_gathering, name, value)
    url = with_tables(sqlite_url(tmp_path / "s.sqlite"))
    with closing(Readings(url, RING, SystemClock())) as readings, closing(Store(url, SystemClock())) as store:
        desk = Desk(readings, store)
        yield desk
        desk.stop.set()


def is_over(gathering):
    return gathering.wait(PATIENCE_SECONDS)


def goes_on(gathering):
    return not gathering.wait(0.3)


def test_with_little_waiting_nothing_is_waited_for(desk):
    desk.arrives(A, MANY - 1, behind=True)
    assert is_over(desk.gathers())


def test_what_was_read_to_its_end_waits_for_nothing(desk):
    desk.arrives(A, MANY, behind=False)
    desk.arrives(B, 0, behind=False)
    assert is_over(desk.gathers())


def test_with_more_to_come_it_waits_until_a_step_is_full(desk):
    desk.arrives(A, MANY, behind=True)
    gathering = desk.gathers()
    assert goes_on(gathering)
    desk.arrives(B, FULL - MANY - 1, behind=True)
    assert goes_on(gathering)
    desk.arrives(B, 1, behind=True)
    assert is_over(gathering)


def test_it_waits_for_partitions_of_which_nothing_was_read_yet(desk):
    desk.arrives(A, MANY, behind=False)
    gathering = desk.gathers()
    assert goes_on(gathering)
    desk.arrives(B, 1, behind=False)
    assert is_over(gathering)


@pytest.mark.parametrize("event", ["ended", "stop"])
def test_the_end_ends_the_wait(desk, event):
    desk.arrives(A, MANY, behind=True)
    gathering = desk.gathers()
    assert goes_on(gathering)
    getattr(desk, event).set()
    assert is_over(gathering)


@pytest.mark.parametrize("bound", ["GATHER_SECONDS", "STALL_SECONDS"])
def test_for_a_reader_that_brings_nothing_it_does_not_wait_for_ever(desk, monkeypatch, bound):
    monkeypatch.setattr(of_gathering, bound, 0.1)
    desk.arrives(A, MANY, behind=True)
    assert is_over(desk.gathers())
