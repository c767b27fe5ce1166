"""A detector that is killed at any moment leaves state, positions, outbox, dead letters and archive in agreement."""

from __future__ import annotations

import random
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest

from services.core.archive import EVERYTHING
from services.core.backoff import Backoff
from services.core.clock import SystemClock
from services.detector.deliver import Deliverer
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Store
from tests.integration import crashing_worker
from tests.integration.forking import forking
from tests.unit.scripted_api import Intake, serving
from tests.unit.state.samples import signal_id

KILLS = 10
SEED = 20_260_302


@dataclass(frozen=True)
class Worker:
    """A running detector, and what it tells of its commits."""

    process: BaseProcess
    told: Connection

    def killed_after(self, commits: int, delay: float) -> int:
        """Lets it store some commits and kills it a moment later; the last commit that it told of."""
        last = 0
        for _ in range(commits):
            last = self.told.recv()
        self.process.join(delay)
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL
        with self.told, suppress(EOFError, OSError):  # it may have died in the middle of telling
            while True:
                last = self.told.recv()
        return last


def start_worker(database: Path, url: str) -> Worker:
    """A fresh process that goes on where the last one was killed."""
    context = forking()
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=crashing_worker.work, args=(database, url, tell))
    process.start()
    tell.close()
    return Worker(process, told)


def agreed_position(database: Path) -> int:
    """The position, after checking that everything else stands at it too."""
    store = Store(sqlite_url(database), SystemClock())
    snapshot = store.load()
    position = snapshot.positions["lookups.ndjson"]
    assert snapshot.tables["numbers"]["number"].sum() == position * (position - 1) // 2
    assert sorted(snapshot.tables["numbers"]["number"].to_list()) == list(range(position))
    assert snapshot.tables["total"]["count"].to_list() == [position]
    assert snapshot.meta == {"last": str(position - 1)}
    assert store.dead_letters()["position"].to_list() == [f"lookups.ndjson:{number}" for number in range(position)]
    assert sorted(store.archive(EVERYTHING)["lookup_id"].to_list()) == sorted(f"l-{n}-1" for n in range(position))
    store.close()
    return position


def delivered_by_a_last_run(database: Path, url: str) -> bool:
    store = Store(sqlite_url(database), SystemClock())
    with httpx.Client(base_url=url, timeout=30) as client:
        deliverer = Deliverer(store, client, "token", SystemClock(), backoff=Backoff(0.01, 0.1))
        deliverer.start()
        done = deliverer.drain(30)
        deliverer.stop()
        deliverer.join()
    store.close()
    return done


@pytest.mark.slow
def test_ten_kills_leave_everything_in_agreement_and_every_signal_delivered(tmp_path: Path) -> None:
    database = tmp_path / "detector.sqlite"
    migrate(sqlite_url(database))
    chance = random.Random(SEED)
    position = 0
    with serving(Intake()) as intake:
        for _ in range(KILLS):
            worker = start_worker(database, intake.url)
            told = worker.killed_after(chance.randint(1, 8), chance.uniform(0, 0.05))
            before, position = position, agreed_position(database)
            assert position > before
            assert position >= told
        assert delivered_by_a_last_run(database, intake.url)
    assert {one for one, _ in intake.taken} == {signal_id(number) for number in range(position)}
