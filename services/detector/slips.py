"""Persons opened within minutes by one viewer into those whose BSNs are two slips of the keyboard apart.

The engine holds keys, not digits. The digits of a slice are in memory while it is judged (NUMBERS); the later of two
lookups to arrive always finds its own among them. Where the other's are gone, every number at two slips is keyed and
compared, so that no digits need to be stored.
"""

from __future__ import annotations

import polars as pl

from services.core.bsn import numbers_two_slips_from, two_slips_apart
from services.core.pseudonyms import BSN_DOMAIN, Pseudonymiser
from services.detector.state.schemas import SLIPS


def found_slips(
    met: pl.DataFrame, numbers: pl.DataFrame, known: pl.DataFrame, pseudonyms: Pseudonymiser
) -> pl.DataFrame:
    """Frame of SLIPS: of these pairs of persons (subject, other) those that are two slips apart and not yet known."""
    asked = met if met.is_empty() else met.unique().join(known, on=list(SLIPS), how="anti")
    if asked.is_empty():
        return asked
    ours = asked.join(numbers, on="subject", how="left")
    both = ours.join(numbers.rename({"subject": "other", "number": "other_number"}), on="other", how="left")
    compared = both.drop_nulls(["number", "other_number"])
    near = two_slips_apart(compared["number"].to_numpy(), compared["other_number"].to_numpy())
    this = both.filter(pl.col("number").is_not_null() & pl.col("other_number").is_null())
    that = both.filter(pl.col("number").is_null() & pl.col("other_number").is_not_null())
    turned = that.select(pl.col("other").alias("subject"), pl.col("subject").alias("other"), number="other_number")
    one_way = pl.concat(
        [
            compared.filter(pl.Series(near, dtype=pl.Boolean)).select(list(SLIPS)),
            _keyed(pl.concat([this.select("subject", "other", "number"), turned]), pseudonyms),
        ]
    )
    if one_way.is_empty():
        return one_way
    back = one_way.select(pl.col("other").alias("subject"), pl.col("subject").alias("other"))
    return pl.concat([one_way, back]).unique().join(known, on=list(SLIPS), how="anti")


def _keyed(half_known: pl.DataFrame, pseudonyms: Pseudonymiser) -> pl.DataFrame:
    """The pairs whose other person's key is that of a number at two slips from the known one."""
    found = []
    for asked in half_known.partition_by("subject", maintain_order=True):
        near = pl.Series([f"{far:09d}" for far in numbers_two_slips_from(asked["number"][0])])
        keys = pseudonyms.intern(near, BSN_DOMAIN, sid=False)["key"]
        found.append(asked.filter(pl.col("other").is_in(keys.implode())).select(list(SLIPS)))
    return pl.concat([pl.DataFrame(schema=SLIPS), *found])
