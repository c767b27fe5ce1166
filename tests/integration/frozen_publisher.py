"""A process of the API that takes its turn, tells so, and can be frozen in it."""

from __future__ import annotations

import asyncio
import sys

from services.api.db import limits
from services.api.db.engine import open_engine
from services.api.publishing.turns import turn


async def main(url: str, key: int, stand_still_ms: int) -> None:
    """Holds the turn until told to stop."""
    limits.STAND_STILL_MS = stand_still_ms
    async with turn(open_engine(url), key) as connection:
        sys.stdout.write("ours\n" if connection else "another's\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
