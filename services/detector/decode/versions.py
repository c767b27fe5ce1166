"""Reads of signals into those whose pseudonyms the detector's key made, and dead letters for the others."""

from __future__ import annotations

import msgspec
import polars as pl

from services.core.contract import LOOKUP
from services.core.reading import SYSTEM
from services.detector.decode.faults import other_key_version
from services.detector.decode.letters import DEAD, Place, dead_letters


def without_other_versions(
    lookups: pl.DataFrame, prefix: str, place: Place
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    """The lookups (LOOKUP schema) that the engine can match, which rows these are, and dead letters (DEAD schema).

    `prefix` is what pseudonyms of the ring's version begin with. Other systems tell identities, of which a version is
    not asked. `place` tells where the lookup of a row stood.
    """
    fields = ("employee_id", "subject_pseudonym")
    of_others = pl.any_horizontal(~pl.col(field).str.starts_with(prefix).fill_null(value=True) for field in fields)
    wrong = lookups.select((pl.col("system") == SYSTEM) & of_others).to_series()
    if not wrong.any():
        return lookups, ~wrong, pl.DataFrame(schema=DEAD)
    rows = list(lookups.filter(wrong).iter_rows(named=True))
    faults = [
        [other_key_version(field, prefix) for field in fields if not (row[field] or prefix).startswith(prefix)]
        for row in rows
    ]
    places = [place(row) for row in wrong.arg_true()]
    letters = dead_letters(LOOKUP, places, faults, [msgspec.json.encode(row) for row in rows])
    return lookups.filter(~wrong), ~wrong, letters
