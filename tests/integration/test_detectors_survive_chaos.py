"""Detectors that are killed, frozen and cut off give the signals of one that nobody disturbed, each once."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace

import pytest

from tests.integration.chaos import PAUSE_SECONDS, Chaos, Plan
from tests.integration.detector_group import a_group, assert_gives_the_signals_of_the_files
from tests.integration.disturbances import Agency
from tests.integration.services import NewTopicName

pytestmark = [
    pytest.mark.slow,
    # the client with which the test makes its topic leaves sockets to the garbage collector while the broker is away
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

FULL = bool(os.environ.get("DOELBINDING_CHAOS"))
"""`make chaos`: all that is asked for, on a broker and a server that no other test uses."""

ON_POSTGRESQL = Plan(3, 20, 10, 2, ("kafka", "postgresql")) if FULL else Plan(2, 4, 1)
ON_SQLITE = Plan(1, 20, 10, 2, ("kafka",)) if FULL else Plan(1, 3, 0)
SPEED = 900.0 if FULL else 4_000.0
"""Seconds of the agency's three days in a second: the lookups come in for as long as the chaos lasts."""
REPLAY_SECONDS = 900.0
CONTROL_SPEED = 2_500.0
SEED = 20_251_122


@pytest.mark.parametrize("plan", [ON_POSTGRESQL, ON_SQLITE], ids=["postgresql", "sqlite"])
def test_nothing_is_lost_and_nothing_comes_twice(
    agency: Agency, kafka: str, new_topic: NewTopicName, postgresql: str, plan: Plan
) -> None:
    name, database = ("chaos", postgresql) if plan is ON_POSTGRESQL else ("chaos-alone", None)
    group = a_group(agency, agency.home(name), kafka, new_topic(6), database)
    with group.replaying(SPEED) as replay:
        Chaos(group, random.Random(SEED)).run(plan)
        assert replay.process.wait(REPLAY_SECONDS) == 0, replay.said
    with group.api(), group.detector("--until-end") as last:
        assert last.ended().code == 0, last.said
        assert_gives_the_signals_of_the_files(group)


@pytest.mark.skipif(not FULL, reason="three minutes; `make chaos` runs it")
def test_without_fences_an_owner_that_comes_back_spoils_the_signals(
    agency: Agency, kafka: str, new_topic: NewTopicName, postgresql: str
) -> None:
    """The negative control: what the other tests compare does differ where nothing stops who was overtaken."""
    group = a_group(agency, agency.home("unfenced"), kafka, new_topic(6), postgresql)
    group = replace(group, program=(sys.executable, "-m", "tests.integration.unfenced"))
    with group.api():
        with group.detector() as owner, group.replaying(CONTROL_SPEED) as replay:
            owner.until_it_says("engine-owned")
            with group.detector() as other:
                for _ in range(3):
                    time.sleep(PAUSE_SECONDS / 4)
                    owner.process.send_signal(signal.SIGSTOP)
                    time.sleep(PAUSE_SECONDS)
                    owner.process.send_signal(signal.SIGCONT)
                other.until_it_says("engine-owned")
                assert replay.process.wait(REPLAY_SECONDS) == 0, replay.said
        with group.detector("--until-end") as last:
            last.ended()
        with pytest.raises(AssertionError):
            assert_gives_the_signals_of_the_files(group)
