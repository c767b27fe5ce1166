"""What stands out into the contributions that belong to it: lookups of a day, of two weeks, of a month."""

from __future__ import annotations

import polars as pl

from services.detector.rules import (
    ENUMERATION,
    EXPORTS,
    LEAVER,
    OF_MONTHS,
    ORDINARY,
    PEERS,
    REVEALS,
    SEARCH,
    SEARCHED,
    UNEXPLAINED,
    VOLUME,
)

RECORDS, PERSONS, PERSON_DAYS = "records", "persons", "person-days"
"""What is counted of what stands out."""


def crowds(seen: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Contributions (with `viewer`) as rows of what stands out (member_days): family, window, least, what is counted.

    They count from the decision on; `person_day` is what is counted once.
    """
    rows = seen.join(members, on=["family", "employee", "day"])
    apart = pl.when(pl.col("counted") == PERSONS).then("window").otherwise("day")
    return (
        rows.filter(
            (
                pl.col("counts_until").is_null()
                | (pl.col("counts_until") > pl.max_horizontal("counts_from", "decided_at"))
            )
            & _belongs()
        )
        .with_columns(
            pl.col("stands_out").alias("family"),
            pl.struct("subject", apart.alias("day")).hash().alias("person_day"),
            pl.max_horizontal("counts_from", "decided_at").alias("counts_from"),
        )
        .filter(_stood())
    )


def chosen() -> pl.Expr:
    """Lookups of persons of whom no colleague of the same team had the case: what a desk shares is no choice."""
    return ~pl.col("team_had_case")


def searched() -> pl.Expr:
    """Lookups of persons who were found by name or address."""
    return pl.col("searched_by").is_in(SEARCHED).fill_null(value=False)


def told_days(volume_days: pl.DataFrame) -> pl.DataFrame:
    """Employee-days (employee, day) that a day's or a fortnight's signal tells of, and since when (`told_at`)."""
    rows = volume_days.filter(pl.col("family").is_in([VOLUME, PEERS]))
    days = rows.select("employee", pl.date_ranges("since", "until").alias("day"), "decided_at").explode("day")
    return days.group_by("employee", "day").agg(pl.col("decided_at").min().alias("told_at"))


def _stood() -> pl.Expr:
    """Whether what stands out by what was seen also did by what happened around: an enumeration of enough persons."""
    persons = pl.col("person_day").n_unique().over("family", "employee", "window")
    return (pl.col("family") != ENUMERATION) | (persons >= pl.col("least"))


def _belongs() -> pl.Expr:
    by_choice = pl.col("stands_out").is_in(OF_MONTHS) | (pl.col("stands_out") == LEAVER)
    by_choice = by_choice & (pl.col("family") != EXPORTS)
    of_persons = (pl.col("counted") != PERSONS) | pl.col("subject").is_not_null()
    return of_persons & (~by_choice | chosen()) & ((pl.col("stands_out") != SEARCH) | searched())


def member_days(volume_days: pl.DataFrame) -> pl.DataFrame:
    """Which contributions (family, employee, day) belong to what stands out (`stands_out`, `window`).

    Days that stand out by themselves are no part of the fortnight around them, nor are these days and fortnights of
    the month around them. Nor are the files of the own street: one signal tells of them however long it lasts.
    """
    of = (
        pl.when((pl.col("counted") == RECORDS) | (pl.col("family") == EXPORTS)).then(pl.lit([EXPORTS]))
        .when(pl.col("family") == ENUMERATION).then(pl.lit([ENUMERATION]))
        .when(pl.col("family") == REVEALS).then(pl.lit([REVEALS]))
        .when(pl.col("family").is_in(OF_MONTHS)).then(pl.lit([UNEXPLAINED]))
        .otherwise(pl.lit(list(ORDINARY)))
    )  # fmt: skip
    told = volume_days.select(
        of.alias("of"), pl.col("family").alias("stands_out"), "employee", pl.col("day").alias("window"),
        pl.date_ranges("since", "until").alias("day"), "decided_at", "least", "counted", "since",
    ).explode("of").explode("day").rename({"of": "family"})  # fmt: skip
    own = told.filter(pl.col("stands_out") == VOLUME).select("employee", "day").unique()
    of_weeks, of_months = pl.col("stands_out") == PEERS, pl.col("stands_out").is_in(OF_MONTHS)
    weeks = told.filter(of_weeks).join(own, on=["employee", "day"], how="anti")
    months = told.filter(of_months).join(told_days(volume_days), on=["employee", "day"], how="left")
    left = pl.col("told_at").is_null() | (pl.col("told_at") > pl.col("decided_at"))
    return pl.concat([told.filter(~of_weeks & ~of_months), weeks, months.filter(left).drop("told_at")])
