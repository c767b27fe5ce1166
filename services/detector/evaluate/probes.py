"""Real lookups into probes, in which another person was put whose case was open then, and what explained them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from services.core.contract import LOOKUP
from services.detector.evaluate.figures import Share
from services.detector.evaluate.open_cases import Case, OpenCases, span

OTHER, OWN = "other", "own"
A_MOMENT_LATER = pl.duration(seconds=30)
SPARE = 8
"""How many moments are drawn for each probe: many are of the same employee and day, or without another open case."""


@dataclass(frozen=True)
class Reason:
    """How many probes one explanation explained."""

    explanation: str
    probes: int


@dataclass(frozen=True)
class Probes:
    """What random looks at open cases were explained by. Nobody had a reason for any of them."""

    seed: int
    teams: int
    """Teams in the register."""
    other_teams: Share
    """Explained, of the looks at persons whose cases lay with other teams only."""
    own_team: Share
    """Explained, of the looks at persons with a case in the own team, but not with the looker."""
    other_reasons: tuple[Reason, ...]
    own_reasons: tuple[Reason, ...]


def moments(lookups: pl.LazyFrame, number: int, seed: int) -> pl.DataFrame:
    """Enough real lookups of persons for so many probes (LOOKUP schema with `place`).

    The same for the same seed and Polars version, whatever their order: those whose ids have the smallest hashes.
    """
    lot = pl.col("lookup_id").hash(seed).alias("lot")
    ids = lookups.filter(pl.col("bsn").is_not_null()).select("lookup_id", lot).bottom_k(2 * SPARE * number, by="lot")
    drawn = ids.unique().sort("lot", "lookup_id").head(SPARE * number).collect()
    chosen = drawn.select("lookup_id").with_row_index("place")
    rows = lookups.filter(pl.col("lookup_id").is_in(chosen["lookup_id"].implode())).collect()
    once = rows.sort("occurred_at").unique("lookup_id", keep="first", maintain_order=True)
    return once.join(chosen, on="lookup_id").sort("place")


def draw(real: pl.DataFrame, open_cases: OpenCases, employees: pl.DataFrame, number: int, seed: int) -> pl.DataFrame:
    """At most so many probes of either sort (LOOKUP schema and `sort`) made of `moments`.

    The looker has no link to the person at that moment, and is not that person. No looker and no person has two on
    one day (UTC), so that no probe explains another.
    """
    periods = employees.select("employee_id", "team_id", pl.col("bsn").alias("own_bsn"), *span())
    at, day = pl.col("occurred_at").dt.epoch("us").alias("at"), pl.col("occurred_at").dt.date().alias("day")
    asked = real.select("place", "employee_id", at, day).join(periods, on="employee_id")
    asked = asked.filter((pl.col("start") <= pl.col("at")) & (pl.col("at") < pl.col("end"))).sort("place", "start")
    asked = asked.unique(["employee_id", "day"], keep="first", maintain_order=True).select(
        "place", "at", "day", "team_id", "employee_id", "own_bsn"
    )
    rng, taken = np.random.default_rng(seed), set[tuple[str, date]]()
    chosen = [
        (sort, _chosen(asked.gather_every(2, offset), open_cases, sort, number, rng, taken))
        for offset, sort in enumerate((OTHER, OWN))
    ]
    return pl.concat(_put_in(real, persons, sort) for sort, persons in chosen)


def _chosen(
    asked: pl.DataFrame,
    open_cases: OpenCases,
    sort: str,
    number: int,
    rng: np.random.Generator,
    taken: set[tuple[str, date]],
) -> pl.DataFrame:
    """place and person of the first so many moments at which a case of this sort can be drawn."""
    chosen: list[tuple[int, str]] = []
    for place, at, day, team, employee, own_bsn in asked.iter_rows():
        case = open_cases.draw(at, rng, team if sort == OWN else None)
        if case is None or case.bsn == own_bsn or (case.bsn, day) in taken:
            continue
        around = open_cases.of_person(case.bsn, at)
        if _is_of(sort, around, team) and all(one.holder != employee for one in around):
            chosen.append((place, case.bsn))
            taken.add((case.bsn, day))
        if len(chosen) == number:
            break
    return pl.DataFrame(chosen, schema={"place": asked.schema["place"], "person": pl.String()}, orient="row")


def _is_of(sort: str, around: list[Case], team: str) -> bool:
    return (sort == OWN) == any(one.team == team for one in around)


def _put_in(real: pl.DataFrame, chosen: pl.DataFrame, sort: str) -> pl.DataFrame:
    """The real lookups with an id of their own, a moment later, about somebody else."""
    return (
        real.join(chosen, on="place")
        .sort("place")
        .with_columns(
            pl.format("probe-{}-{}", pl.lit(sort), "place").alias("lookup_id"),
            (pl.col("occurred_at") + A_MOMENT_LATER).alias("occurred_at"),
            pl.col("person").alias("bsn"),
            *(pl.lit(None, LOOKUP.schema[name]).alias(name) for name in ("case_id", "street")),
            pl.lit(sort).alias("sort"),
        )
        .select(*LOOKUP.schema, "sort")
    )


def result(drawn: pl.DataFrame, states: pl.DataFrame, teams: int, seed: int) -> Probes:
    """The shares that were explained; `states` has lookup_id, explained and explanation."""
    told = drawn.select("lookup_id", "sort").join(states, on="lookup_id", how="left")
    other, own = (told.filter(pl.col("sort") == sort) for sort in (OTHER, OWN))
    shares = [Share(part.filter("explained").height, part.height) for part in (other, own)]
    return Probes(seed, teams, shares[0], shares[1], _reasons(other), _reasons(own))


def _reasons(told: pl.DataFrame) -> tuple[Reason, ...]:
    counted = (
        told.filter("explained").group_by("explanation").len().sort("len", "explanation", descending=[True, False])
    )
    return tuple(Reason(*row) for row in counted.iter_rows())
