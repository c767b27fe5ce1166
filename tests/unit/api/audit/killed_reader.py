"""A process that adds to the trail of a home folder for as long as it lives: `python -m ... HOME`."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from services.api.audit.keeper import Keeper
from services.api.audit.standing import signing
from services.api.audit.trail import append
from services.api.audit.writer import TrailWriter
from services.api.db.engine import open_engine, writing
from services.api.metrics import ApiMetrics
from services.core.clock import SystemClock
from tests.unit.api.audit.histories import History, an_entry


async def work(history: History) -> None:
    """Reads, decisions and roots, and a line for each that was acknowledged."""
    rng, clock, metrics = random.Random(), SystemClock(), ApiMetrics()
    engine = open_engine(history.url).execution_options(**signing(history.notary))
    trail = TrailWriter(engine, clock, metrics)
    keeper = Keeper(engine, history.notary, history.export, clock, metrics)
    while True:
        await asyncio.gather(*(trail.record([an_entry(rng)]) for _ in range(5)))
        async with writing(engine) as connection:
            await append(connection, [an_entry(rng)], clock.now())
        sys.stdout.write("6\n")
        sys.stdout.flush()
        await keeper.round(last=True)


if __name__ == "__main__":
    asyncio.run(work(History(Path(sys.argv[1]))))
