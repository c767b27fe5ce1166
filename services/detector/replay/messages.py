"""Decoded lookups into the messages of a replay, in the order of event time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from heapq import merge
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import quote

import msgspec
import polars as pl

from services.core.cloud_events import encode_lookup
from services.detector.decode import Decoded
from services.detector.decode.frames import ISO

ROWS = 5_000
"""Lookups encoded at once: their bytes are the memory that a replay takes beside the dataset's frame."""

SOURCE = "urn:nld:oin:00000000000000000000:systeem:"
"""Before the name of a system; the number is nobody's, so that a replay is never taken for an agency's own events."""

NO_TIME = datetime.min.replace(tzinfo=UTC)


class Message(NamedTuple):
    """What is sent: when it happened, the employee as the key (none for a record that does not tell), and the event."""

    at: datetime
    key: bytes | None
    value: bytes


def messages(decoded: Decoded) -> Iterator[Message]:
    """A message per record with bytes.

    A valid lookup is encoded anew as a CloudEvent. What is none is sent as its file holds it, at the time and for the
    employee that it tells of; at the beginning and for nobody where it tells no such thing.
    """
    valid = decoded.valid.sort("occurred_at", maintain_order=True)
    refused = [raw for raw in decoded.dead["raw"] if raw]
    first, last = span(decoded) or (NO_TIME, NO_TIME)
    placed = sorted((_placed(raw, first, last) for raw in refused), key=attrgetter("at"))
    return merge(placed, _events(valid), key=attrgetter("at"))


def span(decoded: Decoded) -> tuple[datetime, datetime] | None:
    """The times of the first and the last valid lookup."""
    at = decoded.valid["occurred_at"].sort()
    return None if at.is_empty() else (at[0], at[-1])


def not_sendable(decoded: Decoded) -> int:
    """Records that are no lookups and of which no bytes are left: lines beyond the permitted length."""
    return sum(not raw for raw in decoded.dead["raw"])


def _events(valid: pl.DataFrame) -> Iterator[Message]:
    for rows in valid.iter_slices(ROWS):
        at, employee = rows["occurred_at"].to_list(), rows["employee_id"].to_list()
        told = rows.select("lookup_id", "system", pl.col("occurred_at").dt.strftime(ISO).alias("time"), lookup=_json())
        for each, who, (lookup_id, system, time, lookup) in zip(at, employee, told.iter_rows(), strict=True):
            event = encode_lookup(lookup.encode(), lookup_id, _source(system), time)
            yield Message(each, who.encode(), event)


@cache
def _source(system: str) -> str:
    return SOURCE + quote(system, safe="")


def _json() -> pl.Expr:
    """A lookup as the lines of an NDJSON file have it."""
    return pl.struct(pl.exclude("occurred_at"), pl.col("occurred_at").dt.strftime(ISO)).struct.json_encode()


def _placed(raw: bytes, first: datetime, last: datetime) -> Message:
    """A record that is no lookup, by what can be read of it; never outside the time of the others."""
    try:
        told = msgspec.json.decode(raw, type=dict[str, object])
    except (ValueError, RecursionError):
        return Message(first, None, raw)
    employee = told.get("employee_id")
    try:
        at = datetime.fromisoformat(str(told.get("occurred_at")))
        at = min(max(at, first), last)
    except (ValueError, TypeError):  # no moment, or one without an offset
        at = first
    return Message(at, employee.encode() if isinstance(employee, str) and employee else None, raw)
