"""Unexplained lookups into the rows that paths are tried on: themselves, and random lookups planted beside them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.core.contract import INSTANT, Schema
from services.detector.mining.facts import Coded

UNEXPLAINED, OPEN_CASE, OWN_TEAM, ANYBODY = "unexplained", "open-case", "own-team", "anybody"

TRIED: Schema = {
    "row": pl.UInt32(),
    "population": pl.String(),
    "at": INSTANT,
    "employee": pl.UInt32(),
    "case": pl.UInt32(),
    "subject": pl.UInt32(),
    "system": pl.String(),
}
"""A lookup that paths are tried on; `case` is the case that the screen was in."""


def unexplained(history: Coded) -> pl.DataFrame:
    """Lookups that nothing explains, without files that no link licenses: the own one, relatives', colleagues'."""
    staff = history.employees.select("bsn").unique()
    kin = history.relations.select("employee_id", "bsn").unique()
    return (
        history.lookups.filter((pl.col("state") == "unexplained") & pl.col("bsn").is_not_null())
        .join(staff, on="bsn", how="anti", maintain_order="left")
        .join(kin, on=["employee_id", "bsn"], how="anti", maintain_order="left")
    )


def tried(history: Coded, found: pl.DataFrame, most: int, planted: int, seed: int) -> pl.DataFrame:
    """Frame of TRIED: at most so many of the lookups found, and so many planted ones of each kind.

    Planted lookups are by the same people, from the same screens, at the same moments; only the person is another,
    drawn from the cases open that day, from those of the own team, or from everybody who was ever looked at.
    """
    dice = np.random.default_rng(seed)
    real = found if found.height <= most else found[np.sort(dice.choice(found.height, most, replace=False))]
    base = _as_tried(real)
    parts = [base.with_columns(pl.lit(UNEXPLAINED).alias("population"))]
    if base.height:
        again = base[np.sort(dice.integers(0, base.height, planted))]
        people = np.unique(history.lookups["bsn"].drop_nulls().to_numpy())
        parts.append(_planted(again, ANYBODY, people[dice.integers(0, people.size, again.height)]))
        by_case, by_team = _drawn(history, again, dice)
        parts += [_planted(again, OPEN_CASE, by_case), _planted(again, OWN_TEAM, by_team)]
    rows = pl.concat(parts).filter(pl.col("subject").is_not_null())
    return rows.with_row_index("row").select(list(TRIED)).cast(pl.Schema(TRIED))


def _as_tried(lookups: pl.DataFrame) -> pl.DataFrame:
    return lookups.select(
        pl.col("occurred_at").alias("at"), pl.col("employee_id").alias("employee"), pl.col("case_id").alias("case"),
        pl.col("bsn").alias("subject"), "system", pl.lit(None, pl.String).alias("population"),
    )  # fmt: skip


def _planted(base: pl.DataFrame, population: str, subjects: NDArray[np.int64]) -> pl.DataFrame:
    drawn = pl.Series("subject", subjects.astype(np.int64))
    return base.with_columns(drawn.set(drawn < 0, None).cast(pl.UInt32), pl.lit(population).alias("population"))


def _drawn(
    history: Coded, base: pl.DataFrame, dice: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A person per row, from the cases open that day and from those of the own team; -1 where there is none."""
    teams = _teams(history, base)
    cases = _open_cases(history)
    start, end, person, team = (cases[name].to_numpy() for name in ("start", "end", "bsn", "team"))
    moments = base["at"].dt.timestamp("us").to_numpy()
    anywhere = np.full(base.height, -1, np.int64)
    in_team = np.full(base.height, -1, np.int64)
    luck = dice.random((base.height, 2))
    for day in np.unique(moments // DAY):
        rows = np.flatnonzero(moments // DAY == day)
        then = np.flatnonzero((start < (day + 1) * DAY) & (end > day * DAY))
        if not then.size:
            continue
        anywhere[rows] = person[then[(luck[rows, 0] * then.size).astype(np.int64)]]
        ordered = then[np.argsort(team[then], kind="stable")]
        low, high = (np.searchsorted(team[ordered], teams[rows], side) for side in ("left", "right"))
        some = high > low
        place = low + (luck[rows, 1] * (high - low)).astype(np.int64)
        in_team[rows[some]] = person[ordered[place[some]]]
    return anywhere, in_team


DAY = 86_400_000_000
"""Microseconds of a day; planted lookups take the cases open on the day (UTC) of the lookup that they replace."""


def _teams(history: Coded, base: pl.DataFrame) -> NDArray[np.int64]:
    """The team of each row's viewer at that moment, -1 where the register has none."""
    periods = history.employees.select(pl.col("employee_id").alias("employee"), "team_id", "valid_from", "valid_to")
    joined = base.with_row_index("place").sort("at").join_asof(
        periods.sort("valid_from"), left_on="at", right_on="valid_from", by="employee", check_sortedness=False
    )  # fmt: skip
    now = pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    return joined.sort("place").select(pl.when(now).then("team_id").cast(pl.Int64).fill_null(-1)).to_series().to_numpy()


def _open_cases(history: Coded) -> pl.DataFrame:
    """A row per case, person and team that had it, itself or by a member: start and end in microseconds."""
    member = history.employees.select(
        pl.col("employee_id").alias("assigned"), "team_id", pl.col("valid_from").alias("since")
    )
    links = history.links.sort("valid_from").join_asof(
        member.sort("since"), left_on="valid_from", right_on="since", by="assigned", check_sortedness=False
    )  # fmt: skip
    team = pl.coalesce("assigned_team", "team_id").cast(pl.Int64).fill_null(-2)
    return links.select(
        pl.col("valid_from").dt.timestamp("us").alias("start"),
        pl.col("valid_to").dt.timestamp("us").fill_null(2**62).alias("end"),
        pl.col("bsn").cast(pl.Int64), team.alias("team"),
    ).sort("team", "bsn", "start", "end")  # fmt: skip
