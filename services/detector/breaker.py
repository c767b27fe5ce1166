"""Pieces of partitions into whether they are taken, and for how long a partition of mostly poison is left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

import structlog

from services.core.clock import Clock, SystemClock
from services.core.errors import DoelbindingError
from services.detector.poison import PROBE_ROWS, Breaking, Poison

Verdict = Literal["take", "read-again-in-small-pieces"]
LOG = structlog.get_logger()
SECOND = 1_000_000


class Holding(Protocol):
    """A source that can leave a partition alone."""

    def hold(self, partition: str, seconds: float, rows: int) -> None:
        """Drops what is not stored, and reads it again after so long, so many rows at once until `trust`."""

    def trust(self, partition: str) -> None:
        """Reads as much at once as of every other partition."""


@dataclass
class _Breaker:
    """One partition: what is stored of its records, and how often it was found to be poison since it was claimed."""

    poison: Poison
    careful: bool = False
    pauses: int = 0


class Breakers:
    """Circuit breakers of the partitions that one reader has claimed.

    Order of use: `claimed`, then for each piece `judge`, and where it is taken `after` and `stored`.
    """

    def __init__(
        self,
        source: Holding,
        breaking: Breaking,
        *,
        bounded: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """With `bounded` the input ends, and nobody is there to wait for a mend."""
        self._source = source
        self._breaking = breaking
        self._bounded = bounded
        self._clock = clock or SystemClock()
        self._breakers: dict[str, _Breaker] = {}

    def claimed(self, partition: str, poison: Poison) -> None:
        """Begins anew with what the store knows of the partition."""
        self._breakers[partition] = _Breaker(poison)

    def judge(self, partition: str, seen: int, dead: int) -> Verdict:
        """Whether a piece is taken.

        A large one that would break off reading is not: taken in small pieces it makes fewer dead letters.
        """
        breaker = self._of(partition)
        if breaker.careful or seen <= PROBE_ROWS or not self._is_poison(self.after(partition, seen, dead)):
            return "take"
        breaker.careful = True
        self._source.hold(partition, 0.0, PROBE_ROWS)
        return "read-again-in-small-pieces"

    def after(self, partition: str, seen: int, dead: int) -> Poison:
        """What is to be stored with a piece. A good one after a pause makes what was before it forgotten."""
        stored, piece = self._of(partition).poison, Poison(seen, dead)
        good_again = bool(seen) and self._is_poison(stored) and not piece.is_most()
        poison = (Poison() if good_again else stored).after(seen, dead, self._breaking.window)
        if not self._is_poison(poison):
            return poison
        return replace(poison, since_us=self._now_us() if stored.since_us is None else stored.since_us)

    def holds_back(self, partition: str) -> bool:
        """Whether others still wait for the partition: for so long since it became poison, whoever read it then."""
        since = self._of(partition).poison.since_us
        return since is None or self._now_us() - since < self._breaking.holds_back_seconds * SECOND

    def stored(self, partition: str, poison: Poison, *, empty: bool) -> None:
        """A piece was stored: reading goes on, or is broken off.

        Raises DoelbindingError where it is broken off and the input ends.
        """
        breaker = self._of(partition)
        was_poison, breaker.poison = self._is_poison(breaker.poison), poison
        if empty:
            return
        if self._is_poison(poison):
            self._break_off(partition, breaker)
        elif was_poison:
            LOG.info("partition-read-on", partition=partition)
            self._trust(partition, breaker)
        elif breaker.careful and poison.is_little:
            self._trust(partition, breaker)

    def _break_off(self, partition: str, breaker: _Breaker) -> None:
        poison, breaking = breaker.poison, self._breaking
        if self._bounded:
            raise DoelbindingError(
                f"partition {partition}: {poison.dead} of the last {poison.seen} records could not be read; see "
                "`doelbinding dead-letters list`, mend what sends them, or take them with --take-poison"
            )
        seconds = min(breaking.pause_seconds * 2.0 ** min(breaker.pauses, 32), breaking.longest_pause_seconds)
        breaker.pauses += 1
        breaker.careful = True
        LOG.error(
            "partition-poisoned",
            partition=partition,
            of_the_last=poison.seen,
            not_read=poison.dead,
            next_try_in_seconds=seconds,
        )
        self._source.hold(partition, seconds, PROBE_ROWS)

    def _trust(self, partition: str, breaker: _Breaker) -> None:
        self._breakers[partition] = _Breaker(breaker.poison)
        self._source.trust(partition)

    def _now_us(self) -> int:
        return round(self._clock.now().timestamp() * SECOND)

    def _is_poison(self, poison: Poison) -> bool:
        return not self._breaking.never and poison.is_most(self._breaking.least)

    def _of(self, partition: str) -> _Breaker:
        return self._breakers.setdefault(partition, _Breaker(Poison()))
