"""A system's days into those on which far more was unexplained than usual, for most of the employees."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from services.detector.faults.tally import DESK_DAY, SYSTEM_DAY
from services.detector.thresholds import FaultSettings

WHOLE = 10_000
"""Shares are whole numbers of ten-thousandths, so that they compare alike everywhere."""
LEAST_LOOKS = 3
"""An employee with fewer lookups that day says nothing about the source."""
LEFT_OUT = 4
"""One in four, rounded up, of those with most unexplained lookups: the others must show the fault too."""

SHARE_FAULT = {"system": pl.String(), "day": pl.Date(), "usual": pl.Int64(), "allowed": pl.Int64()}
"""A faulty day: how many unexplained lookups were to be expected, and the most that would be no fault."""


class Desk(NamedTuple):
    """One employee's day in a system."""

    lookups: int
    unexplained: int


def desks_of(looked: pl.DataFrame, unexplained: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Table (system, day, employee, lookups, unexplained) of the days in `due` (system, day, decided_at).

    `unexplained` are contributions of the unexplained family; they count as they were known at the decision.
    """
    then = known_then(unexplained, due).group_by(DESK_DAY).agg(pl.len().cast(pl.Int64).alias("unexplained"))
    desks = looked.join(due.select(SYSTEM_DAY), on=SYSTEM_DAY, how="semi").select(*DESK_DAY, "lookups")
    return desks.join(then, on=DESK_DAY, how="left").with_columns(pl.col("unexplained").fill_null(0))


def known_then(unexplained: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """The contributions that counted when their system's day was decided."""
    return unexplained.join(due.select(*SYSTEM_DAY, "decided_at"), on=SYSTEM_DAY).filter(
        (pl.col("counts_from") <= pl.col("decided_at"))
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("decided_at")))
    )


def faulty_days(desks: pl.DataFrame, usual: pl.DataFrame, settings: FaultSettings) -> pl.DataFrame:
    """Frame of SHARE_FAULT. `usual` holds earlier decided days without a fault: system, day, lookups, unexplained.

    Day after day: one without a fault becomes part of what is usual for the days after it.
    """
    shares: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for system, day, lookups, unexplained in usual.select(*SYSTEM_DAY, "lookups", "unexplained").iter_rows():
        if lookups >= settings.min_lookups:
            shares[system].append((day, unexplained * WHOLE // lookups))
    found = []
    totals = desks.group_by(SYSTEM_DAY).agg(pl.col("lookups", "unexplained").sum()).sort("day", "system")
    by_day = _by_day(desks.join(totals.filter(_worth_a_look(settings)), on=SYSTEM_DAY, how="semi"))
    for system, day, *counts in totals.iter_rows():
        total = Desk(*counts)
        if total.lookups < settings.min_lookups:
            continue
        of_day = by_day.get((system, day), [])
        usual_share = _usual(shares[system], day, settings)
        limit = None if usual_share is None else _bar(usual_share, settings)
        if usual_share is not None and limit is not None and _is_fault(total, of_day, limit, settings):
            found.append((system, day, usual_share * total.lookups // WHOLE, limit * total.lookups // WHOLE))
        else:
            shares[system].append((day, total.unexplained * WHOLE // total.lookups))
    return pl.DataFrame(found, schema=SHARE_FAULT, orient="row")


def _worth_a_look(settings: FaultSettings) -> pl.Expr:
    """Days below every bar, whatever is usual, need not be looked at employee by employee."""
    return pl.col("unexplained") * WHOLE > round(settings.rise * WHOLE) * pl.col("lookups")


def _by_day(desks: pl.DataFrame) -> dict[tuple[str, date], list[Desk]]:
    """The desks of each system and day."""
    found: dict[tuple[str, date], list[Desk]] = defaultdict(list)
    for system, day, lookups, unexplained in desks.select(*SYSTEM_DAY, "lookups", "unexplained").iter_rows():
        found[system, day].append(Desk(lookups, unexplained))
    return found


def _usual(shares: list[tuple[date, int]], day: date, settings: FaultSettings) -> int | None:
    """Median share of the window that ends the day before; null with too few days in it."""
    start = day - timedelta(days=settings.window_days)
    recent = [share for then, share in shares if start <= then < day]
    return int(statistics.median(recent)) if len(recent) >= settings.min_history_days else None


def _bar(usual: int, settings: FaultSettings) -> int:
    return max(usual + round(settings.rise * WHOLE), round(usual * settings.times))


def _is_fault(total: Desk, desks: list[Desk], limit: int, settings: FaultSettings) -> bool:
    """Above the bar as a whole, without those who have most, and for enough of the employees one by one.

    Neither one person's burst nor the habit of a few is a fault: muting would hide what they did.
    """
    telling = sorted((desk for desk in desks if desk.lookups >= LEAST_LOOKS), key=_most_first)
    if len(telling) < settings.min_employees or not _above(total, limit):
        return False
    rest = telling[math.ceil(len(telling) / LEFT_OUT) :]
    spread = sum(_above(desk, limit) for desk in telling) >= settings.spread * len(telling)
    return spread and _above(_sum(rest), limit)


def _sum(desks: list[Desk]) -> Desk:
    return Desk(sum(desk.lookups for desk in desks), sum(desk.unexplained for desk in desks))


def _above(desk: Desk, limit: int) -> bool:
    return desk.unexplained * WHOLE > limit * desk.lookups


def _most_first(desk: Desk) -> tuple[int, int]:
    """Two desks that compare equal are equal: no order of arrival may tell in what is left out."""
    return -desk.unexplained, desk.lookups
