"""Lookups and lookups near them: pairs of the same viewer or the same person within some minutes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from services.core.instants import span_of
from services.detector.register_index import Places, stretches

MANY = 2000
"""Of more rows than this those with another key are left out first: to put them in order would take longer."""


def pairs(one: pl.DataFrame, other: pl.DataFrame, key: str, within: timedelta) -> pl.DataFrame:
    """Rows of both frames with an equal key and `at` at most so far apart; the other's columns end in `_near`.

    The other's rows are put in order of key and time, so that those near a row lie next to each other; a null key is
    near nothing. A column ends so where both frames have it.
    """
    near = within_reach(one, other, within)
    if near.height > MANY or near[key].null_count():
        near = near.join(one[[key]], on=key, how="semi")
    if near.is_empty():
        return _side_by_side(one.clear(), near, key)
    order, starts, ends = _stretches_near(one, near, key, np.timedelta64(within))
    rows = np.repeat(np.arange(one.height), ends - starts)
    return _side_by_side(one[rows], near[order[stretches(starts, ends)]], key)


def within_reach(one: pl.DataFrame, other: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    """What of the other frame lies in the span of the one, or as far around it."""
    span = span_of(one["at"])
    if span is None:
        return other.clear()
    at = other["at"]
    return other.filter((at >= span[0] - within) & (at <= span[1] + within))


def _stretches_near(
    one: pl.DataFrame, near: pl.DataFrame, key: str, reach: np.timedelta64
) -> tuple[Places, Places, Places]:
    """An order of the near rows, and where in it those of each row of the one frame begin and end."""
    known = True if one[key].null_count() == 0 else one[key].is_not_null().to_numpy()
    keys = one[key] if known is True else one[key].fill_null(0)
    codes = np.unique(np.concatenate([keys.to_numpy(), near[key].to_numpy()]), return_inverse=True)[1]
    ours, theirs = codes[: one.height], codes[one.height :]
    at, at_near = one["at"].to_numpy(), near["at"].to_numpy()
    moments = np.unique(np.concatenate([at_near, at - reach, at + reach]))
    places = theirs * moments.size + np.searchsorted(moments, at_near)
    order = np.argsort(places, kind="stable")
    first, last = (ours * moments.size + np.searchsorted(moments, edge) for edge in (at - reach, at + reach))
    starts = np.searchsorted(places[order], first, "left")
    ends = np.where(known, np.searchsorted(places[order], last, "right"), starts)
    return order, starts, ends


def _side_by_side(one: pl.DataFrame, near: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows of one frame beside those of another; the key is there once."""
    others = [near[name].alias(f"{name}_near" if name in one.columns else name) for name in near.columns if name != key]
    return one.hstack(others)
