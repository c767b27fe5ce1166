"""An agency, what an undisturbed detector finds in it, and what the intake holds after a disturbed one."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from shutil import copy
from time import monotonic

import polars as pl

from services.core.contract import LOOKUP
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.detector.simulate.simulation import simulate
from tests.datasets import lines
from tests.integration.killable_detect import LOOKUPS, Killed, detecting
from tests.investigator import Investigator, Json
from tests.processes import Started, free_port, started

ROWS = 250
"""Lookups a slice: more bytes than a detector reads ahead, so that what it has read tells what it works on."""
IN_SLICES = ("--rows-per-slice", str(ROWS))
IN_LARGER_SLICES = ("--rows-per-slice", str(2 * ROWS))
DAYS = 3


@dataclass(frozen=True)
class Agency:
    """A dataset, where each of its lookups ends, the keys, and what an undisturbed run finds."""

    dataset: Path
    ends: pl.Series
    keys: Path
    signals: Mapping[str, Json]
    seconds_a_slice: float

    def home(self, name: str, under: Path | None = None) -> Path:
        """A fresh home folder with the same keys and tokens as the others."""
        return a_home(self.keys, name, under)

    def slices_in_hand(self, killed: Killed) -> int:
        """Whole slices that were read and not stored."""
        between = (self.ends > killed.stored) & (self.ends <= (killed.read or 0))
        return int(between.sum()) // ROWS

    @property
    def pushed(self) -> Counter[str]:
        """Each signal that belongs in the queue, once."""
        return Counter(signal_id for signal_id, one in self.signals.items() if one["pushed"])


@dataclass(frozen=True)
class Intake:
    """Everything that an API holds: signals, the signal of each item of the queue, and the revisions of each signal."""

    signals: Mapping[str, Json]
    items: Counter[str]
    revisions: Mapping[str, list[tuple[int, str]]]
    """Number and content hash, oldest first."""

    def assert_is_that_of(self, agency: Agency) -> None:
        """Each signal of the undisturbed run, equal in all columns, once in the queue if pushed, without a gap."""
        assert len(agency.signals) > 20
        assert agency.pushed
        assert self.signals == agency.signals
        assert self.items == agency.pushed
        assert self.revisions.keys() == agency.signals.keys()
        for signal_id, told in self.revisions.items():
            assert [number for number, _ in told] == list(range(1, len(told) + 1))
            assert [key for key, _ in groupby(content for _, content in told)] == [content for _, content in told]
            assert told[-1][1] == agency.signals[signal_id]["contentHash"]


def an_agency(folder: Path) -> Agency:
    """A simulated agency's first days, and the end of an undisturbed run over them."""
    dataset = folder / "agency"
    simulate(dataset, 50, 1, 1, lambda _stage, _share: None)
    ends = _first_days_as_ndjson(dataset / "lookups")
    open_key_ring(folder / "keyring.json")
    open_tokens(folder / "tokens.json")
    home = a_home(folder, "undisturbed")
    with an_api(home) as (_, url), detecting(dataset, home, url, *IN_SLICES) as run:
        run.until_stored(1)
        began, before = monotonic(), run.slices
        assert run.ended() == 0, run.said
        seconds = (monotonic() - began) / (run.slices - before)
        return Agency(dataset, ends, folder, intake_of(url, home).signals, seconds)


@contextmanager
def an_api(home: Path, port: int | None = None) -> Iterator[tuple[Started, str]]:
    """A running `doelbinding serve` of a home folder, and its address."""
    with started(home, "serve", "--port", str(port or free_port())) as api:
        yield api, api.until_it_says(r"Pages: +(http://[\d.:]+)")[1]


def intake_of(url: str, home: Path) -> Intake:
    """What an investigator sees over HTTP, and the revisions as the API stored them."""
    investigator = Investigator(url, home)
    with closing(sqlite3.connect(home / "api.sqlite")) as connection:
        told = connection.execute(
            "SELECT signal_id, revision, content_hash FROM signal_revisions ORDER BY signal_id, revision"
        ).fetchall()
    revisions: dict[str, list[tuple[int, str]]] = {}
    for signal_id, number, content in told:
        revisions.setdefault(signal_id, []).append((number, content))
    return Intake(investigator.signals(), Counter(investigator.items().values()), revisions)


def a_home(keys: Path, name: str, under: Path | None = None) -> Path:
    """A home folder with the same keys and tokens as the others."""
    home = (under or keys) / name
    home.mkdir()
    for file in ("keyring.json", "tokens.json"):
        copy(keys / file, home / file)
    return home


def _first_days_as_ndjson(folder: Path) -> pl.Series:
    """Puts the lookups of the first days into one file; the position at which each ends."""
    lookups = pl.read_parquet(folder / "*.parquet").sort("occurred_at", "lookup_id")
    for path in folder.iterdir():
        path.unlink()
    kept = lookups.filter(pl.col("occurred_at") < pl.col("occurred_at").min() + pl.duration(days=DAYS))
    rows = [lines(LOOKUP, [row]) for row in kept.iter_rows(named=True)]
    (folder / LOOKUPS).write_bytes(b"".join(rows))
    return pl.Series([len(row) for row in rows]).cum_sum()
