"""Much that waits for the engine, with more on its way, into one full step instead of many small ones.

A step costs the same again however few lookups it is over, so detectors that catch up decide on what they can get
together; how the input is cut into steps changes no signal.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event

from services.detector.patience import Patience
from services.detector.state.arrivals import Arrived
from services.detector.state.store import Store

MANY_ROWS = 10_000
"""With fewer lookups waiting nobody is catching up: they are decided on at once."""
GATHER_SECONDS = 10.0
"""How long a step waits for more at most."""
STALL_SECONDS = 3.0
"""After so long without anything new no more is waited for: who was reading may have died, or been held."""
LOOK_SECONDS = 0.5
"""Between two looks at what other detectors have read; the own reader brings news of itself."""


@dataclass(frozen=True)
class Gathering:
    """Waits for the rest of a step; `news`, `ended` and `stop` are those of the engine's owner."""

    store: Store
    patience: Patience
    news: Event
    ended: Event
    stop: Event
    rows_per_step: int
    topic: str
    """Which is read."""

    def gather(self) -> None:
        """Waits while many lookups wait, fewer than a full step, and readers know of more and bring it."""
        began = grew = time.monotonic()
        before = 0
        while (rows := self._short_of_a_step()) and time.monotonic() < min(
            began + GATHER_SECONDS, grew + STALL_SECONDS
        ):
            if rows > before:
                before, grew = rows, time.monotonic()
            self.news.wait(LOOK_SECONDS)
            self.news.clear()

    def _short_of_a_step(self) -> int:
        """How many lookups wait where it is worth waiting for more; 0 where it is not."""
        if self.stop.is_set() or self.ended.is_set():
            return 0
        waiting = self.patience.later(lambda: self.store.waiting(self.topic))
        return waiting.rows if waiting.more_to_read and MANY_ROWS <= waiting.rows < self.rows_per_step else 0


def many(arrived: Iterable[Arrived]) -> bool:
    """Whether a step over these is one of detectors that catch up."""
    return sum(one.lookups.height for one in arrived) >= MANY_ROWS
