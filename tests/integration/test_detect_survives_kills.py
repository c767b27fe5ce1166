"""A detector that is killed at any moment gives the signals of one that nobody disturbed."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.disturbances import IN_SLICES, Agency, Intake, an_api, intake_of
from tests.integration.killable_detect import Killed, detecting
from tests.processes import free_port

pytestmark = pytest.mark.slow

SEED = 20_250_113
AIMS = ["starting"] * 4 + ["anywhere"] * 20 + ["in a transaction"] * 6
WHILE_THE_API_IS_AWAY = range(10, 18)
SLICES_BEFORE_A_KILL = (0, 0, 1, 2)
START_SECONDS = 0.8


@dataclass(frozen=True)
class Disturbed:
    """How far each killed run was, what a kill during a commit left, and what the last run led to."""

    killed: list[Killed]
    before_commit: int
    after_commit: int
    intake: Intake


@pytest.fixture(scope="module")
def disturbed(agency: Agency) -> Disturbed:
    home, port, chance = agency.home("killed"), free_port(), random.Random(SEED)
    aims = chance.sample(AIMS, len(AIMS))
    away = WHILE_THE_API_IS_AWAY
    with an_api(home, port) as (api, _):
        killed = [kill(agency, home, port, chance, aim) for aim in aims[: away.start]]
        api.process.kill()
    killed += [kill(agency, home, port, chance, aim) for aim in aims[away.start : away.stop]]
    with an_api(home, port) as (_, url):
        killed += [kill(agency, home, port, chance, aim) for aim in aims[away.stop :]]
        before, after = killed_in_a_commit(agency, home, url)
        with detecting(agency.dataset, home, url, *IN_SLICES) as last:
            assert last.ended() == 0, last.said
        return Disturbed(killed, before, after, intake_of(url, home))


def test_thirty_kills_at_random_moments_hit_work_that_is_not_stored(agency: Agency, disturbed: Disturbed) -> None:
    assert len(disturbed.killed) == 30
    assert sum(killed.changes > 0 for killed in disturbed.killed) >= AIMS.count("in a transaction")
    if all(killed.read is None for killed in disturbed.killed):
        return  # this system does not tell how far a process has read a file
    assert sum(agency.slices_in_hand(killed) > 0 and killed.changes == 0 for killed in disturbed.killed) >= 5


def test_the_kills_are_spread_over_the_work(disturbed: Disturbed) -> None:
    assert len({killed.stored for killed in disturbed.killed}) >= 8


def test_a_kill_while_a_commit_waits_for_the_database_leaves_the_last_commit(disturbed: Disturbed) -> None:
    assert disturbed.after_commit == disturbed.before_commit > 0


def test_each_signal_of_an_undisturbed_run_is_in_the_intake_once(agency: Agency, disturbed: Disturbed) -> None:
    disturbed.intake.assert_is_that_of(agency)


def kill(agency: Agency, home: Path, port: int, chance: random.Random, aim: str) -> Killed:
    """Starts the detector and kills it."""
    slices, share = chance.choice(SLICES_BEFORE_A_KILL), chance.random()
    with detecting(agency.dataset, home, f"http://127.0.0.1:{port}", *IN_SLICES) as run:
        if aim == "starting":
            time.sleep(share * START_SECONDS)
            return run.killed()
        run.until_stored(slices)
        if aim == "in a transaction":
            return run.killed_in_a_transaction()
        time.sleep(share * agency.seconds_a_slice)
        return run.killed()


def killed_in_a_commit(agency: Agency, home: Path, url: str) -> tuple[int, int]:
    """Holds the database so that a commit must wait, and kills the detector then; positions before and after."""
    with detecting(agency.dataset, home, url, *IN_SLICES) as run:
        run.until_stored(1)
        with closing(sqlite3.connect(run.database, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            before = run.stored
            run.until_it_says("store-unavailable")
            run.killed()
    return before.position, run.stored.position
