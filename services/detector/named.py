"""Keys of the people in evidence rows into their pseudonyms."""

from __future__ import annotations

import polars as pl

from services.core.contract import EVIDENCE
from services.core.pseudonyms import Pseudonymiser

HALVES = {"employee_id": ("viewer", "viewer_check"), "subject": ("person", "person_check")}
"""Columns of EVIDENCE that name people, and the two integers each is made of; both null where the signal names them."""


def with_names(evidence: pl.Series, pseudonyms: Pseudonymiser) -> pl.Series:
    """Lists of evidence rows with keys of people (HALVES) into lists of EVIDENCE; no list is empty."""
    place = pl.int_range(evidence.len(), eager=True).repeat_by(evidence.list.len()).explode().rename("place")
    rows = evidence.explode().struct.unnest()
    names = [_names(rows[key], rows[check], pseudonyms).rename(name) for name, (key, check) in HALVES.items()]
    row = pl.struct(pl.col(field.name).cast(field.dtype) for field in EVIDENCE.fields).alias(evidence.name)
    named = rows.drop(*(half for halves in HALVES.values() for half in halves)).with_columns(*names, place)
    return named.group_by("place", maintain_order=True).agg(row).get_column(evidence.name)


def _names(keys: pl.Series, checks: pl.Series, pseudonyms: Pseudonymiser) -> pl.Series:
    if keys.null_count() == keys.len():
        return pl.Series([None], dtype=pl.String).new_from_index(0, keys.len())
    pairs = zip(keys.to_list(), checks.to_list(), strict=True)
    return pl.Series([None if key is None else pseudonyms.text(key, check) for key, check in pairs], dtype=pl.String)
