"""The owner of the engine: many dead letters that are taken again do not keep what arrives waiting."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Event

import polars as pl
import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.core.kafka_settings import load_kafka_settings
from services.core.keyring import KeyRing, open_key_ring
from services.detector.commands.detector_database import letter_box
from services.detector.consuming import ConsumeOptions, owner_of
from services.detector.deadletters import seal_frame
from services.detector.decode import dead_letters, decode_lines
from services.detector.decode.faults import Fault
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.slices import SourceSlice
from services.detector.state.again import MOST_LETTERS
from services.detector.state.arrivals import Arrival
from services.detector.state.connection import sqlite_url
from services.detector.state.letterbox import Wanted
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Commit, Store
from services.detector.turns import Turns
from tests.datasets import write_registers
from tests.unit.input.records import a_lookup, as_line
from tests.unit.scripted_api import Intake, serving
from tests.vaults import a_sealer
from tests.world import World, local, settings

PARTITION = "lookups/0"
UNKNOWN = Fault("unknown-action", "action: should be one that is known")
SLICES = 3


class Told(Store):
    """A store that remembers what each commit was about."""

    kinds: list[str]

    def commit(self, commit: Commit) -> pl.DataFrame:
        self.kinds.append("letters" if commit.again else "arrivals" if commit.taken else "nothing new")
        return super().commit(commit)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Registers, a database, and as many marked letters as fill some slices."""
    world = World()
    world.link(50, world.employee(1), local("2025-03-03 09:00"))
    write_registers(world, tmp_path)
    migrate(address(tmp_path))
    keep_marked_letters(tmp_path, open_key_ring(tmp_path / "keyring.json"), SLICES * MOST_LETTERS)
    return tmp_path


def address(home: Path) -> URL:
    return sqlite_url(home / "detector.sqlite")


def keep_marked_letters(home: Path, ring: KeyRing, count: int) -> None:
    raw = [as_line(a_lookup(number)) for number in range(count)]
    places = [f"offset {number}" for number in range(count)]
    dead = dead_letters(LOOKUP, places, [(UNKNOWN,) for _ in places], raw)
    with closing(Store(address(home), SystemClock())) as store:
        store.claim()
        store.load()
        store.commit(Commit({}, dead=seal_frame(dead, ring), partition=PARTITION))
    with letter_box(home) as box:
        box.mark([letter.id for letter in box.all(Wanted())])


def arrive(home: Path, ring: KeyRing, pipeline: Pipeline, number: int) -> None:
    """One lookup, read and stored by a reader."""
    decoded = decode_lines([as_line(a_lookup(number))], ["offset 9000"], LOOKUP)
    piece = SourceSlice(PARTITION, decoded.valid, decoded.dead, {}, closed=False)
    read = Reader(pipeline, SystemClock(), a_sealer(pipeline)).read(piece)
    with closing(Readings(address(home), ring, SystemClock())) as readings:
        readings.claim(PARTITION)
        readings.arrive(PARTITION, Arrival(9001, read.lookups, read.numbers))


def test_what_arrives_is_taken_after_one_slice_of_letters_and_all_letters_before_the_end(home: Path) -> None:
    ring, clock = open_key_ring(home / "keyring.json"), SystemClock()
    pipeline = Pipeline(settings(), ring)
    arrive(home, ring, pipeline, 9_000)
    ended = Event()
    ended.set()
    with serving(Intake()) as intake, closing(Told(address(home), clock)) as store:
        store.kinds = []
        options = ConsumeOptions(
            registers=home,
            api=intake.url,
            home=home,
            database=address(home),
            kafka=load_kafka_settings(bootstrap_servers="127.0.0.1:9"),
            consuming=Consuming(),
        )
        owner = owner_of(
            options,
            settings(),
            ring,
            a_sealer(pipeline),
            store,
            DetectorMetrics(),
            clock,
            Event(),
            ended,
            Event(),
            Turns(),
        )
        owner.run()
    assert store.kinds == ["letters", "arrivals", "letters", "letters", "nothing new"]
    assert owner.counted["lookups"] == SLICES * MOST_LETTERS + 1
