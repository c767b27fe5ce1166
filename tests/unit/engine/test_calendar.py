"""Grace ends with the agency's working days, and days are those of its clock."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT
from services.core.errors import InputError
from services.core.pseudonyms import Pseudonymiser
from services.detector.settings import AgencySettings
from services.detector.timeline import Explainer
from services.detector.volume.features import any_due
from tests.world import RING, local

CALENDAR = AgencyCalendar()


def grace_end(day: date, system: str = "sonar", **settings: object) -> datetime:
    looks = pl.DataFrame({"day": [day], "system": [system]}).with_columns(at=pl.lit(None, INSTANT))
    explainer = Explainer(AgencySettings.model_validate(settings), CALENDAR, Pseudonymiser(RING))
    end = explainer.grace_table(looks)["grace_end"][0]
    assert isinstance(end, datetime)
    return end


@pytest.mark.parametrize(
    ("looked", "over"),
    [
        pytest.param(date(2025, 3, 11), "2025-03-13 00:00", id="a Tuesday has until the end of Wednesday"),
        pytest.param(date(2025, 3, 14), "2025-03-18 00:00", id="a Friday has until the end of Monday"),
        pytest.param(date(2025, 3, 15), "2025-03-18 00:00", id="a Saturday has until the end of Monday"),
        pytest.param(date(2025, 3, 16), "2025-03-18 00:00", id="a Sunday has until the end of Monday"),
        pytest.param(date(2025, 4, 19), "2025-04-23 00:00", id="Easter Saturday has until the end of Tuesday"),
        pytest.param(date(2025, 4, 20), "2025-04-23 00:00", id="Easter Sunday has until the end of Tuesday"),
        pytest.param(date(2026, 4, 24), "2026-04-29 00:00", id="the Friday before King's Day has until Tuesday"),
        pytest.param(date(2025, 5, 28), "2025-05-31 00:00", id="the day before Ascension Day has until Friday"),
        pytest.param(date(2025, 12, 24), "2025-12-30 00:00", id="Christmas Eve has until the Monday after"),
        pytest.param(date(2025, 12, 31), "2026-01-03 00:00", id="New Year's Eve has until 2 January"),
        pytest.param(date(2025, 3, 28), "2025-04-01 00:00", id="the Friday before summer time has until Monday"),
        pytest.param(date(2025, 10, 24), "2025-10-28 00:00", id="the Friday before winter time has until Monday"),
    ],
)
def test_grace_ends_with_the_next_working_day(looked: date, over: str) -> None:
    assert grace_end(looked) == local(over)


def test_a_system_can_have_another_grace_than_the_others() -> None:
    settings: dict[str, object] = {"grace_by_system": {"suwinet": 0, "werkmap": 3}}
    assert grace_end(date(2025, 3, 14), "suwinet", **settings) == local("2025-03-15 00:00")
    assert grace_end(date(2025, 3, 14), "werkmap", **settings) == local("2025-03-20 00:00")
    assert grace_end(date(2025, 3, 14), "sonar", **settings) == local("2025-03-18 00:00")


@pytest.mark.parametrize(
    ("at", "day", "hour"),
    [
        ("2025-03-30 00:59", date(2025, 3, 30), 0),
        ("2025-03-30 03:00", date(2025, 3, 30), 3),
        ("2025-10-26 23:59", date(2025, 10, 26), 23),
        ("2025-10-27 00:00", date(2025, 10, 27), 0),
        ("2025-07-01 00:30", date(2025, 7, 1), 0),
    ],
)
def test_the_day_and_the_hour_are_those_of_the_wall_clock(at: str, day: date, hour: int) -> None:
    moment = pl.DataFrame({"at": [local(at)]}, schema={"at": INSTANT})
    told = moment.select(day=CALENDAR.local_day(pl.col("at")), hour=CALENDAR.wall_clock(pl.col("at")).dt.hour())
    assert told.row(0) == (day, hour)


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-03-11", 24)])
def test_a_day_on_which_the_clocks_change_is_an_hour_shorter_or_longer(day: str, hours: int) -> None:
    days = pl.DataFrame({"day": [day]}).select(pl.col("day").str.to_date())
    length = CALENDAR.instant(pl.col("day") + pl.duration(days=1)) - CALENDAR.instant(pl.col("day"))
    assert days.select(length.dt.total_hours()).item() == hours


def test_the_push_hour_is_local_in_summer_and_in_winter() -> None:
    days = pl.DataFrame({"day": [date(2025, 1, 15), date(2025, 7, 15)]})
    pushes = days.select(CALENDAR.instant(pl.col("day"), 6)).to_series().to_list()
    assert pushes == [local("2025-01-15 06:00"), local("2025-07-15 06:00")]


def test_zero_working_days_after_a_day_is_the_day_itself_even_in_the_weekend() -> None:
    sunday = date(2025, 3, 16)
    assert CALENDAR.working_days_after([sunday, sunday], 0).rows() == [(sunday, sunday)]


@pytest.mark.parametrize(
    ("moment", "day"), [("2025-03-30 00:00", date(2025, 3, 30)), ("2025-10-26 23:59", date(2025, 10, 26))]
)
def test_the_date_of_a_moment_is_that_of_the_agencys_clock(moment: str, day: date) -> None:
    at = local(moment)
    assert CALENDAR.date_of(at) == day
    assert pl.select(CALENDAR.local_day(pl.lit(at, INSTANT))).item() == day


@pytest.mark.parametrize(("mark", "due"), [("2025-03-17 23:59", False), ("2025-03-18 00:00", True)])
def test_a_friday_with_a_working_day_of_grace_is_due_when_monday_is_over(mark: str, due: bool) -> None:
    days = pl.Series([date(2025, 3, 21), date(2025, 3, 14)])
    assert any_due(days, CALENDAR, 1, local(mark)) is due


def test_without_days_or_a_watermark_nothing_is_due() -> None:
    assert not any_due(pl.Series([], dtype=pl.Date), CALENDAR, 1, local("2025-03-18 00:00"))
    assert not any_due(pl.Series([date(2025, 3, 14)]), CALENDAR, 1, None)


def test_an_unknown_time_zone_and_country_are_told_together() -> None:
    with pytest.raises(InputError) as told:
        AgencyCalendar("Europe/Nowhere", "XX")
    assert told.value.faults == (
        "timezone: 'Europe/Nowhere' is not known; write one like Europe/Amsterdam",
        "country: no holidays are known of 'XX'; write a code like NL",
    )


def test_a_day_on_which_the_agency_is_closed_is_no_working_day() -> None:
    closed = AgencyCalendar(extra_closed_days=[date(2025, 5, 30)])
    assert closed.next_working_day(date(2025, 5, 28)) == date(2025, 6, 2)
    assert CALENDAR.next_working_day(date(2025, 5, 28)) == date(2025, 5, 30)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param("2025-03-12 06:00", True, id="a Wednesday from six in the morning"),
        pytest.param("2025-03-12 05:59", False, id="but not before"),
        pytest.param("2025-07-16 18:59", True, id="in summer too until seven in the evening"),
        pytest.param("2025-07-16 19:00", False, id="but not then"),
        pytest.param("2025-03-15 12:00", False, id="never on a Saturday"),
        pytest.param("2025-04-21 12:00", False, id="nor on Easter Monday"),
    ],
)
def test_an_agency_is_open_in_office_hours_of_working_days(at: str, is_open: bool) -> None:
    assert CALENDAR.is_open(local(at)) is is_open
