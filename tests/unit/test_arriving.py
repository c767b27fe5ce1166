"""What a source reads is stored under its partition's claim, or read again where the store says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.core.keyring import new_key_ring
from services.detector.arriving import Arriving
from services.detector.decode import decode_lines
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.settings import AgencySettings
from services.detector.sources.slices import SourceSlice
from services.detector.state.connection import StoreUnavailable, sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Store
from tests.unit.input.records import a_lookup, as_line
from tests.vaults import a_sealer

RING = new_key_ring()
TOPIC, PARTITION = "lookups", "lookups/0"


@dataclass
class Log:
    """A topic of one partition in memory, read in slices of one lookup by who has claimed it."""

    readings: Readings
    records: int
    stolen_before: int | None = None
    """Another reader claims the partition just before this record is stored."""
    away: int = 0
    """So many claims fail before one succeeds."""
    claims: int = 0
    idled: int = 0
    rested: list[int] = field(default_factory=list)
    at: int = 0
    kept: list[int] = field(default_factory=list)

    def slices(self) -> Iterator[SourceSlice]:
        if not self.claims:
            self._claim()
        while self.at < self.records:
            if self.at == self.stolen_before:
                self.stolen_before = None
                self.readings_of_another.claim(PARTITION)
            yield self._slice(self.at)
        nothing = decode_lines([], [], LOOKUP)
        yield SourceSlice(TOPIC, nothing.valid, nothing.dead, {}, closed=True)

    def stored(self, piece: SourceSlice) -> None:
        self.at = piece.positions[PARTITION]
        self.kept.append(self.at)

    def reclaim(self, partition: str) -> None:
        assert partition == PARTITION
        self._claim()

    def hold(self, partition: str, seconds: float, rows: int) -> None:
        raise AssertionError((partition, seconds, rows))

    def trust(self, partition: str) -> None:
        raise AssertionError(partition)

    def rest(self, partition: str) -> None:
        assert partition == PARTITION
        self.rested.append(self.at)

    def idle(self, seconds: float) -> None:
        assert seconds > 0
        self.idled += 1

    @property
    def readings_of_another(self) -> Readings:
        return Readings(self.url, RING, SystemClock())

    url: URL = field(default_factory=lambda: URL.create("sqlite"))

    def _claim(self) -> None:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("the database is away")
        self.claims += 1
        self.at = self.readings.claim(PARTITION).next or 0

    def _slice(self, number: int) -> SourceSlice:
        decoded = decode_lines([as_line(a_lookup(number))], [f"offset {number}"], LOOKUP)
        return SourceSlice(PARTITION, decoded.valid, decoded.dead, {PARTITION: number + 1}, closed=False)


@pytest.fixture
def url(tmp_path: Path) -> URL:
    url = sqlite_url(tmp_path / "d.sqlite")
    migrate(url)
    return url


def arrive(url: URL, metrics: DetectorMetrics | None = None, **told: int) -> tuple[Log, Arriving]:
    """Runs a reader to the end of a log."""
    with closing(Readings(url, RING, SystemClock())) as readings:
        log = Log(readings, url=url, **told)
        pipeline = Pipeline(AgencySettings(), RING)
        reader = Reader(pipeline, SystemClock(), a_sealer(pipeline))
        arriving = Arriving(log, reader, readings, RING, metrics or DetectorMetrics(), Event(), Event())
        arriving.run()
    return log, arriving


def arrived(url: URL) -> list[str]:
    with closing(Store(url, SystemClock())) as store:
        return [lookup_id for one in store.arrivals(1_000, RING) for lookup_id in one.lookups["lookup_id"]]


def test_everything_that_is_read_arrives_in_order(url: URL) -> None:
    log, arriving = arrive(url, records=5)
    assert arrived(url) == [a_lookup(number)["lookup_id"] for number in range(5)]
    assert log.kept == [1, 2, 3, 4, 5]
    assert arriving.ended.is_set()


def test_a_partition_that_another_has_claimed_is_claimed_anew_and_nothing_comes_twice(url: URL) -> None:
    metrics = DetectorMetrics()
    log, _ = arrive(url, metrics, records=5, stolen_before=3)
    assert log.claims == 2
    assert metrics.registry.get_sample_value("doelbinding_fenced_commits_total", {"stage": "reading"}) == 1
    assert arrived(url) == [a_lookup(number)["lookup_id"] for number in range(5)]


def test_a_claim_that_fails_is_tried_again_while_the_source_keeps_its_place(url: URL) -> None:
    log, _ = arrive(url, records=2, away=3)
    assert log.claims == 1
    assert log.idled == 3
    assert arrived(url) == [a_lookup(number)["lookup_id"] for number in range(2)]


def test_a_partition_of_which_too_much_waits_is_let_rest_and_nothing_else_waits(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.detector.arriving.MOST_ROWS_WAITING", 3)
    log, _ = arrive(url, records=5)
    assert log.rested == [4, 5]
    assert log.idled == 0
    assert arrived(url) == [a_lookup(number)["lookup_id"] for number in range(5)]
