"""Who a dataset is about, and whether a text gives any of them away."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

PSEUDONYM = re.compile(rb"p\d+-[0-9a-f]{32}")
WORD = re.compile(rb"\w+")
NINE_DIGITS = re.compile(rb"(?<!\d)\d{9}(?!\d)")
COLUMNS = ("bsn", "employee_id")


def identities(dataset: Path) -> frozenset[bytes]:
    """Every BSN and employee id in the Parquet files of a dataset."""
    found: set[str] = set()
    for path in dataset.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        for name in COLUMNS:
            if name in frame.columns:
                found |= set(frame[name].drop_nulls())
    return frozenset(name.encode() for name in found)


def given_away(text: bytes, known: frozenset[bytes]) -> set[bytes]:
    """The identities that stand in a text as words, or as nine digits anywhere."""
    return (set(WORD.findall(text)) | set(NINE_DIGITS.findall(text))) & known


def pseudonyms_in(text: bytes) -> set[bytes]:
    """The pseudonyms that stand in a text."""
    return set(PSEUDONYM.findall(text))
