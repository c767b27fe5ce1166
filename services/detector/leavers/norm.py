"""Days at work before somebody's last weeks into what these weeks would hold if they were like those before."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.state.tables import State
from services.detector.thresholds import LeaverSettings
from services.detector.volume.tail import least_count

LEAST_MEAN = 0.05
DISPERSION = 1.0
"""Of the counts of a few weeks: between the least and the most that days at real desks show (0.1 to 3)."""
THOUSAND = 1000
MEASURES = ("unexplained", "exported", "workload")
ROLE, AGENCY = "role", "agency"
NORMS = {
    "history_days": pl.Int64, "usual_workload": pl.Int64, "peers": pl.Int64, "compared_with": pl.String,
    "daily": pl.Float64, "persons_expected": pl.Float64, "records_expected": pl.Float64,
}  # fmt: skip

NEVER = pl.lit(2**62, pl.Int64)
"""More than anybody opens or takes out."""


def with_norm(leaving: pl.DataFrame, state: State, settings: LeaverSettings) -> pl.DataFrame:
    """Adds, for few ends of employment, what their last weeks led to expect (NORMS), persons_least and records_least.

    `leaving` holds employee, last_day, since, history_from and working_days. The mean per day at work before `since` is
    the own one, shrunk to that of the others in the same role (of everybody where the role is not known), and is taken
    for every working day of the last weeks, worked or not: so it does not depend on how far these have come. Where
    nothing came before them there is no norm, and nothing is above it.
    """
    first, last = leaving["history_from"].min(), leaving["since"].max()
    in_reach = (pl.col("day") >= pl.lit(first)) & (pl.col("day") < pl.lit(last))
    worked = state.attendance.filter(in_reach).join(state.features.filter(in_reach), on=["employee", "day"])
    norms = [_norm(row, worked, settings) for row in leaving.iter_slices(1)]
    normed = leaving.hstack(pl.DataFrame(norms, schema=NORMS, orient="row"))
    by_chance = least_count(settings.chance, normed["persons_expected"].to_numpy(), np.full(normed.height, DISPERSION))
    told = (pl.col("history_days") > 0) | (pl.col("peers") > 0)
    fewest = {"persons": settings.min_persons, "records": settings.min_records}
    return normed.with_columns(
        pl.max_horizontal(
            pl.lit(least, pl.Int64), (settings.factor * pl.col(f"{measure}_expected")).floor().cast(pl.Int64) + 1
        ).alias(f"{measure}_least")
        for measure, least in fewest.items()
    ).with_columns(
        pl.when(told)
        .then(pl.max_horizontal("persons_least", pl.Series(by_chance, dtype=pl.Int64)))
        .otherwise(NEVER)
        .alias("persons_least"),
        pl.when(told).then("records_least").otherwise(NEVER).alias("records_least"),
    )


def _norm(leaver: pl.DataFrame, worked: pl.DataFrame, settings: LeaverSettings) -> dict[str, object]:
    """The NORMS of one end of employment (a frame of one row)."""
    first, last, employee = (pl.lit(leaver[name][0]) for name in ("history_from", "since", "employee"))
    history = worked.filter((pl.col("day") >= first) & (pl.col("day") < last))
    of_self = pl.col("employee") == employee
    own = history.filter(of_self).sort("day")
    role = own["role"].last() if own.height else None
    others = history.filter(~of_self)
    if role is not None:
        others = others.filter(pl.col("role") == role)
    working_days = int(leaver["working_days"][0])
    daily = {name: _mean(own, others, name, settings.prior_days) for name in MEASURES}
    return {
        "history_days": own.height,
        "usual_workload": round(daily["workload"] * THOUSAND),
        "peers": others["employee"].n_unique(),
        "compared_with": AGENCY if role is None else ROLE,
        "daily": daily["unexplained"],
        "persons_expected": max(daily["unexplained"] * working_days, LEAST_MEAN),
        "records_expected": max(daily["exported"] * working_days, LEAST_MEAN),
    }


def _mean(own: pl.DataFrame, others: pl.DataFrame, name: str, prior_days: int) -> float:
    """Per day at work: own, with the others' mean weighing as much as so many days."""
    usual = int(others[name].sum()) / max(others.height, 1)
    return (int(own[name].sum()) + prior_days * usual) / (own.height + prior_days)
