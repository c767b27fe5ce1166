"""When the owner of the engine takes a step, it waits for registers; and for whom its watermark waits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import httpx
import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.detector.beside import beside
from services.detector.deliver import Deliverer
from services.detector.following import FollowedRegisters, Reading
from services.detector.lease import Lease
from services.detector.metrics import DetectorMetrics
from services.detector.owning import Bury, Owner
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.state.arrivals import Arrival
from services.detector.state.connection import sqlite_url, writing
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.schema import PARTITIONS
from services.detector.state.store import Store
from services.detector.state.taking import STILL_READ_SECONDS
from tests.datasets import write_registers
from tests.vaults import a_sealer
from tests.world import RING, World, frame, local, settings

NOON = local("2025-03-03 12:00")
PATIENCE_SECONDS = 60.0


class CountedRegisters(FollowedRegisters):
    """Registers that tell how often they were waited for, and how often not."""

    waited = glanced = 0

    def read(self) -> Reading:
        self.waited += 1
        return super().read()

    def glance(self) -> Reading:
        self.glanced += 1
        return super().read()


@dataclass
class Desk:
    """A reader, and the owner of the engine at work beside it."""

    readings: Readings
    store: Store
    registers: CountedRegisters
    pipeline: Pipeline
    metrics: DetectorMetrics
    news: Event
    world: World = field(default_factory=World)

    def looks(self, partition: str, hours: int, *, behind: bool) -> None:
        """A lookup of that hour after noon arrives."""
        self.world.look("e1", 50, NOON + timedelta(hours=hours))
        lookups, numbers = self.pipeline.encoder.with_numbers(frame(LOOKUP, self.world.lookups[-1:]))
        self.readings.arrive(partition, Arrival(len(self.world.lookups), lookups, numbers, behind=behind))
        self.news.set()

    def is_read_to_its_end(self, partition: str) -> None:
        self.readings.arrive(partition, Arrival(len(self.world.lookups)))
        self.news.set()

    @property
    def decided(self) -> float | None:
        """Up to which hour after noon; none where nothing is decided."""
        told = self.metrics.registry.get_sample_value("doelbinding_watermark_timestamp_seconds")
        return None if told is None or math.isnan(told) else (told - NOON.timestamp()) / 3600

    def rests(self) -> int:
        """Waits until the engine has looked for work twice and taken no step; how often it waited for registers."""
        glanced = self.registers.glanced
        await_that(lambda: self.registers.glanced > glanced + 1)
        return self.registers.waited


def await_that(true: Callable[[], bool]) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while not true():
        assert monotonic() < until
        sleep(0.01)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The topic `lookups` is read."""
    url = sqlite_url(tmp_path / "d.sqlite")
    migrate(url)
    world = World()
    world.employee(1)
    world.link(50, "e1", local("2025-03-01 00:00"))
    write_registers(world, tmp_path / "agency")
    with working(url, tmp_path / "agency") as desk:
        yield desk


@contextmanager
def working(url: URL, dataset: Path) -> Iterator[Desk]:
    clock, metrics, stop, news = SystemClock(), DetectorMetrics(), Event(), Event()
    pipeline = Pipeline(settings(lateness_minutes=0), RING)
    registers = CountedRegisters(dataset, pipeline, ("declared",), None)
    with (
        closing(Store(url, clock)) as store,
        closing(Readings(url, RING, clock)) as readings,
        httpx.Client(base_url="http://127.0.0.1:1") as client,
    ):
        deliverer = Deliverer(store, client, "a-token", clock)

        def opened(_known: str | None, _bury: Bury) -> AbstractContextManager[FollowedRegisters]:
            return nullcontext(registers)

        owner = Owner(
            store=store,
            lease=Lease(store, "test"),
            reader=Reader(pipeline, clock, a_sealer(pipeline)),
            pipeline=pipeline,
            ring=RING,
            registers=opened,
            deliverer=lambda: nullcontext(deliverer),
            metrics=metrics,
            clock=clock,
            topic="lookups",
            rows_per_step=1_000,
            patience_seconds=0.0,
            news=news,
            ended=Event(),
            stop=stop,
        )
        with beside(owner.run, "owner", stop, news):
            yield Desk(readings, store, registers, pipeline, metrics, news)


def test_a_step_that_moves_time_waits_for_registers_though_nothing_arrived(desk: Desk) -> None:
    desk.readings.claim("lookups/0")
    desk.readings.claim("lookups/1")
    desk.looks("lookups/0", 1, behind=False)
    desk.looks("lookups/1", 1, behind=False)
    await_that(lambda: desk.decided == 1)
    desk.looks("lookups/1", 5, behind=True)
    desk.looks("lookups/0", 40, behind=False)
    await_that(lambda: desk.decided == 5)
    before = desk.rests()
    desk.is_read_to_its_end("lookups/1")
    await_that(lambda: desk.decided == 40)
    assert desk.rests() == before + 1


def test_time_goes_on_though_a_topic_that_nobody_reads_any_more_was_left_in_the_middle(desk: Desk) -> None:
    desk.readings.claim("lookups-before/0")
    desk.looks("lookups-before/0", 1, behind=True)
    desk.readings.expect(["lookups/0"])
    desk.readings.claim("lookups/0")
    desk.looks("lookups/0", 40, behind=False)
    await_that(lambda: desk.store.waiting("lookups").rows == 0)
    desk.rests()
    assert desk.decided == 1
    with writing(desk.store._engine) as connection:
        long_ago = PARTITIONS.c.told_us - STILL_READ_SECONDS * 1_000_000
        connection.execute(PARTITIONS.update().values(told_us=long_ago))
    await_that(lambda: desk.decided == 40)
