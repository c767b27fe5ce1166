"""Register rows of a dataset into messages: one for each version of a row, under a key that nobody can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl

from services.core.cloud_events import encode_event, kind_of
from services.core.contract import INSTANT
from services.core.keyring import KeyRing
from services.detector.decode import Decoded
from services.detector.decode.frames import ISO
from services.detector.replay.messages import NO_TIME, ROWS, SOURCE, Message
from services.detector.sources.registers import EVERY_REGISTER

KEYS = {
    "case-links": ("link_id", "registered_at"),
    "employees": ("employee_id", "valid_from", "registered_at"),
    "relations": ("employee_id", "bsn", "kind", "source", "valid_from", "registered_at"),
    "case-parties": ("case_id", "bsn", "kind", "valid_from", "registered_at"),
    "self-reports": ("report_id", "registered_at"),
    "statements": ("employee_id", "system", "valid_from", "registered_at"),
    "absences": ("employee_id", "kind", "valid_from", "registered_at"),
}
"""What tells one version of a row from the others, in each register."""

WRITER = f"{SOURCE}registers"


def register_messages(register: str, decoded: Decoded, ring: KeyRing) -> Iterator[Message]:
    """A message per row, and per record with bytes that is no valid row, which is sent as its file holds it.

    The same row has the same key under one key ring. Rows of one version that contradict each other have keys of their
    own: which of them counts is not decided here.
    """
    kind = kind_of(EVERY_REGISTER[register].name)
    for rows in _numbered(register, decoded.valid).iter_slices(ROWS):
        told = rows.select("identity", _known(register).dt.strftime(ISO), _json(register))
        for identity, time, row in told.iter_rows():
            key = _key(identity.encode(), ring)
            yield Message(NO_TIME, key.encode(), encode_event(row.encode(), key, WRITER, time, kind))
    for raw in decoded.dead["raw"]:
        if raw:
            yield Message(NO_TIME, _key(raw, ring).encode(), raw)


def _key(identity: bytes, ring: KeyRing) -> str:
    """Hashed under the key ring: a plain hash of an employee's id would be found by trying all of them."""
    return hashlib.blake2b(identity, key=ring.key("pseudonym"), digest_size=16, person=b"register-key").hexdigest()


def _known(register: str) -> pl.Expr:
    """Since when a row says what it says."""
    times = [name for name in ("registered_at", "valid_from") if name in EVERY_REGISTER[register].schema]
    return pl.coalesce(times)


def _json(register: str) -> pl.Expr:
    """A row as the lines of an NDJSON file have it."""
    schema = EVERY_REGISTER[register].schema
    values = (pl.col(name).dt.strftime(ISO) if dtype == INSTANT else pl.col(name) for name, dtype in schema.items())
    return pl.struct(*values).struct.json_encode()


def _numbered(register: str, valid: pl.DataFrame) -> pl.DataFrame:
    """Adds `identity`: the register, the version, and a number where several rows say they are that version."""
    key = KEYS[register]
    place = pl.int_range(pl.len()).over(key, order_by=list(valid.columns))
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in key]
    text = pl.concat_str(pl.lit(register), *parts, place.cast(pl.String), separator="\x1f")
    return valid.unique(maintain_order=True).with_columns(text.alias("identity"))
