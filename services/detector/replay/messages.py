"""Decoded lookups into the messages of a replay, in the order of event time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import merge
from itertools import takewhile
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import quote

import msgspec
import polars as pl

from services.core.cloud_events import encode_batch, encode_lookup
from services.detector.decode import Decoded
from services.detector.decode.frames import ISO

ROWS = 5_000
"""Lookups encoded at once: their bytes are the memory that a replay takes beside the dataset's frame."""

SOURCE = "urn:nld:oin:00000000000000000000:systeem:"
"""Before the name of a system; the number is nobody's, so that a replay is never taken for an agency's own events."""

NO_TIME = datetime.min.replace(tzinfo=UTC)


MOST_IN_A_BATCH = 1_000
BATCH_BYTES = 2**20
BATCH_SPAN = timedelta(minutes=1)
"""Longest wait of a lookup for others of its message, in event time."""


class Message(NamedTuple):
    """What is sent: when it happened, the employee as the key (none for a record that does not tell), and the event.

    `holds` counts the records in it; `whole` tells that it goes alone, since it is no event.
    """

    at: datetime
    key: bytes | None
    value: bytes
    holds: int = 1
    whole: bool = False


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


def gathered(sent: Iterable[Message], most: int) -> Iterator[Message]:
    """Messages of at most so many lookups of one employee, made within a minute; each goes at its last lookup's time.

    Those of an employee stay in their order. What is no lookup goes alone, as it is, behind what its employee did.
    """
    if most == 1:
        yield from sent
        return
    waiting: dict[bytes | None, list[Message]] = {}
    for message in sent:
        for key in _due(waiting, message.at):
            yield _together(waiting.pop(key))
        few = waiting.get(message.key, [])
        if few and (message.whole or sum(len(each.value) for each in few) + len(message.value) > BATCH_BYTES):
            yield _together(waiting.pop(message.key))
        few = waiting.setdefault(message.key, [])
        few.append(message)
        if message.whole or len(few) == most:
            yield _together(waiting.pop(message.key))
    for few in waiting.values():
        yield _together(few)


def _due(waiting: Mapping[bytes | None, Sequence[Message]], now: datetime) -> list[bytes | None]:
    """Those that wait for long enough, the oldest first: a dictionary keeps the order of first messages."""
    return list(takewhile(lambda key: now - waiting[key][0].at > BATCH_SPAN, waiting))


def _together(few: Sequence[Message]) -> Message:
    if len(few) == 1:
        return few[0]
    return few[-1]._replace(value=encode_batch(message.value for message in few), holds=len(few))


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
        return Message(first, None, raw, whole=True)
    employee = told.get("employee_id")
    try:
        at = datetime.fromisoformat(str(told.get("occurred_at")))
        at = min(max(at, first), last)
    except (ValueError, TypeError):  # no moment, or one without an offset
        at = first
    return Message(at, employee.encode() if isinstance(employee, str) and employee else None, raw, whole=True)
