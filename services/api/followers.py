"""How many follow the news at once, and that all of them are let go when the service stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from fastapi import HTTPException

MOST = 50
MOST_OF_ONE = 3
"""Connections: a screen, another screen, and one that has not noticed that it was cut off."""


class Followers:
    """The connections that are open to the news in this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._closing = asyncio.Event()

    @contextmanager
    def place(self, reader: str) -> Iterator[None]:
        """A place for one more connection. Raises HTTPException 429 if there is none."""
        if self._open.total() >= MOST or self._open[reader] >= MOST_OF_ONE:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"At most {MOST_OF_ONE} connections of one reader, and {MOST} in all, can follow the news.",
                {"Retry-After": "30"},
            )
        self._open[reader] += 1
        try:
            yield
        finally:
            self._open[reader] -= 1

    @property
    def closing(self) -> bool:
        """Whether the service stops."""
        return self._closing.is_set()

    def close(self) -> None:
        """Lets all of them go."""
        self._closing.set()

    async def wait(self, seconds: float) -> None:
        """Until the time is over, or the service stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
