"""What a consumer has read and could have read into for how long it stands still; beyond a limit the process ends."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import structlog

from services.core.errors import DoelbindingError

LOG = structlog.get_logger()
CHECKS_PER_LIMIT = 4
LOOK_SECONDS = 10.0
FEWEST_POLLS = 20


class Stall:
    """Knows since when each partition has had something to read and did not move; seconds are monotonic."""

    def __init__(
        self, limit_seconds: float, join_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit_seconds
        self._join_seconds = join_seconds
        self._monotonic = monotonic
        self._joining: float | None = None
        self._since: dict[str, _Standing] = {}
        self._next_check = monotonic()

    def due(self) -> bool:
        """Whether it is time to ask the broker for the ends of the partitions again."""
        if self._monotonic() < self._next_check:
            return False
        self._next_check = self._monotonic() + min(LOOK_SECONDS, self._limit / CHECKS_PER_LIMIT)
        return True

    def forget(self) -> None:
        """The broker is away, or reading is paused on purpose: standing still is no fault."""
        self._since.clear()
        self._joining = None

    def member(self, stable: bool) -> None:
        """Notes whether the consumer is a member of its group at this moment.

        Raises DoelbindingError where it has not been for longer than a rebalance can take.
        """
        now = self._monotonic()
        self._joining = None if stable else now if self._joining is None else self._joining
        if self._joining is not None and now - self._joining > self._join_seconds:
            raise DoelbindingError(
                f"this consumer has been joining its group for {now - self._joining:.0f} seconds though the broker "
                "answers; the next start joins anew"
            )

    def longest(self, positions: Mapping[str, int], ends: Mapping[str, int], polls: int) -> float:
        """Seconds for which the worst partition has stood still; `polls` counts those that were made so far.

        Raises DoelbindingError where it stood still beyond the limit and over many polls, so not because whoever
        takes the slices was slow: then the client hangs, and only a new start helps.
        """
        new = _Standing(0, self._monotonic(), polls)
        behind = {name: at for name, at in positions.items() if at < ends.get(name, 0)}
        self._since = {name: self._standing(name, new._replace(at=at)) for name, at in behind.items()}
        if not self._since:
            return 0.0
        name, worst = min(self._since.items(), key=lambda standing: standing[1].since)
        stood = new.since - worst.since
        if stood > self._limit and polls - worst.polls >= FEWEST_POLLS:
            raise DoelbindingError(
                f"partition {name}: nothing came for {stood:.0f} seconds though the topic goes on; "
                "the next start reads on where the store ends"
            )
        return stood

    def _standing(self, name: str, new: _Standing) -> _Standing:
        before = self._since.get(name)
        return before if before is not None and before.at == new.at else new


class _Standing(NamedTuple):
    """An offset, since when a partition stands there, and how many polls had been made by then."""

    at: int
    since: float
    polls: int


class HangGuard:
    """Ends the process when one call of the client does not come back: some of its waits know no end."""

    def __init__(self, limit_seconds: float, end: Callable[[], None] | None = None) -> None:
        self._limit = limit_seconds
        self._end = end or _end_process
        self._entered: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-hang-guard", daemon=True)
        self._thread.start()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Around a call of the client that should be over long before the limit."""
        self._entered = time.monotonic()
        try:
            yield
        finally:
            self._entered = None

    def close(self) -> None:
        """Stops watching."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._limit / CHECKS_PER_LIMIT):
            entered = self._entered
            if entered is not None and time.monotonic() - entered > self._limit:
                LOG.critical("kafka-client-hangs", seconds=self._limit)
                self._end()
                return


def _end_process() -> None:
    """At once: a thread that hangs would keep an orderly end from coming."""
    os._exit(1)
