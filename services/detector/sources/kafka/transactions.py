"""Where partitions stand, and where their logs end, into for how long an open transaction has kept records back.

Who reads what is committed gets nothing behind the first record of an open transaction, and is told no end behind it
either: without the high-water mark beside it nothing would seem to be missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import structlog

LOG = structlog.get_logger()
TELL_SECONDS = 60.0
"""The time that the broker gives a transaction by default: a longer one is worth a word."""


class OpenTransactions:
    """Knows since when each partition has stood where an open transaction begins; seconds are monotonic."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since: dict[str, tuple[int, float]] = {}
        self._told: set[tuple[str, int]] = set()

    def forget(self) -> None:
        """Nothing is known at present."""
        self._since.clear()

    def longest(self, positions: Mapping[str, int], ends: Mapping[str, int], highwater: Mapping[str, int]) -> float:
        """Seconds for which the worst partition has been read to its end of what is committed, and goes on behind it.

        `ends` are those of committed records, `highwater` those of all.
        """
        now = self._monotonic()
        standing = {
            name: at for name, at in positions.items() if ends.get(name, at + 1) <= at < highwater.get(name, at)
        }
        self._since = {name: self._stood(name, at, now) for name, at in standing.items()}
        self._told &= set(standing.items())
        for name, (at, since) in self._since.items():
            if now - since > TELL_SECONDS and (name, at) not in self._told:
                self._told.add((name, at))
                LOG.warning("kafka-transaction-open", partition=name, offset=at, seconds=round(now - since))
        return max((now - since for _, since in self._since.values()), default=0.0)

    def _stood(self, name: str, at: int, now: float) -> tuple[int, float]:
        before = self._since.get(name)
        return before if before is not None and before[0] == at else (at, now)
