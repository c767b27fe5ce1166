"""Whoever reads, decides, dies or comes back late: every record is taken once, and in the order of its partition."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError

from services.core.clock import SystemClock
from services.core.errors import DoelbindingError
from services.detector.state.arrivals import Arrival
from services.detector.state.fences import Fenced
from services.detector.state.readings import Readings
from tests.unit.state.samples import with_tables
from tests.unit.state.two_steps import (
    MOST,
    RING,
    Fences,
    Step,
    UnfencedReadings,
    UnfencedStore,
    lookups_of,
    outcome,
    right,
)

COMMITTED = 9
"""More statements than any act has: it is done, and its process dies before it hears of that."""

EXAMPLES = int(os.environ.get("TWO_STEPS_EXAMPLES", "15"))
HARMFUL = range(13, 17)
"""Seeds of histories among which there is one that a missing fence spoils, whichever of the two it is."""
ACTS = ("claim", "claim", "read", "read", "read", "own", "own", "take", "take", "take", "release")
LIVES = 30
"""For each step at which a process dies somewhere so many pass, lest none lives long enough to come back late."""


def a_history(seed: int) -> list[Step]:
    """Some sixty steps of two readers and two owners."""
    chance = random.Random(seed)
    deaths = [0] * LIVES + [1, 2, 3, 4, 5, 6, COMMITTED]
    return [
        Step(
            chance.choice(ACTS),
            chance.randrange(2),
            chance.randrange(2),
            chance.randint(1, MOST),
            chance.choice(deaths),
        )
        for _ in range(chance.randint(40, 80))
    ]


@pytest.mark.slow
def test_every_record_is_taken_once_and_in_order(database: URL) -> None:
    url = with_tables(database)

    @settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def whatever_happens(seed: int) -> None:
        assert outcome(url, a_history(seed)) == right()

    whatever_happens()


@pytest.mark.slow
@pytest.mark.parametrize(
    "fences", [Fences(readings=UnfencedReadings), Fences(store=UnfencedStore)], ids=["readers", "owners"]
)
def test_without_a_fence_it_would_go_wrong(database: URL, fences: Fences) -> None:
    url = with_tables(database)

    def goes_wrong(seed: int) -> bool:
        try:
            return outcome(url, a_history(seed), fences) != right()
        except (DoelbindingError, IntegrityError):
            return True

    assert any(goes_wrong(seed) for seed in HARMFUL)


@pytest.mark.parametrize("first", ["arrival", "claim"])
def test_a_claim_and_an_arrival_at_the_same_moment_wait_for_each_other(database: URL, first: str) -> None:
    url = with_tables(database)
    before, after = (Readings(url, RING, SystemClock(), 10_000) for _ in range(2))
    before.claim("p")
    slow, quick = (before, after) if first == "arrival" else (after, before)
    acts = {before: lambda: before.arrive("p", Arrival(3, lookups_of([0, 1, 2]))), after: lambda: after.claim("p")}
    in_the_middle, go_on = Event(), Event()

    def stop_before_commit(_connection: object) -> None:
        in_the_middle.set()
        go_on.wait(10)

    event.listen(slow._engine, "commit", stop_before_commit)
    with ThreadPoolExecutor(2) as pool:
        slow_one = pool.submit(acts[slow])
        in_the_middle.wait(10)
        quick_one = pool.submit(acts[quick])
        with pytest.raises(TimeoutError):
            quick_one.result(0.2)
        go_on.set()
        if first == "arrival":
            slow_one.result(10)
            assert quick_one.result(10).next == 3
        else:
            assert slow_one.result(10).next is None
            with pytest.raises(Fenced):
                quick_one.result(10)
    assert after.waiting("p") == (3 if first == "arrival" else 0)
    before.close()
    after.close()
