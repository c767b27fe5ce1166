"""Burgerservicenummers: nine digits that pass the 11-proef."""

from __future__ import annotations

import polars as pl

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""11-proef: the weighted sum of the digits is divisible by 11 (Besluit burgerservicenummer)."""


def bsn_is_valid(bsn: pl.Expr) -> pl.Expr:
    """Boolean per row: nine digits, not all zero, that pass the 11-proef; null stays null.

    The digits come from whole-number divisions of the number, a column at a time.
    """
    nine_digits = bsn.str.contains(r"^[0-9]{9}$")
    number = bsn.str.to_integer(strict=False, dtype=pl.Int64)
    weighted = pl.sum_horizontal([number // 10 ** (8 - place) % 10 * weight for place, weight in enumerate(WEIGHTS)])
    return nine_digits & (number > 0) & (weighted % 11 == 0)


def is_valid(bsn: str) -> bool:
    """The 11-proef on one number."""
    if len(bsn) != len(WEIGHTS) or not (bsn.isascii() and bsn.isdigit()) or int(bsn) == 0:
        return False
    return sum(int(digit) * weight for digit, weight in zip(bsn, WEIGHTS, strict=True)) % 11 == 0
