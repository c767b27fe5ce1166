"""The command `doelbinding` as real processes: run to the end, or started and watched."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

COMMAND = Path(sys.executable).with_name("doelbinding")
PATIENCE_SECONDS = 120.0
"""When a test gives up on a process; on an idle machine everything takes a few seconds."""


@dataclass(frozen=True)
class Ended:
    """A process that has ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Started:
    """A process that runs, with its output in files."""

    process: subprocess.Popen[bytes]
    out_file: Path
    err_file: Path

    @property
    def said(self) -> str:
        """What it wrote so far, on both streams."""
        return self.out_file.read_text() + self.err_file.read_text()

    def until_it_says(self, pattern: str) -> re.Match[str]:
        """Waits until its output matches; fails if it ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if found := re.search(pattern, self.said):
                return found
            assert not ended, f"ended with {self.process.returncode} before it said {pattern!r}:\n{self.said}"
            time.sleep(0.02)
        raise AssertionError(f"never said {pattern!r}:\n{self.said}")

    def until_metrics_say(self, url: str, *patterns: str) -> str:
        """Waits until its metrics page is there and has a line that matches each; the page."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        page = ""
        while not all(re.search(pattern, page) for pattern in patterns):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, page
            time.sleep(0.05)
            with suppress(httpx.TransportError):
                page = httpx.get(f"{url}/metrics").text
        return page

    def told_to_stop(self, how: signal.Signals = signal.SIGTERM) -> Ended:
        """Sends the signal and waits for the end."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> Ended:
        """Waits for the end."""
        code = self.process.wait(PATIENCE_SECONDS)
        return Ended(code, self.out_file.read_text(), self.err_file.read_text())


@contextmanager
def started(
    home: Path,
    *arguments: str | Path,
    settings: Mapping[str, str] | None = None,
    program: Sequence[str | Path] = (COMMAND,),
) -> Iterator[Started]:
    """A running `doelbinding`; killed at the end if it still runs. Its output stays in `home` beside its data."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = len(list(home.glob("*.out")))
    out_file, err_file = home / f"{number}.out", home / f"{number}.err"
    with out_file.open("wb") as out, err_file.open("wb") as err:
        line = [str(argument) for argument in (*program, *arguments)]
        process = subprocess.Popen(line, stdout=out, stderr=err, env=_environment(home) | dict(settings or {}))
    try:
        yield Started(process, out_file, err_file)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def doelbinding(home: Path, *arguments: str | Path, settings: Mapping[str, str] | None = None) -> Ended:
    """Runs `doelbinding` to its end."""
    with started(home, *arguments, settings=settings) as process:
        return process.ended()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _environment(home: Path) -> dict[str, str]:
    """The variables of this process, but for settings that a developer may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOELBINDING_")}
    return kept | {"DOELBINDING_HOME": str(home), "PYTHONUNBUFFERED": "1"}
