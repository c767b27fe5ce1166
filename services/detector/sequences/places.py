"""Lookups of an employee's day into those that one system showed at two places within minutes.

Only one system is compared with itself: two systems may name one device differently, or have different clocks. Who
goes on with the same file elsewhere has moved, and says nothing.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.thresholds import SharingSettings

EMPLOYEE_DAY = ["employee", "day"]
IN_SYSTEM = [*EMPLOYEE_DAY, "system"]
CLASHES = {"lookup_id": pl.String(), "counts_from": INSTANT}

NO_CLASHES = pl.DataFrame(schema=CLASHES)


def clashes(known: pl.DataFrame, settings: SharingSettings) -> pl.DataFrame:
    """Frame of CLASHES: the lines on both sides of each change of place, on days with enough changes.

    `known` holds every lookup of these employee-days (KNOWN). A day counts from the change that makes them enough,
    unless a file had been opened at both places by then. What comes later that day takes nothing back.
    """
    if not (known["remote"].any() and not known["remote"].all()):
        return NO_CLASHES
    rows = _at_two_places(known)
    if rows.is_empty():
        return NO_CLASHES
    rows = _with_changes(rows, timedelta(minutes=settings.minutes))
    enough = pl.col("moved") & (pl.col("changes") >= settings.min_changes) & ~pl.col("went_on")
    fired = rows.filter(enough).group_by(EMPLOYEE_DAY).agg(pl.col("at").min().alias("fired_at"))
    moves_next = pl.col("moved").shift(-1).over(IN_SYSTEM).fill_null(value=False)
    known_at = pl.when("moved").then("at").otherwise(pl.col("at").shift(-1).over(IN_SYSTEM))
    sides = rows.with_columns(known_at.alias("known_at"), moves_next.alias("moves_next"))
    return (
        sides.filter(pl.col("moved") | pl.col("moves_next"))
        .join(fired, on=EMPLOYEE_DAY)
        .select("lookup_id", pl.max_horizontal("known_at", "fired_at").alias("counts_from"))
    )


def _at_two_places(known: pl.DataFrame) -> pl.DataFrame:
    """The days of those who were seen at the office and elsewhere, in order of time; others' are left out at once."""
    places = known.group_by(EMPLOYEE_DAY).agg(
        pl.col("remote").any().alias("away"), pl.col("remote").all().alias("only")
    )
    both = places.filter(places["away"] & ~places["only"])
    if both.is_empty():
        return known.clear()
    seen = known.join(both, on=EMPLOYEE_DAY, how="semi")
    seen = seen.filter(seen["workstation"].is_not_null() & seen["remote"].is_not_null())
    return seen.sort(*EMPLOYEE_DAY, "at", "lookup_id")


def _with_changes(rows: pl.DataFrame, soon: timedelta) -> pl.DataFrame:
    """Adds moved (another place than the line before in that system), changes (of the day so far, in that system: who
    moves once is seen to in every system) and went_on."""
    before = {name: pl.col(name).shift(1).over(IN_SYSTEM) for name in ("at", "workstation", "remote")}
    moved = (
        (pl.col("workstation") != before["workstation"])
        & (pl.col("remote") != before["remote"])
        & (pl.col("at") - before["at"] <= soon)
    )
    first_place = pl.col("remote").first().over(*EMPLOYEE_DAY, "subject")
    same_file = pl.col("subject").is_not_null() & (pl.col("remote") != first_place)
    return rows.with_columns(moved.fill_null(value=False).alias("moved")).with_columns(
        pl.col("moved").cast(pl.Int64).cum_sum().over(IN_SYSTEM).alias("changes"),
        (same_file.cast(pl.Int64).cum_sum().over(EMPLOYEE_DAY) > 0).alias("went_on"),
    )
