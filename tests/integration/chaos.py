"""Detectors of one group that are killed, frozen and cut off while lookups come in, under a plan drawn from a seed."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.detector_group import Group
from tests.integration.disturbances import an_api
from tests.processes import PATIENCE_SECONDS, Started
from tests.unit.scripted_api import Intake, Reply, serving

PAUSE_SECONDS = 13.0
"""Longer than the session of a member and than the lease of the owner, which are ten seconds."""

BETWEEN_SECONDS = (0.5, 4.0)
FAILURES = [Reply(500), Reply(503, headers={"Retry-After": "0"}), Reply(500), Reply(504, hang=True)]
SERVICES = Path(__file__).parents[2] / "deploy" / "services" / "run"


@dataclass(frozen=True)
class Plan:
    """How often what happens."""

    detectors: int
    kills: int
    pauses: int
    outages: int = 1
    """Of the API: it dies, something answers with failures and not at all, and it comes back."""
    restarts: tuple[str, ...] = ()
    """Services that are stopped and started, `kafka` or `postgresql`; only where nobody else uses them."""

    def events(self, chance: random.Random) -> list[str]:
        """All that happens, in the order of chance."""
        told = ["kill"] * self.kills + ["pause"] * self.pauses + ["outage"] * self.outages
        told += [f"restart {service}" for service in self.restarts]
        return chance.sample(told, len(told))


@dataclass
class Chaos:
    """The detectors of a group under a plan. Who ended by itself is started again, as a supervisor would do."""

    group: Group
    chance: random.Random
    _running: list[Started] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    ended: list[str] = field(default_factory=list)
    """What detectors said that ended without being told to."""

    def run(self, plan: Plan) -> None:
        """Everything of the plan, then an orderly end of all detectors."""
        with self._stack, self._api() as api:
            self._running = [self._start() for _ in range(plan.detectors)]
            for event in plan.events(self.chance):
                time.sleep(self.chance.uniform(*BETWEEN_SECONDS))
                self._again()
                if event == "outage":
                    api.outage()
                elif event.startswith("restart"):
                    subprocess.run([SERVICES, *event.split()], check=True, capture_output=True)
                else:
                    self._disturb(event)
            for detector in self._running:
                detector.process.send_signal(signal.SIGTERM)
            for detector in self._running:
                detector.process.wait(PATIENCE_SECONDS)

    def _disturb(self, event: str) -> None:
        place = self.chance.randrange(len(self._running))
        if event == "kill":
            self._running[place].process.kill()
            self._running[place].process.wait()
            self._running[place] = self._start()
        else:
            self._running[place].process.send_signal(signal.SIGSTOP)
            time.sleep(PAUSE_SECONDS)
            self._running[place].process.send_signal(signal.SIGCONT)

    def _again(self) -> None:
        for place, detector in enumerate(self._running):
            if detector.process.poll() is not None:
                self.ended.append(detector.said)
                self._running[place] = self._start()

    def _start(self) -> Started:
        return self._stack.enter_context(self.group.detector())

    @contextmanager
    def _api(self) -> Iterator[_Api]:
        with ExitStack() as stack:
            api = _Api(self.group, stack)
            api.start()
            yield api


@dataclass
class _Api:
    """The group's API, which can go and come back at the same address."""

    group: Group
    stack: ExitStack
    process: Started | None = None

    def start(self) -> None:
        self.process, _ = self.stack.enter_context(an_api(self.group.home, self.group.port))

    def outage(self) -> None:
        """It dies; what answers in its place fails, and then does not answer; then it is back."""
        assert self.process is not None
        self.process.process.kill()
        self.process.process.wait()
        with serving(Intake(list(FAILURES)), self.group.port):
            time.sleep(PAUSE_SECONDS / 2)
        self.start()
