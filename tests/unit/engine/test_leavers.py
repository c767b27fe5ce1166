"""The last weeks of an employment, and when it is known that they are the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from services.core.contract import INSTANT, LOOKUP
from services.detector.leavers.known import ends_of_employment
from services.detector.pipeline import Pipeline, Slice
from services.detector.rules.base import C_CAP
from tests.world import RING, Run, World, frame, in_one_batch, local, registers_of, settings

LEFT = local("2025-04-01 00:00")
QUIET = {"volume": {"min_subjects": 50}, "peers": {"min_subjects": 50}}
PERIODS = {"employee": pl.Int64(), "valid_from": INSTANT, "valid_to": INSTANT, "known_from": INSTANT}


def day(number: int) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)


def ends(*rows: tuple[int, int, int | None, int]) -> list[tuple[object, ...]]:
    told = [(who, day(start), None if end is None else day(end), day(known)) for who, start, end, known in rows]
    periods = pl.DataFrame(told, schema=PERIODS, orient="row")
    return ends_of_employment(periods, periods.drop_nulls("valid_to")).rows()


def test_who_has_no_end_does_not_leave() -> None:
    assert ends((1, 0, None, 0)) == []


def test_who_goes_on_elsewhere_does_not_leave() -> None:
    assert ends((1, 0, 100, 0), (1, 100, None, 100)) == []


def test_who_is_back_within_a_month_has_not_left_and_who_is_back_later_has() -> None:
    assert ends((1, 0, 100, 0), (1, 131, None, 131)) == []
    assert ends((1, 0, 100, 0), (1, 132, None, 132)) == [(1, day(100), day(0))]


def test_the_first_registration_that_says_so_tells_since_when_it_is_known() -> None:
    periods = pl.DataFrame([(1, day(0), day(100), day(0))], schema=PERIODS, orient="row")
    registered = pl.DataFrame(
        [(1, day(0), day(100), day(80)), (1, day(0), day(100), day(90)), (1, day(0), day(200), day(20))],
        schema=PERIODS, orient="row",
    )  # fmt: skip
    assert ends_of_employment(periods, registered).rows() == [(1, day(100), day(80))]


def agency(*, leaves: bool = True) -> World:
    """Somebody works on one case, opens eight strangers' files in the third last week, and leaves."""
    world, first = World(), local("2025-02-10 10:00")
    world.employee(1, valid_to=LEFT if leaves else None)
    for number in range(2, 8):
        world.employee(number)
    for number in range(1, 8):
        world.link(50 + number, f"e{number}", first - timedelta(days=1))
        for place in range(45):
            if (at := first + timedelta(days=place)).weekday() < 5:
                world.look(f"e{number}", 50 + number, at)
    for person in range(8):
        world.look("e1", 100 + person, local("2025-03-12 11:00") + timedelta(days=person % 2, minutes=10 * person))
    return world


def leaving(signals: pl.DataFrame) -> list[dict[str, object]]:
    return signals.filter(pl.col("rule") == "leaver").to_dicts()


def test_the_signal_is_about_the_last_weeks_and_the_last_day() -> None:
    (signal,) = leaving(in_one_batch(agency(), Pipeline(settings(**QUIET), RING)).signals())
    assert (signal["window_start"], signal["window_end"]) == (local("2025-03-02 00:00"), LEFT)
    assert (signal["raised_at"], signal["lookup_count"]) == (local("2025-03-15 00:00"), 8)
    assert "01-04" not in str(signal["summary_nl"])
    assert "31-03-2025" in str(signal["summary_nl"])


@pytest.mark.slow
def test_a_day_that_stands_out_is_a_child_of_the_last_weeks() -> None:
    world = agency()
    for person in range(20):
        world.look("e1", 150 + person, local("2025-03-18 09:00") + timedelta(minutes=10 * person))
    signals = in_one_batch(world, Pipeline(settings(), RING)).signals()
    (signal,) = leaving(signals)
    (own,) = signals.filter(pl.col("rule") == "volume-own").to_dicts()
    assert own["parent_id"] == signal["signal_id"]
    assert (own["rule_class"], own["score"], own["pushed"]) == ("B", C_CAP / 10, False)
    assert {"factor": "cap", "value": "part"}.items() <= own["factors"][-1].items()
    assert signal["lookup_count"] == 28


@pytest.mark.slow
def test_under_a_rule_that_is_switched_off_it_is_a_story_of_its_own() -> None:
    world = agency()
    for person in range(20):
        world.look("e1", 150 + person, local("2025-03-18 09:00") + timedelta(minutes=10 * person))
    signals = in_one_batch(world, Pipeline(settings(rules_off={"leaver": "tested by itself"}), RING)).signals()
    (own,) = signals.filter(pl.col("rule") == "volume-own").to_dicts()
    assert own["parent_id"] is None
    assert own["score"] > C_CAP / 10


@pytest.mark.slow
def test_an_end_that_the_register_tells_later_reopens_the_weeks_and_one_that_goes_takes_the_signal_back() -> None:
    pipeline = Pipeline(settings(**QUIET), RING)
    world, stays = agency(), agency(leaves=False)
    knows, before = registers_of(world, pipeline), registers_of(stays, pipeline)
    run, nobody = Run(pipeline), pl.Series([], dtype=pl.Int64)
    lookups = pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    run.feed(Slice(lookups), before)
    assert leaving(run.signals()) == []
    leaver = knows.leavers["employee"]
    run.feed(Slice(lookups.clear(), changed_employees=leaver, changed_subjects=nobody), knows)
    (signal,) = leaving(run.signals())
    assert run.told[str(signal["signal_id"])]["status"] == "open"
    run.feed(Slice(lookups.clear(), changed_employees=leaver, changed_subjects=nobody), before)
    assert leaving(run.signals()) == []
    assert run.told[str(signal["signal_id"])]["withdrawn_reason"] == "recomputed"
