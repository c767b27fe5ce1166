"""The watermark: up to when decisions may be taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.settings import AgencySettings
from services.detector.state.schemas import CLOCKS
from services.detector.state.tables import Progress, State
from services.detector.watermark import advance_clocks, clocks_of, late, watermark
from tests.world import local

SETTINGS = AgencySettings(lateness_minutes=60, idle_hours=24)
TEN = local("2025-03-11 10:00")
NO_CLOCKS = pl.DataFrame(schema=CLOCKS)


def seen(*rows: tuple[str, datetime]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"system": pl.String(), "at": INSTANT}, orient="row")


def mark(clocks: pl.DataFrame, before: datetime | None = None) -> datetime | None:
    return watermark(clocks, before, SETTINGS)


def test_it_lies_the_lateness_behind_the_greatest_event_time() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN - timedelta(hours=3)), ("sonar", TEN)), "p0"))
    assert mark(clocks) == TEN - timedelta(hours=1)


def test_the_slowest_system_holds_it_back() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN), ("suwinet", TEN - timedelta(hours=5))), "p0"))
    assert mark(clocks) == TEN - timedelta(hours=6)


def test_the_slowest_partition_holds_it_back() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN)), "p0"))
    clocks = advance_clocks(clocks, clocks_of(seen(("sonar", TEN - timedelta(hours=5))), "p1"))
    assert mark(clocks) == TEN - timedelta(hours=6)


def test_an_idle_system_does_not_hold_it_back() -> None:
    clocks = advance_clocks(
        NO_CLOCKS, clocks_of(seen(("sonar", TEN), ("suwinet", TEN - timedelta(hours=24, seconds=1))), "p0")
    )
    assert mark(clocks) == TEN - timedelta(hours=1)


def test_a_system_that_was_idle_just_not_long_enough_holds_it_back() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN), ("suwinet", TEN - timedelta(hours=24))), "p0"))
    assert mark(clocks) == TEN - timedelta(hours=25)


def test_it_never_goes_back_when_an_idle_system_wakes_up() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN)), "p0"))
    before = mark(clocks)
    clocks = advance_clocks(clocks, clocks_of(seen(("suwinet", TEN - timedelta(hours=20))), "p0"))
    assert mark(clocks, before) == before


def test_older_lookups_do_not_set_a_clock_back() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN)), "p0"))
    again = advance_clocks(clocks, clocks_of(seen(("sonar", TEN - timedelta(hours=2))), "p0"))
    assert again.equals(clocks)


def test_without_lookups_it_stays_what_it_was() -> None:
    assert mark(NO_CLOCKS) is None
    assert mark(NO_CLOCKS, TEN) == TEN


def test_only_what_lies_behind_it_is_late() -> None:
    state = replace(State(), progress=Progress(watermark=TEN))
    lookups = seen(("sonar", TEN), ("sonar", TEN - timedelta(microseconds=1)))
    assert late(lookups, state) == 1
    assert late(lookups, State()) == 0


def test_a_partition_that_is_behind_holds_it_back_however_far_it_is() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN)), "p0"))
    clocks = advance_clocks(clocks, clocks_of(seen(("sonar", TEN - timedelta(days=30))), "p1"))
    assert watermark(clocks, None, SETTINGS) == TEN - timedelta(hours=1)
    assert watermark(clocks, None, SETTINGS, {"p1"}) == TEN - timedelta(days=30, hours=1)


def test_of_a_partition_that_is_behind_the_latest_of_its_systems_counts() -> None:
    rarely = ("suwinet", TEN - timedelta(days=30))
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN), rarely), "p0"))
    assert watermark(clocks, None, SETTINGS, {"p0"}) == TEN - timedelta(hours=1)


def test_a_partition_that_is_behind_and_of_which_nothing_was_read_stops_it() -> None:
    clocks = advance_clocks(NO_CLOCKS, clocks_of(seen(("sonar", TEN)), "p0"))
    before = TEN - timedelta(days=1)
    assert watermark(clocks, before, SETTINGS, {"p1"}) == before
    assert watermark(clocks, None, SETTINGS, {"p1"}) is None
