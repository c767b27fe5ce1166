"""What reader and engine of one detector tell each other, so that neither slows the other down where little comes.

They share one interpreter: while the reader decodes, a step of the engine takes longer by as much and more, and a slice
costs the reader the same however small it is. So where few lookups come, the reader leaves the engine in peace during a
step, and the engine takes whole rounds of the reader instead of what is there of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

ROUND_SECONDS = 0.4
"""How long the reader waits for the engine to finish; in a detector that does not own the engine it always does."""
SETTLE_SECONDS = 0.3
"""How long the engine waits for the end of a round."""
FEW_ROWS = 2_000
"""From so many lookups in a round on, both work as fast as they can."""


class Turns:
    """Shared by one reader and one engine. Waiting is only ever for a bounded time: nothing depends on an answer."""

    def __init__(self) -> None:
        self._wanted, self._at_rest = Event(), Event()
        self._at_rest.set()
        self._began = 0.0
        self._few = False

    @property
    def much(self) -> bool:
        """Whether the last round brought much; before the end of the first one it may."""
        return not self._few

    def await_engine(self) -> None:
        """The reader waits before it asks for more, unless the last round brought much."""
        if self._few:
            self._wanted.wait(max(0.0, self._began + ROUND_SECONDS - time.monotonic()))
        self._wanted.clear()
        self._began = time.monotonic()

    @contextmanager
    def round(self) -> Iterator[list[int]]:
        """The reader hands on what it got; the list takes the number of lookups of each slice."""
        rows: list[int] = []
        self._at_rest.clear()
        try:
            yield rows
        finally:
            self._few = sum(rows) < FEW_ROWS
            self._at_rest.set()

    def want(self) -> None:
        """The engine has done the greater part of its work, or has none."""
        self._wanted.set()

    def await_round(self) -> None:
        """The engine waits for what the reader has in hand, unless that is much."""
        if self._few:
            self._at_rest.wait(SETTLE_SECONDS)
