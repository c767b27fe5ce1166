"""`doelbinding detect` as a process that tells where it is, and can be frozen, looked into and killed at any moment."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from services import cli
from services.core.observability import configure_logging
from tests.integration.forking import forking
from tests.integration.tally import Tally, tell_transactions
from tests.processes import PATIENCE_SECONDS

LOOKUPS = "all.ndjson"
POLL_SECONDS = 0.002
COMMITS_BEFORE_SLICES = 2
"""A start makes the tables and claims the store; every later transaction of the main thread stores a slice."""

NUMBERS = itertools.count()
"""Of the logs, which lie outside the home folder, so that they can be written when its disk is full."""


@dataclass(frozen=True)
class Stored:
    """What the last commit left: how many commits there were, and how many bytes of the lookups they cover."""

    commits: int = 0
    position: int = 0


@dataclass(frozen=True)
class Killed:
    """How far a detector was when it was killed: bytes of the lookups it had read, and bytes that were stored."""

    read: int | None
    """None where it had not opened the file yet, or the system does not tell."""
    stored: int
    changes: int
    """Changes to the database that it had made in a transaction that was still open."""


@dataclass(frozen=True)
class Detect:
    """A running detector over DATASET/lookups/all.ndjson."""

    process: BaseProcess
    log: Path
    database: Path
    tally: Tally

    @property
    def said(self) -> str:
        """What it wrote so far."""
        return self.log.read_text() if self.log.exists() else ""

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def slices(self) -> int:
        """How many slices it has stored, or is about to commit, since it was started."""
        return max(0, self.tally[1] - COMMITS_BEFORE_SLICES)

    @property
    def stored(self) -> Stored:
        """What its last commit left."""
        return stored(self.database)

    @property
    def pending(self) -> int:
        """How many revisions wait in its outbox."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM outbox WHERE status = 'pending'").fetchone()
            return int(count)

    def until_stored(self, slices: int) -> None:
        """Waits until it goes on to the slice after so many; 0 is when it has begun to read."""
        self.until(lambda: self.tally[1] >= COMMITS_BEFORE_SLICES + slices)

    def until_it_says(self, text: str, times: int = 1) -> None:
        """Waits for words in its log."""
        self.until(lambda: self.said.count(text) >= times)

    def told(self, event: str) -> list[dict[str, object]]:
        """The lines of its log about an event, without their times."""
        rows = [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]
        return [{key: row[key] for key in row if key != "timestamp"} for row in rows if row.get("event") == event]

    def killed(self) -> Killed:
        """Freezes it, notes how far it is, and kills it."""
        self._freeze()
        return self._killed_frozen()

    def killed_in_a_transaction(self) -> Killed:
        """Kills it while a transaction is open in which it has changed something."""
        while True:
            self.until(lambda: self.tally[0] > 0)
            self._freeze()
            if self.tally[0] > 0:
                return self._killed_frozen()
            os.kill(self.pid, signal.SIGCONT)

    def ended(self) -> int | None:
        """Its exit code."""
        self.process.join(PATIENCE_SECONDS)
        return self.process.exitcode

    def until(self, so: Callable[[], bool]) -> None:
        """Waits; fails if it ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not so():
            assert self.process.is_alive(), self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(POLL_SECONDS)

    def _freeze(self) -> None:
        assert self.process.is_alive(), self.said
        os.kill(self.pid, signal.SIGSTOP)
        while (state := Path(f"/proc/{self.pid}/stat")).exists() and " T " not in state.read_text():
            time.sleep(POLL_SECONDS / 10)

    def _killed_frozen(self) -> Killed:
        how_far = Killed(read_position(self.pid), self.stored.position, self.tally[0])
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL
        return how_far


@contextmanager
def detecting(dataset: Path, home: Path, api: str, *options: str) -> Iterator[Detect]:
    """A running `detect`; killed at the end if it still runs."""
    line = ["detect", str(dataset), "--source", "files", "--home", str(home), "--api", api]
    log, context = dataset.parent / f"{home.name}-{next(NUMBERS)}.log", forking()
    tally = context.RawArray("l", 2)  # without a lock, that a killed process would keep
    process = context.Process(target=_run, args=([*line, "--metrics-port", "0", *options], log, tally))
    process.start()
    try:
        yield Detect(process, log, home / "detector.sqlite", tally)
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def stored(database: Path) -> Stored:
    """What the last commit left in a detector's database, or nothing."""
    if not database.exists():
        return Stored()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            (commits,) = connection.execute("SELECT commits FROM owner").fetchone()
            found = connection.execute("SELECT next FROM positions").fetchone()
        except sqlite3.OperationalError:  # its tables are not there yet
            return Stored()
        return Stored(commits, found[0] if found else 0)


def read_position(pid: int) -> int | None:
    """How far a process has read the lookups; None where the system does not tell, or the file is not open."""
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            if entry.readlink().name == LOOKUPS:
                told = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text()
                return int(told.split("pos:")[1].split()[0])
    return None


def _run(line: list[str], log: Path, tally: Tally) -> None:
    with log.open("wb", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    tell_transactions(tally)
    configure_logging()
    sys.exit(cli.run(line))
