"""Archived lookups into parts in Parquet, and parts back into the lookups of some employees, subjects or days.

The third contract between the deployables: the detector writes the archive by local day, and whatever asks what was
looked at and when reads it here. Identities are keyed integers, so a part names nobody without the key ring.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import polars as pl

from services.core.contract import INSTANT
from services.core.errors import DoelbindingError

ARCHIVED = {
    "lookup_id": pl.String(),
    "at": INSTANT,
    "day": pl.Date(),
    "employee": pl.Int64(),
    "employee_check": pl.Int64(),
    "employee_sid": pl.Int64(),
    "subject": pl.Int64(),
    "subject_check": pl.Int64(),
    "subject_sid": pl.Int64(),
    "system": pl.String(),
    "action": pl.String(),
    "searched_by": pl.String(),
    "categories": pl.UInt8(),
    "record_count": pl.Int32(),
    "off_hours": pl.Boolean(),
    "street": pl.Int64(),
    "break_glass": pl.Boolean(),
    "reason_text": pl.Int64(),
    "claimed_case": pl.Int64(),
    "workstation": pl.Int64(),
    "remote": pl.Boolean(),
    "content": pl.UInt64(),
}
"""One row per lookup; `day` is local, `categories` has a bit per data category, `content` hashes the whole record.

`reason_text` is a key of the words given for forced access (null: none), `claimed_case` one of the case that the screen
was in; `remote` tells the place of the workstation: away from the office (null: not known)."""

ORDER = ("employee", "at", "lookup_id")
ROWS_PER_GROUP = 20_000
"""Lookups of an employee lie together, so groups of rows without them are passed over unread."""
KEY_VERSION = "doelbinding.key_version"


@dataclass(frozen=True)
class Wanted:
    """Which lookups are asked for: of one of these people or with one of these ids, on one of these local days.

    `employees` and `subjects` are integer keys, `lookups` ids, of which any suffices; nulls among them match nothing.
    None asks nothing: without keys and ids it is everybody's lookups, without days those of any day.
    """

    employees: pl.Series | None = None
    subjects: pl.Series | None = None
    days: pl.Series | None = None
    lookups: pl.Series | None = None

    @property
    def keys(self) -> dict[str, pl.Series]:
        """What is asked for by key, by column of ARCHIVED; empty: everybody's lookups."""
        given = {"employee": self.employees, "subject": self.subjects, "lookup_id": self.lookups}
        return {name: values for name, values in given.items() if values is not None}

    def matches(self) -> pl.Expr:
        """True for the rows of ARCHIVED that are asked for."""
        any_of = [pl.col(name).is_in(values.implode()) for name, values in self.keys.items()]
        these = pl.any_horizontal(any_of).fill_null(value=False) if any_of else pl.lit(value=True)
        return these if self.days is None else these & pl.col("day").is_in(self.days.implode())


EVERYTHING = Wanted()


def write_part(lookups: pl.DataFrame, key_version: int) -> bytes:
    """Parquet (zstd) of these lookups, by employee and time, with the version of the keys of their pseudonyms."""
    buffer = io.BytesIO()
    lookups.sort(ORDER).write_parquet(
        buffer, compression="zstd", row_group_size=ROWS_PER_GROUP, metadata={KEY_VERSION: str(key_version)}
    )
    return buffer.getvalue()


def read_part(body: bytes, wanted: Wanted = EVERYTHING) -> pl.DataFrame:
    """The lookups (ARCHIVED) of a part that are asked for."""
    return pl.scan_parquet(io.BytesIO(body)).filter(wanted.matches()).collect()


def key_version(body: bytes) -> int:
    """The version of the keys of a part's pseudonyms.

    Raises DoelbindingError where it tells none: it is not a part of the archive.
    """
    told = pl.read_parquet_metadata(io.BytesIO(body)).get(KEY_VERSION)
    if told is None:
        raise DoelbindingError("this is no part of the archive: it tells no version of its keys; restore a backup")
    return int(told)
