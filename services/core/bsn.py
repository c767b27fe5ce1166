"""Burgerservicenummers: nine digits that pass the 11-proef."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.core.eleven_proof import WEIGHTS, is_valid

Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]


def bsn_is_valid(bsn: pl.Expr) -> pl.Expr:
    """Boolean per row: nine digits, not all zero, that pass the 11-proef; null stays null.

    The digits come from whole-number divisions of all numbers at once.
    """
    nine_digits = bsn.str.contains(r"^[0-9]{9}$")
    number = bsn.str.to_integer(strict=False, dtype=pl.Int64)
    passes = number.fill_null(0).map_batches(_passes, return_dtype=pl.Boolean)
    return nine_digits & (number > 0) & passes


def two_slips_apart(one: Numbers, other: Numbers) -> Truths:
    """Whether each two valid numbers differ by two slips, a slip being one wrong digit or two neighbours swapped.

    A single slip never passes the 11-proef, so two slips are the least that a mistyped number can be away.
    """
    a, b = _digits(one), _digits(other)
    wrong = a != b
    swapped = wrong[:, :-1] & wrong[:, 1:] & (a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1])
    places = wrong.sum(axis=1)
    two_digits = places == 2
    swap_and_digit = (places == 3) & (swapped.any(axis=1) | _turned(a, b, wrong))
    two_swaps = (places == 4) & _both_halves(wrong, swapped)
    return np.asarray(two_digits | swap_and_digit | two_swaps)


def numbers_two_slips_from(number: int) -> list[int]:
    """Every valid number at two slips from a valid one (some 300), in order."""
    once = _one_slip(np.array([number]))
    twice = np.unique(_one_slip(once))
    proof = (_digits(twice) @ np.array(WEIGHTS)) % 11 == 0
    return [int(far) for far in twice[proof & (twice > 0) & (twice != number)]]


def numbers_near(number: int, reach: int) -> list[int]:
    """Every other valid number at most so far from a number, in order; one in eleven is valid."""
    around = range(max(1, number - reach), number + reach + 1)
    return [near for near in around if near != number and is_valid(f"{near:09d}")]


def _passes(numbers: pl.Series) -> pl.Series:
    return pl.Series(_digits(numbers.to_numpy()) @ np.array(WEIGHTS) % 11 == 0)


def _digits(numbers: Numbers) -> Numbers:
    """A row of nine digits per number."""
    return numbers[:, None] // 10 ** np.arange(8, -1, -1) % 10


def _turned(a: Numbers, b: Numbers, wrong: Truths) -> Truths:
    """Three neighbours turned round: two swaps that share a place."""
    left = (a[:, :-2] == b[:, 1:-1]) & (a[:, 1:-1] == b[:, 2:]) & (a[:, 2:] == b[:, :-2])
    right = (a[:, :-2] == b[:, 2:]) & (a[:, 1:-1] == b[:, :-2]) & (a[:, 2:] == b[:, 1:-1])
    return np.asarray(((left | right) & wrong[:, :-2] & wrong[:, 1:-1] & wrong[:, 2:]).any(axis=1))


def _both_halves(wrong: Truths, swapped: Truths) -> Truths:
    """Of four wrong digits the first two are swapped, and the last two."""
    first = wrong.argmax(axis=1)
    last = wrong.shape[1] - 1 - wrong[:, ::-1].argmax(axis=1)
    rows = np.arange(len(wrong))
    return np.asarray(swapped[rows, np.minimum(first, 7)] & swapped[rows, np.maximum(last - 1, 0)])


def _one_slip(numbers: Numbers) -> Numbers:
    """The numbers at one slip from any of these, and these themselves, each once."""
    digits, powers = _digits(numbers), 10 ** np.arange(8, -1, -1)
    wrong = numbers[:, None, None] + (np.arange(10)[None, :, None] - digits[:, None, :]) * powers
    swapped = numbers[:, None] + (digits[:, 1:] - digits[:, :-1]) * (powers[:-1] - powers[1:])
    return np.unique(np.concatenate([wrong.ravel(), swapped.ravel()]))
