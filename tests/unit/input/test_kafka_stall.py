"""When a consumer that stands still ends its process, and when it may."""

from __future__ import annotations

import threading

import pytest

from services.core.errors import DoelbindingError
from services.detector.sources.kafka.stall import FEWEST_POLLS, HangGuard, Stall


class Time:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def stall(time: Time) -> Stall:
    return Stall(60.0, 90.0, time)


def test_a_partition_that_moves_or_has_nothing_more_does_not_stand_still(stall, time):
    for position in range(5):
        time.now += 50
        assert stall.longest({"lookups/0": position, "lookups/1": 7}, {"lookups/0": 9, "lookups/1": 7}, 1000) == 0


def test_a_partition_that_stands_still_with_more_to_read_ends_the_process(stall, time):
    assert stall.longest({"lookups/0": 3}, {"lookups/0": 9}, 0) == 0
    time.now += 60
    assert stall.longest({"lookups/0": 3}, {"lookups/0": 10}, 500) == 60
    time.now += 1
    with pytest.raises(DoelbindingError, match="partition lookups/0: nothing came for 61 seconds"):
        stall.longest({"lookups/0": 3}, {"lookups/0": 10}, 501)


def test_whoever_takes_the_slices_may_be_slow(stall, time):
    stall.longest({"lookups/0": 3}, {"lookups/0": 9}, 0)
    time.now += 600
    assert stall.longest({"lookups/0": 3}, {"lookups/0": 9}, FEWEST_POLLS - 1) == 600


def test_time_in_which_the_broker_was_away_does_not_count(stall, time):
    stall.longest({"lookups/0": 3}, {"lookups/0": 9}, 0)
    stall.member(stable=False)
    time.now += 600
    stall.forget()
    assert stall.longest({"lookups/0": 3}, {"lookups/0": 9}, 1000) == 0
    stall.member(stable=False)


def test_a_consumer_that_never_gets_into_its_group_ends_the_process(stall, time):
    stall.member(stable=False)
    time.now += 90
    stall.member(stable=False)
    time.now += 1
    with pytest.raises(DoelbindingError, match="joining its group for 91 seconds"):
        stall.member(stable=False)


def test_a_rebalance_that_ends_starts_the_time_anew(stall, time):
    for _ in range(3):
        stall.member(stable=False)
        time.now += 80
        stall.member(stable=True)


def test_the_ends_are_asked_for_several_times_within_the_limit(stall, time):
    due = []
    for _ in range(60):
        time.now += 1
        due.append(stall.due())
    assert due.count(True) == 6


def test_a_call_that_does_not_come_back_ends_the_process():
    ended, over = threading.Event(), threading.Event()
    guard = HangGuard(0.02, ended.set)
    with guard.watching():
        assert ended.wait(10)
    guard.close()
    patient = HangGuard(600.0, over.set)
    with patient.watching():
        pass
    patient.close()
    assert not over.is_set()
