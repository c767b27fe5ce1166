"""Scored days into reasons: the features that lie furthest from the own history and from the peers, in words."""

from __future__ import annotations

import polars as pl

from services.detector.forest.days import DAY_KEY, FEATURES

WINDOW_DAYS = 56
MOST_REASONS = 3
LEAST_DISTANCE = 2.0
"""In units of the square root of what is usual, as counts spread: less is no reason."""

WORDS = {
    "workload": ("personen ingezien", "persons looked at"),
    "unexplained": ("personen zonder verklaring", "persons without explanation"),
    "exported": ("records zonder verklaring meegenomen", "records taken out without explanation"),
    "systems": ("systemen gebruikt", "systems used"),
}  # fmt: skip

REASON = pl.Struct(
    {
        "feature": pl.String(),
        "value": pl.Int64(),
        "own": pl.Float64(),
        "peers": pl.Float64(),
        "nl": pl.String(),
        "en": pl.String(),
    }
)
"""A feature of the day; the mean of the own days at work in the 56 days before (null: none) and of the others in the
same role and department that day (null: nobody)."""


def with_reasons(strange: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Adds `reasons`, at most three of REASON, the furthest first; `days` are all of `employee_days`."""
    compared = strange.select(DAY_KEY).join(_compared(days), on=DAY_KEY, how="left", maintain_order="left")
    told = pl.concat([_reason(compared, name) for name in FEATURES]).filter(pl.col("distance") >= LEAST_DISTANCE)
    first = (
        told.sort("distance", "feature", descending=[True, False])
        .group_by(DAY_KEY, maintain_order=True)
        .head(MOST_REASONS)
    )
    fields = [field.name for field in REASON.fields]
    listed = first.group_by(DAY_KEY, maintain_order=True).agg(pl.struct(fields).cast(REASON).alias("reasons"))
    joined = strange.join(listed, on=DAY_KEY, how="left", maintain_order="left")
    return joined.with_columns(pl.col("reasons").fill_null(pl.lit([], pl.List(REASON))))


def _compared(days: pl.DataFrame) -> pl.DataFrame:
    """Per feature the own mean of the days before and the mean of the others in the same place on the day."""
    ordered = days.sort("day", "employee").with_columns(pl.lit(1).alias("one"))

    def before(name: str) -> pl.Expr:
        return pl.col(name).rolling_sum_by("day", f"{WINDOW_DAYS}d", closed="left").over("employee")

    place = ["day", "role", "department"]
    others = pl.len().over(place) - 1
    return ordered.with_columns(
        *((before(name) / before("one")).alias(f"{name}_own") for name in FEATURES),
        *(
            pl.when(others > 0).then((pl.col(name).sum().over(place) - pl.col(name)) / others).alias(f"{name}_peers")
            for name in FEATURES
        ),
    )


def _reason(compared: pl.DataFrame, name: str) -> pl.DataFrame:
    value, own, peers = pl.col(name), pl.col(f"{name}_own"), pl.col(f"{name}_peers")
    away = [(value - usual).abs() / pl.max_horizontal(usual, 1.0).sqrt() for usual in (own, peers)]
    nl, en = WORDS[name]
    return compared.select(
        *DAY_KEY,
        pl.lit(name).alias("feature"),
        value.cast(pl.Int64).alias("value"),
        own.round(1).alias("own"),
        peers.round(1).alias("peers"),
        _sentence(value, own, peers, nl, ("zelf gemiddeld", "anderen in dezelfde functie die dag")).alias("nl"),
        _sentence(value, own, peers, en, ("own mean", "others in the same place that day")).alias("en"),
        pl.max_horizontal(*away).alias("distance"),
    )


def _sentence(value: pl.Expr, own: pl.Expr, peers: pl.Expr, what: str, sides: tuple[str, str]) -> pl.Expr:
    told = [pl.format(" " + side + " {}", usual.round(1)) for side, usual in zip(sides, (own, peers), strict=True)]
    return pl.concat_str([pl.format("{} " + what, value), *told], separator=";", ignore_nulls=True)
