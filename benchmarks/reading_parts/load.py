"""Requests over kept connections into rates and times, without an HTTP library: it takes little of the processor."""

from __future__ import annotations

import asyncio
import math
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
NEXT = re.compile(rb'<([^>]+)>; rel="next"')
PAGE = "/v1/signals?limit=50"


@dataclass
class Tally:
    """What was answered since the warming up: seconds of each request, by kind."""

    not_ready: int
    since: float = math.inf
    pages: list[float] = field(default_factory=list)
    singles: list[float] = field(default_factory=list)
    failures: int = 0
    bytes: int = 0
    all_answers: int = 0
    """With those of the warming up."""


class Reader:
    """One connection of an investigator: pages on through the list, and opens signals."""

    def __init__(self, token: str, ids: Sequence[str], seed: int, share_of_pages: float) -> None:
        self._dice = random.Random(seed)
        self._head = f" HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        self._ids = ids
        self._share = share_of_pages
        self._page = PAGE
        self._started = self._dice.randrange(20)

    async def read(self, port: int, tally: Tally, seconds: float) -> None:
        """Asks and waits for the answer, again and again; the time runs once all are somewhere in the list."""
        reading, writing = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for _ in range(self._started):  # everybody is somewhere else in the list
            await self._ask(reading, writing, self._page, pages=True)
        tally.not_ready -= 1
        if tally.not_ready == 0:
            tally.since = time.perf_counter()
        while (began := time.perf_counter()) < tally.since + seconds:
            pages = self._dice.random() < self._share
            path = self._page if pages else f"/v1/signals/{self._dice.choice(self._ids)}"
            ok, size = await self._ask(reading, writing, path, pages=pages)
            tally.all_answers += ok
            if began >= tally.since:
                (tally.pages if pages else tally.singles).append(time.perf_counter() - began)
                tally.failures += not ok
                tally.bytes += size
        tally.all_answers += self._started
        writing.close()

    async def _ask(
        self, reading: asyncio.StreamReader, writing: asyncio.StreamWriter, path: str, *, pages: bool
    ) -> tuple[bool, int]:
        writing.write(b"GET " + path.encode() + self._head)
        head = await reading.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        size = int(found[1]) if found else 0
        await reading.readexactly(size)
        if pages:
            further = NEXT.search(head)
            self._page = further[1].decode() if further else PAGE
        return head.startswith(b"HTTP/1.1 200"), size


async def load(
    port: int, token: str, ids: Sequence[str], connections: int, seconds: float, share_of_pages: float
) -> Tally:
    """All connections at once, for so long."""
    tally = Tally(connections)
    readers = [Reader(token, ids, seed, share_of_pages) for seed in range(connections)]
    await asyncio.gather(*(reader.read(port, tally, seconds) for reader in readers))
    return tally
