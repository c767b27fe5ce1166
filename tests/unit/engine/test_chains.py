"""Fortnights and months of one employee that follow on one another: one of them tells the story."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.parents import chains
from tests.world import local

START = date(2025, 3, 3)


def standing(*periods: tuple[str, int, int, int], employee: int = 1) -> pl.DataFrame:
    """Contributions of standing periods: family, days from START on which it begins and ends, and on which raised."""
    rows = [
        (
            family,
            employee,
            START + timedelta(days=end),
            START + timedelta(days=begin),
            local("2025-03-03 00:00") + timedelta(days=raised),
        )
        for family, begin, end, raised in periods
    ]
    schema = {"family": pl.String, "employee": pl.Int64, "window": pl.Date, "since": pl.Date, "raised_at": INSTANT}
    return pl.DataFrame(rows, schema=schema, orient="row")


def heads(*frames: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Of each chain its first: family, the day from START on which it ends, and how many follow on it."""
    firsts = chains(pl.concat(frames)).filter("first").sort("employee", "window")
    return [
        (family, (end - START).days, number)
        for family, end, number in firsts.select("family", "window", "continued").iter_rows()
    ]


FORTNIGHT = ("volume-peers", 0, 13, 16)


def test_a_period_by_itself_is_followed_by_none() -> None:
    assert heads(standing(FORTNIGHT)) == [("volume-peers", 13, 0)]


def test_what_begins_within_five_weeks_follows_on() -> None:
    assert heads(standing(FORTNIGHT, ("volume-peers", 35, 48, 51))) == [("volume-peers", 13, 1)]


def test_what_begins_a_day_later_is_another_story() -> None:
    assert heads(standing(FORTNIGHT, ("volume-peers", 36, 49, 52))) == [
        ("volume-peers", 13, 0),
        ("volume-peers", 49, 0),
    ]


def test_the_one_raised_first_is_the_head_though_another_began_sooner() -> None:
    assert heads(standing(FORTNIGHT, ("unexplained-share", -2, 28, 31))) == [("volume-peers", 13, 1)]


def test_of_those_raised_together_the_month_is_the_head_of_its_searches() -> None:
    month = ("unexplained-share", 0, 28, 31)
    assert heads(standing(("search-by-name-or-address", 0, 28, 31), month)) == [("unexplained-share", 28, 1)]


def test_a_period_in_between_joins_what_was_apart() -> None:
    apart = (FORTNIGHT, ("volume-peers", 56, 69, 72))
    assert len(heads(standing(*apart))) == 2
    assert heads(standing(*apart, ("unexplained-share", 28, 58, 61))) == [("volume-peers", 13, 2)]


def test_another_employees_periods_are_another_story() -> None:
    assert len(heads(standing(FORTNIGHT), standing(FORTNIGHT, employee=2))) == 2


def test_what_lies_within_the_last_days_of_employment_heads_no_chain() -> None:
    leaving = ("leaver", 0, 29, 20)
    later = ("volume-peers", 33, 46, 49)
    assert heads(standing(FORTNIGHT, leaving, later)) == [("volume-peers", 46, 0)]


def test_days_are_no_periods() -> None:
    assert heads(standing(("volume-own", 0, 0, 2), ("enumeration", 1, 1, 2))) == []
