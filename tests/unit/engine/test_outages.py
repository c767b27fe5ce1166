"""Gaps, missing actors and broken clocks are told per system and day, and are over on the next good day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.contract import LOOKUP
from services.detector.decode import decode_lines
from services.detector.faults.kinds import ACTORS_MISSING, CLOCK_SKEW, GAP
from services.detector.faults.outages import outages
from services.detector.faults.rejected import rejected_by_system
from services.detector.pipeline import Slice
from services.detector.state.schemas import SYSTEM_DAYS
from services.detector.thresholds import FaultSettings
from tests.office import office_pipeline
from tests.world import BSNS, Run, World, frame, registers_of

CALENDAR = AgencyCalendar()
FRIDAY = date(2025, 4, 11)
"""A week before Good Friday; of the days below, Good Friday and Easter Monday are holidays."""
WEEKS = [date(2025, 3, 24) + timedelta(days=day) for day in range(40)]
NOW = datetime(2025, 4, 11, 12, tzinfo=UTC)


def table(counts: dict[date, tuple[int, int, int]], system: str = "sonar") -> pl.DataFrame:
    """Records, missing actors and future records per day."""
    rows = [
        {"system": system, "day": day, "records": good, "lookups": good, "actors_missing": nobody, "future": future}
        for day, (good, nobody, future) in counts.items()
    ]
    return pl.DataFrame(rows, schema=dict(SYSTEM_DAYS))


def usual_work(**changes: tuple[int, int, int]) -> pl.DataFrame:
    """A thousand records each working day, but on the days (as `d11`: 11 April) that are told."""
    counts = {day: (1_000, 0, 0) for day in WEEKS if CALENDAR.is_working_day(day)}
    told = {date(2025, 4, int(name[1:])): numbers for name, numbers in changes.items()}
    return table({day: numbers for day, numbers in (counts | told).items() if sum(numbers)})


def found(system_days: pl.DataFrame, kind: str, last: date = WEEKS[-1]) -> list[tuple[object, ...]]:
    seen = system_days.filter(pl.col("records") > 0)["day"].max()
    assert isinstance(seen, date)
    rows = outages(system_days, last, seen, CALENDAR, FaultSettings())
    return rows.filter(kind=kind).drop("system", "kind").sort("day").rows()


def test_a_working_day_without_records_is_a_gap_until_they_come_again() -> None:
    days = usual_work(d09=(0, 0, 0), d10=(99, 0, 0), d11=(100, 0, 0))
    assert found(days, GAP) == [
        (date(2025, 4, 9), FRIDAY, 0, 1_000, 1_000),
        (date(2025, 4, 10), FRIDAY, 99, 901, 1_000),
    ]


def test_weekends_holidays_and_the_end_of_the_input_are_no_gaps() -> None:
    assert found(usual_work(), GAP) == []
    assert found(usual_work().filter(pl.col("day") <= FRIDAY), GAP) == []


def test_a_system_that_went_silent_while_others_go_on_has_a_gap_that_stays_open() -> None:
    silent = table({day: (1_000, 0, 0) for day in WEEKS if CALENDAR.is_working_day(day) and day < FRIDAY})
    both = pl.concat([silent, usual_work().with_columns(pl.lit("suwinet").alias("system"))])
    gaps = found(both, GAP)
    assert gaps[0] == (FRIDAY, None, 0, 1_000, 1_000)
    assert len(gaps) > 5


def test_a_day_is_judged_when_it_is_over() -> None:
    days = usual_work(d11=(0, 0, 0))
    assert found(days, GAP, last=date(2025, 4, 10)) == []
    assert len(found(days, GAP, last=FRIDAY)) == 1


def test_a_system_of_few_records_has_no_gaps() -> None:
    days = usual_work(d11=(0, 0, 0)).with_columns(pl.col("records") // 11)
    assert found(days, GAP) == []


def test_too_many_records_without_an_actor_are_a_fault_until_the_next_good_day() -> None:
    days = usual_work(d08=(990, 10, 0), d09=(989, 11, 0), d10=(0, 40, 0))
    assert found(days, ACTORS_MISSING) == [
        (date(2025, 4, 9), FRIDAY, 1_000, 11, 0),
        (date(2025, 4, 10), FRIDAY, 40, 40, 0),
    ]
    assert found(days, CLOCK_SKEW) == []


def test_a_system_that_never_names_an_actor_is_told_too() -> None:
    days = pl.concat([usual_work(), table({FRIDAY: (0, 500, 0)}, system="suwinet")])
    assert found(days, ACTORS_MISSING) == [(FRIDAY, None, 500, 500, 0)]


def test_too_many_records_from_the_future_are_a_broken_clock() -> None:
    assert found(usual_work(d11=(500, 0, 500)), CLOCK_SKEW) == [(FRIDAY, date(2025, 4, 14), 1_000, 500, 0)]
    assert found(usual_work(d11=(4, 0, 4)), CLOCK_SKEW) == []


def rejected(*records: dict[str, object]) -> list[tuple[object, ...]]:
    lines = [msgspec.json.encode({"lookup_id": "x", "action": "view", "record_count": 1} | each) for each in records]
    dead = decode_lines(lines, [str(number) for number in range(len(lines))], LOOKUP).dead
    return sorted(rejected_by_system(dead, NOW, CALENDAR).iter_rows())


def test_records_without_an_actor_are_counted_per_system_and_local_day() -> None:
    late_evening = {"system": "sonar", "occurred_at": "2025-04-09T22:30:00Z"}
    assert rejected(late_evening, late_evening, {"system": "suwinet", "occurred_at": "2025-04-09T12:00:00Z"}) == [
        ("sonar", date(2025, 4, 10), 2, 0),
        ("suwinet", date(2025, 4, 9), 1, 0),
    ]


@pytest.mark.parametrize("time", [None, 5, "yesterday", "2025-04-09T12:00:00", "2031-01-01T00:00:00Z"])
def test_a_record_without_a_usable_time_counts_on_the_latest_day(time: object) -> None:
    assert rejected({"system": "sonar", "occurred_at": time}) == [("sonar", FRIDAY, 1, 0)]


@pytest.mark.parametrize("system", [None, 7, "", "Sonar", "x" * 41, BSNS[0], f"sonar-{BSNS[0]}", "jan@example.org"])
def test_what_is_no_name_of_a_system_is_counted_as_other(system: object) -> None:
    assert rejected({"system": system, "occurred_at": "2025-04-09T12:00:00Z"}) == [("other", date(2025, 4, 9), 1, 0)]


def test_counts_do_not_depend_on_the_order_of_corrections() -> None:
    """The same id with other content: the system that lost has no lookup left."""
    world = World()
    for system in ("sonar", "suwinet", "werkmap"):
        world.look("e1", 50, NOW, system=system, lookup_id="same")
    pipeline = office_pipeline()
    rows = pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    tables = []
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        run = Run(office_pipeline())
        for place in order:
            run.feed(Slice(rows[place : place + 1]), registers_of(world, run.pipeline))
        tables.append(run.state.system_days)
    assert tables[0].height == 1
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
