"""Messages of a topic into the JSON of each record, and records into messages (CloudEvents 1.0, JSON).

A message holds one event, a JSON array of events (`application/cloudevents-batch+json`), or a line of NDJSON per event.
An event's `data` is a record as the files of a dataset have it; a record may also stand without an event around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from services.core.json_arrays import holds_more_than

MOST_EVENTS = 10_000
"""Of one message. A producer sends some hundreds; a megabyte of empty objects would be a third of a million letters."""

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json; charset=UTF-8"
SPECVERSION = "1.0"


class Kind(NamedTuple):
    """What events of a topic hold: `record` is its name in the contract, `words` that name with its article."""

    record: str
    words: str
    family: str
    type: str


def kind_of(record: str) -> Kind:
    """NL GOV profile: reverse DNS without the name of an organisation, so that every agency can send it."""
    family = f"nl.overheid.doelbinding.{record}."
    return Kind(record, f"{'an' if record[0] in 'aeiou' else 'a'} {record}", family, f"{family}v1")


LOOKUPS = kind_of("lookup")
LOOKUP_FAMILY, LOOKUP_TYPE = LOOKUPS.family, LOOKUPS.type

SOURCE = re.compile(r"urn:nld:oin:\d{20}:systeem:[A-Za-z0-9._-]{1,100}")
"""Organisation and system, as the NL GOV profile gives its example of a source."""
SOURCE_WANTED = "should name organisation and system as urn:nld:oin:OIN OF 20 DIGITS:systeem:NAME"

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BLANK = b" \t\r\n"
NULL = msgspec.Raw(b"null")
UNREADABLE = (ValueError, RecursionError)


class Unfit(NamedTuple):
    """An event that holds no lookup: a kebab-case code, a sentence that says what would be right, and its bytes."""

    code: str
    reason: str
    raw: bytes


class _Event(msgspec.Struct, gc=False):
    """Attributes that decide what an event is; null counts as absent, as the standard has it."""

    specversion: str | None = None
    type: str | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: msgspec.Raw = msgspec.Raw()


_EVENT = msgspec.json.Decoder(_Event)
_EVENTS = msgspec.json.Decoder(list[_Event])
_PARTS = msgspec.json.Decoder(list[msgspec.Raw])


def unwrap(message: bytes, kind: Kind = LOOKUPS, most: int = MOST_EVENTS) -> list[bytes | Unfit]:
    """The JSON of each record of a message, or why it is none, in their order; nothing in a message raises.

    A message of more than `most` events is none of them, whole.
    """
    try:
        event = _EVENT.decode(message)
    except UNREADABLE:
        return _unwrap_several(message.removeprefix(BYTE_ORDER_MARK).strip(BLANK), kind, most)
    return [_held(event, message, kind)]


def encode_lookup(lookup: bytes, event_id: str, source: str, time: str) -> bytes:
    """One event around the JSON of a lookup (see `encode_event`)."""
    return encode_event(lookup, event_id, source, time)


def encode_event(record: bytes, event_id: str, source: str, time: str, kind: Kind = LOOKUPS) -> bytes:
    """One event around the JSON of a record. `source` is a URN (urn:nld:oin:...), `time` RFC 3339.

    Attributes outside `data` are not confidential: none of the three may hold a BSN or an employee.
    """
    return msgspec.json.encode(_wrapped(record, event_id, source, time, kind.type))


def encode_batch(events: Iterable[bytes]) -> bytes:
    """Encoded events as one message."""
    return b"[" + b",".join(events) + b"]"


def _wrapped(record: bytes, event_id: str, source: str, time: str, event_type: str) -> dict[str, object]:
    return {
        "specversion": SPECVERSION,
        "id": event_id,
        "source": source,
        "type": event_type,
        "time": time,
        "datacontenttype": "application/json",
        "data": msgspec.Raw(record),
    }


def _unwrap_several(message: bytes, kind: Kind, most: int) -> list[bytes | Unfit]:
    if message.startswith(b"["):
        return [_too_many(message, most)] if holds_more_than(message, most) else _unwrap_batch(message, kind)
    first, line_end, _ = message.partition(b"\n")
    if line_end and (not message.startswith(b"{") or _is_json(first)):
        if message.count(b"\n") >= most:
            return [_too_many(message, most)]
        return [_unwrap_one(line, kind) for line in message.split(b"\n") if line.strip(BLANK)]
    return [_unwrap_one(message, kind)]


def _too_many(message: bytes, most: int) -> Unfit:
    reason = f"message: holds more than {most:,} events; send them in several messages"
    return Unfit("too-many-events", reason, message)


def _unwrap_batch(message: bytes, kind: Kind) -> list[bytes | Unfit]:
    try:
        events = _EVENTS.decode(message)
    except UNREADABLE:
        return _unwrap_parts(message, kind)
    if events and all(event.specversion is not None and _unfit(event, kind) is None for event in events):
        return [bytes(event.data) for event in events]
    return _unwrap_parts(message, kind)


def _unwrap_parts(message: bytes, kind: Kind) -> list[bytes | Unfit]:
    """The slow way, which keeps the bytes of each event."""
    try:
        parts = _PARTS.decode(message)
    except UNREADABLE as error:
        return [_unreadable(error, message)]
    if not parts:
        return [Unfit("batch-empty", "message: is an empty list; send at least one event in a batch", message)]
    return [_unwrap_one(bytes(part), kind) for part in parts]


def _unwrap_one(raw: bytes, kind: Kind) -> bytes | Unfit:
    try:
        return _held(_EVENT.decode(raw), raw, kind)
    except UNREADABLE as error:
        return _unreadable(error, raw)


def _held(event: _Event, raw: bytes, kind: Kind) -> bytes | Unfit:
    if event.specversion is None and event.type is None and not (event.data or event.data_base64):
        return raw
    if unfit := _unfit(event, kind):
        return Unfit(*unfit, raw)
    return bytes(event.data)


def _unfit(event: _Event, kind: Kind) -> tuple[str, str] | None:
    """What keeps an event from holding such a record."""
    record = kind.record
    if event.specversion != SPECVERSION:
        return "event-specversion", f"attribute specversion: is not {SPECVERSION}; send CloudEvents {SPECVERSION}"
    if event.type != kind.type:
        return _unknown_type(event.type or "", kind)
    if event.data_base64 and event.data_base64 != NULL:
        return (
            "event-data-base64",
            f"attribute data_base64: holds bytes; put the {record} in data, as a JSON object",
        )
    if not event.data or event.data == NULL:
        return "event-without-data", f"attribute data: is missing; put the {record} in it, as a JSON object"
    if not _says_json(event.datacontenttype):
        return "event-data-not-json", "attribute datacontenttype: is not JSON; use application/json"
    return None


def _unknown_type(found: str, kind: Kind) -> tuple[str, str]:
    if found.startswith(kind.family):
        return "event-version", f"attribute type: is another version of {kind.words}; this one reads {kind.type}"
    return "event-type", f"attribute type: is not that of {kind.words}; use {kind.type}"


def _says_json(content_type: str | None) -> bool:
    if content_type is None or content_type == "application/json":
        return True
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True


def _unreadable(error: Exception, raw: bytes) -> Unfit:
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return Unfit("invalid-utf8", f"message: byte {wrong.start} of it is not UTF-8; send it as UTF-8", raw)
    if isinstance(error, msgspec.ValidationError):
        return Unfit(
            "not-an-event", f"message: is no CloudEvent ({_place(str(error))}); send one as a JSON object", raw
        )
    return Unfit("not-json", f"message: is not JSON ({error}); send a CloudEvent as JSON", raw)


def _place(told: str) -> str:
    """msgspec's words name types and a place in the document, and repeat no values."""
    return told.replace("`", "'")
