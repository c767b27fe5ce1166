"""Persons opened within minutes by one viewer into those whose BSNs are next to each other.

The engine holds keys, not digits. The later of two lookups to arrive has its digits at hand (NUMBERS); where the
other's are gone, the few valid numbers around it are keyed and compared, so that no digits need to be stored.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.bsn import numbers_near
from services.core.pseudonyms import BSN_DOMAIN, Pseudonymiser
from services.detector.neighbours import pairs
from services.detector.state.schemas import NEARBY

REACH = 40
"""About one number in eleven is valid: up to the third valid number on either side, and often the fourth."""

NONE_NEARBY = pl.DataFrame(schema=NEARBY)


def meetings(now: pl.DataFrame, before: pl.DataFrame, numbers: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    """Pairs of persons (subject, other) that one viewer opened so soon after one another, and that may be neighbours.

    `now` are lookups whose digits are at hand, `before` others of the same days. Of two whose digits are known only
    neighbours meet: sorting numbers costs less than pairing lookups.
    """
    opened = now.select("employee", "subject").unique().join(numbers, on="subject").sort("employee", "number")
    same_viewer = pl.col("employee") == pl.col("employee").shift(1)
    close = (same_viewer & (pl.col("number").diff() <= REACH)).fill_null(value=False)
    neighbours = opened.filter(close | close.shift(-1))
    theirs = before.filter(pl.col("employee").is_in(opened["employee"].unique().implode()))
    if neighbours.is_empty() and theirs.is_empty():
        return NONE_NEARBY
    beside = now.join(neighbours, on=["employee", "subject"], how="semi")
    met = pl.concat([pairs(beside, beside, "employee", within), pairs(now, theirs, "employee", within)])
    persons = met.filter(pl.col("subject") != pl.col("subject_near"))
    return persons.select("subject", pl.col("subject_near").alias("other"))


def found_nearby(
    met: pl.DataFrame, numbers: pl.DataFrame, known: pl.DataFrame, pseudonyms: Pseudonymiser
) -> pl.DataFrame:
    """Frame of NEARBY: of these pairs of persons (subject, other) those with neighbouring numbers, not yet known."""
    if met.is_empty():
        return met
    asked = _both_ways(met).unique().join(known, on=list(NEARBY), how="anti")
    if asked.is_empty():
        return asked
    ours = asked.join(numbers, on="subject", how="left")
    both = ours.join(numbers.rename({"subject": "other", "number": "other_number"}), on="other", how="left")
    apart = (pl.col("number") - pl.col("other_number")).abs()
    half_known = both.filter(pl.col("number").is_not_null() & pl.col("other_number").is_null())
    one_way = pl.concat([both.filter(apart <= REACH).select(list(NEARBY)), _keyed(half_known, pseudonyms)])
    return _both_ways(one_way).unique().join(known, on=list(NEARBY), how="anti")


def _both_ways(persons: pl.DataFrame) -> pl.DataFrame:
    one_way = persons.select(list(NEARBY))
    return pl.concat([one_way, one_way.select(pl.col("other").alias("subject"), pl.col("subject").alias("other"))])


def _keyed(half_known: pl.DataFrame, pseudonyms: Pseudonymiser) -> pl.DataFrame:
    """The pairs whose other person's key is that of a number around the known one."""
    around = [
        (subject, f"{near:09d}")
        for subject, number in half_known.select("subject", "number").unique().iter_rows()
        for near in numbers_near(number, REACH)
    ]
    listed = pl.DataFrame(around, schema={"subject": pl.Int64(), "value": pl.String()}, orient="row")
    keys = pseudonyms.intern(listed["value"], BSN_DOMAIN, sid=False).select("value", pl.col("key").alias("other"))
    return half_known.select(list(NEARBY)).join(listed.join(keys, on="value"), on=list(NEARBY), how="semi")
