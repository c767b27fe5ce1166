"""`doelbinding detect` as a process that can be frozen, looked into and killed at any moment."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from services import cli
from services.core.observability import configure_logging
from tests.integration.forking import forking
from tests.processes import PATIENCE_SECONDS

LOOKUPS = "all.ndjson"
POLL_SECONDS = 0.005


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


@dataclass(frozen=True)
class Detect:
    """A running detector over DATASET/lookups/all.ndjson."""

    process: BaseProcess
    log: Path
    database: Path

    @property
    def said(self) -> str:
        """What it wrote so far."""
        return self.log.read_text() if self.log.exists() else ""

    def killed_after(self, commits: int, delay: float) -> Killed:
        """Lets it commit so many times, and kills it a moment later."""
        enough = stored(self.database).commits + commits
        while stored(self.database).commits < enough and self.process.is_alive():
            time.sleep(POLL_SECONDS)
        time.sleep(delay)
        return self.killed()

    def until_it_says(self, text: str) -> None:
        """Waits for a word in its log."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.said:
            assert self.process.is_alive(), self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(POLL_SECONDS)

    def killed(self) -> Killed:
        """Freezes it, notes how far it is, and kills it."""
        assert self.process.pid is not None
        assert self.process.is_alive(), self.said
        os.kill(self.process.pid, signal.SIGSTOP)
        how_far = Killed(read_position(self.process.pid), stored(self.database).position)
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL
        return how_far

    def ended(self) -> int | None:
        """Its exit code."""
        self.process.join(PATIENCE_SECONDS)
        return self.process.exitcode


@contextmanager
def detecting(dataset: Path, home: Path, api: str, *options: str) -> Iterator[Detect]:
    """A running `detect`; killed at the end if it still runs."""
    line = ["detect", str(dataset), "--home", str(home), "--api", api, "--metrics-port", "0", *options]
    log = home / f"{len(list(home.glob('*.log')))}.log"
    process = forking().Process(target=_run, args=(line, log))
    process.start()
    try:
        yield Detect(process, log, home / "detector.sqlite")
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def stored(database: Path) -> Stored:
    """What the last commit left in a detector's database, or nothing."""
    if not database.exists():
        return Stored()
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        (commits,) = connection.execute("SELECT commits FROM owner").fetchone()
        found = connection.execute("SELECT next FROM positions").fetchone()
        return Stored(commits, found[0] if found else 0)
    except sqlite3.OperationalError:  # its tables are not there yet
        return Stored()
    finally:
        connection.close()


def read_position(pid: int) -> int | None:
    """How far a process has read the lookups; None where the system does not tell, or the file is not open."""
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            if entry.readlink().name == LOOKUPS:
                told = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text()
                return int(told.split("pos:")[1].split()[0])
    return None


def _run(line: list[str], log: Path) -> None:
    with log.open("wb", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    configure_logging()
    sys.exit(cli.run(line))
