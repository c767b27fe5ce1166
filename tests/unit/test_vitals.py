"""What a detector tells of its life: only what is its own to tell, and nothing that is over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.release import release
from services.detector.encode import LOOKUPS, NUMBERS
from services.detector.faults.rejected import REJECTED
from services.detector.following import FollowedRegisters
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.rules import RULES, rule_set
from services.detector.state.arrivals import Arrived
from services.detector.vitals import Vitals
from tests.datasets import write_registers
from tests.world import RING, World, local, settings

NOON = local("2025-03-12 12:00")
OWNED = "doelbinding_engine_owned"
ROUND = "doelbinding_engine_last_round_timestamp_seconds"
OLDEST = "doelbinding_arrivals_oldest_timestamp_seconds"
OF_THE_OWNER = (
    "doelbinding_engine_epoch",
    ROUND,
    OLDEST,
    "doelbinding_office_hours",
    "doelbinding_watermark_timestamp_seconds",
    "doelbinding_last_commit_timestamp_seconds",
    "doelbinding_outbox_oldest_timestamp_seconds",
)


@dataclass
class Stopped:
    """A clock that stands."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def vitals() -> Vitals:
    return Vitals(DetectorMetrics(), Stopped(), AgencyCalendar())


def told(vitals: Vitals, name: str, **labels: str) -> float | None:
    return vitals.metrics.registry.get_sample_value(name, labels)


def unknown(vitals: Vitals, name: str) -> bool:
    value = told(vitals, name)
    return value is not None and math.isnan(value)


def arrived(number: int, stored_at: datetime) -> Arrived:
    nothing = (pl.DataFrame(schema=LOOKUPS), pl.DataFrame(schema=NUMBERS), pl.DataFrame(schema=REJECTED))
    return Arrived("lookups/0", number, *nothing, closed=False, stored_at=stored_at)


@pytest.mark.parametrize("name", OF_THE_OWNER)
def test_who_waits_for_the_engine_knows_nothing_of_it(vitals: Vitals, name: str) -> None:
    assert told(vitals, OWNED) == 0
    assert unknown(vitals, name)


def test_an_owner_that_finds_nothing_to_do_lives(vitals: Vitals) -> None:
    vitals.owns()
    vitals.looked()
    assert told(vitals, OWNED) == 1
    assert told(vitals, ROUND) == NOON.timestamp()
    assert unknown(vitals, OLDEST)


def test_the_oldest_arrival_in_hand_tells_how_far_the_engine_is_behind(vitals: Vitals) -> None:
    early = NOON - timedelta(minutes=9)
    vitals.looked([arrived(2, NOON), arrived(1, early)])
    assert told(vitals, OLDEST) == early.timestamp()


@pytest.mark.parametrize("name", OF_THE_OWNER)
def test_an_owner_that_was_taken_over_takes_back_what_it_told(vitals: Vitals, name: str) -> None:
    metrics = vitals.metrics
    vitals.owns()
    metrics.engine_epoch.set(4)
    metrics.watermark.set(1)
    metrics.show_commit(0.1, NOON)
    metrics.show_backlog(3, NOON)
    metrics.show_faults({("sonar", "gap"): 1})
    vitals.resigned()
    assert told(vitals, OWNED) == 0
    assert unknown(vitals, name)
    assert told(vitals, "doelbinding_outbox_pending") == 0
    assert told(vitals, "doelbinding_source_fault", system="sonar", kind="gap") is None


def test_the_end_of_an_input_is_no_engine_without_owner(vitals: Vitals) -> None:
    vitals.owns()
    vitals.ended()
    assert unknown(vitals, OWNED)
    assert unknown(vitals, ROUND)


@pytest.mark.parametrize(("at", "told_open"), [("2025-03-12 12:00", 1), ("2025-03-12 23:00", 0)])
def test_office_hours_are_those_of_the_agency(at: str, told_open: float) -> None:
    vitals = Vitals(DetectorMetrics(), Stopped(local(at)), AgencyCalendar())
    vitals.looked()
    assert told(vitals, "doelbinding_office_hours") == told_open


def test_registers_are_counted_and_a_later_file_that_cannot_be_read_is_told(vitals: Vitals, tmp_path: Path) -> None:
    world = World()
    world.employee(1)
    write_registers(world, tmp_path)
    followed = FollowedRegisters(tmp_path, Pipeline(settings(), RING), ("declared",), None)
    vitals.registers(followed.read())
    assert told(vitals, "doelbinding_register_rows", register="employees") == 1
    assert told(vitals, "doelbinding_registers_refused") == 0
    (tmp_path / "case-links.ndjson").rename(tmp_path / "elsewhere")
    for _ in range(2):
        vitals.registers(followed.read())
        assert told(vitals, "doelbinding_registers_refused") == 1
    (tmp_path / "elsewhere").rename(tmp_path / "case-links.ndjson")
    vitals.registers(followed.read())
    assert told(vitals, "doelbinding_registers_refused") == 0


def test_a_detector_tells_which_release_and_rules_it_runs(vitals: Vitals) -> None:
    assert told(vitals, "doelbinding_build_info", version=release(), rule_set=rule_set()) == 1


def test_every_rule_stands_at_zero_from_the_start(vitals: Vitals) -> None:
    assert all(told(vitals, "doelbinding_signals_total", rule=rule.id, status="open") == 0 for rule in RULES)
