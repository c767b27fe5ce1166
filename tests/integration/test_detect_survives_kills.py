"""A detector that is killed at any moment gives the signals of one that nobody disturbed."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import polars as pl
import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.contract import LOOKUP
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.detector.simulate.simulation import simulate
from tests.datasets import lines
from tests.integration.killable_detect import LOOKUPS, Killed, detecting, stored
from tests.investigator import Investigator, Json
from tests.processes import free_port

pytestmark = pytest.mark.slow

SEED = 20_250_113
KILLS_IN_A_ROW = 4
COMMITS_BEFORE_A_KILL = (0, 0, 1, 2)
LONGEST_DELAY_SECONDS = 0.3
ROWS = 250
"""Lookups a slice: more bytes than a detector reads ahead, so that what it has read tells what it works on."""
DAYS = 3


@dataclass(frozen=True)
class Agency:
    """A dataset, where each of its lookups ends, the keys, and what an undisturbed run finds."""

    dataset: Path
    ends: pl.Series
    keys: Path
    signals: Mapping[str, Json]

    def slices_in_hand(self, killed: Killed) -> int:
        """Whole slices that were read and not stored."""
        between = (self.ends > killed.stored) & (self.ends <= (killed.read or 0))
        return int(between.sum()) // ROWS


@dataclass(frozen=True)
class Disturbed:
    """How far each killed run was, what a kill during a commit left, and what the last run led to."""

    killed: list[Killed]
    before_commit: int
    after_commit: int
    signals: Mapping[str, Json]
    items: Mapping[str, str]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    folder = tmp_path_factory.mktemp("kills")
    dataset = folder / "agency"
    simulate(dataset, 50, 1, 1, lambda _stage, _share: None)
    ends = first_days_as_ndjson(dataset / "lookups")
    open_key_ring(folder / "keyring.json")
    open_tokens(folder / "tokens.json")
    home = a_home(folder, "undisturbed")
    with an_api(home) as url, detecting(dataset, home, url, "--rows-per-slice", str(ROWS)) as run:
        assert run.ended() == 0, run.said
        return Agency(dataset, ends, folder, Investigator(url, home).signals())


@pytest.fixture(scope="module")
def disturbed(agency: Agency) -> Disturbed:
    home, port, chance = a_home(agency.keys, "disturbed"), free_port(), random.Random(SEED)
    with an_api(home, port):
        killed = kills(agency, home, port, chance)
    killed += kills(agency, home, port, chance)  # the API is away
    with an_api(home, port) as url:
        killed += kills(agency, home, port, chance)
        before, after = killed_in_a_commit(agency, home, url)
        with detecting(agency.dataset, home, url, "--rows-per-slice", str(ROWS)) as last:
            assert last.ended() == 0, last.said
        investigator = Investigator(url, home)
        return Disturbed(killed, before, after, investigator.signals(), investigator.items())


def test_kills_at_random_moments_hit_work_that_is_not_stored(agency: Agency, disturbed: Disturbed) -> None:
    if all(killed.read is None for killed in disturbed.killed):
        pytest.skip("this system does not tell how far a process has read a file")
    assert sum(agency.slices_in_hand(killed) > 0 for killed in disturbed.killed) >= 3
    assert len({killed.stored for killed in disturbed.killed}) >= KILLS_IN_A_ROW


def test_a_kill_while_a_commit_waits_for_the_database_leaves_the_last_commit(disturbed: Disturbed) -> None:
    assert disturbed.after_commit == disturbed.before_commit > 0


def test_the_signals_are_those_of_an_undisturbed_run(agency: Agency, disturbed: Disturbed) -> None:
    assert len(agency.signals) > 20
    assert disturbed.signals == agency.signals


def test_each_pushed_signal_is_in_the_queue_exactly_once(agency: Agency, disturbed: Disturbed) -> None:
    pushed = {signal_id for signal_id, one in agency.signals.items() if one["pushed"]}
    assert pushed
    assert Counter(disturbed.items.values()) == Counter(pushed)


def first_days_as_ndjson(folder: Path) -> pl.Series:
    """Puts the lookups of the first days into one file; the position at which each ends."""
    lookups = pl.read_parquet(folder / "*.parquet").sort("occurred_at", "lookup_id")
    for path in folder.iterdir():
        path.unlink()
    kept = lookups.filter(pl.col("occurred_at") < pl.col("occurred_at").min() + pl.duration(days=DAYS))
    rows = [lines(LOOKUP, [row]) for row in kept.iter_rows(named=True)]
    (folder / LOOKUPS).write_bytes(b"".join(rows))
    return pl.Series([len(row) for row in rows]).cum_sum()


def a_home(folder: Path, name: str) -> Path:
    """A home folder with the same keys and tokens as the others."""
    (folder / name).mkdir()
    for file in ("keyring.json", "tokens.json"):
        copy(folder / file, folder / name / file)
    return folder / name


@contextmanager
def an_api(home: Path, port: int = 0) -> Iterator[str]:
    with EmbeddedApi(load_settings(home=home, port=port)) as api:
        yield api.url


def kills(agency: Agency, home: Path, port: int, chance: random.Random) -> list[Killed]:
    """Starts the detector and kills it, several times in a row."""
    killed = []
    for _ in range(KILLS_IN_A_ROW):
        commits, delay = chance.choice(COMMITS_BEFORE_A_KILL), chance.uniform(0, LONGEST_DELAY_SECONDS)
        with detecting(agency.dataset, home, f"http://127.0.0.1:{port}", "--rows-per-slice", str(ROWS)) as run:
            killed.append(run.killed_after(commits, delay))
    return killed


def killed_in_a_commit(agency: Agency, home: Path, url: str) -> tuple[int, int]:
    """Holds the database so that a commit must wait, and kills the detector then; positions before and after."""
    with detecting(agency.dataset, home, url, "--rows-per-slice", str(ROWS)) as run:
        started_at = stored(run.database).commits
        while stored(run.database).commits == started_at:
            assert run.process.is_alive(), run.said
        with closing(sqlite3.connect(run.database, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            before = stored(run.database)
            run.until_it_says("store-unavailable")
            run.killed()
    return before.position, stored(run.database).position
