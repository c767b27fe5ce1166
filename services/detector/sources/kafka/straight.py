"""Messages that are events as they should be into rows, envelope and lookup parsed at once.

This takes half the time of parsing first the event and then its lookup. What is not straight, for whatever reason, is
left to `unwrap` and the parser of lines, which know every kind of message and every fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import GenericAlias
from typing import Literal, Protocol, cast

import msgspec

from services.core.cloud_events import LOOKUP_TYPE, SPECVERSION
from services.core.contract import LOOKUP
from services.detector.decode.lines import UNREADABLE, row_type


class Event(Protocol):
    """An event around a lookup that has the contract's types."""

    data: msgspec.Struct


_FIELDS: list[tuple[str, object] | tuple[str, object, object]] = [
    ("specversion", Literal[SPECVERSION]),
    ("type", Literal[LOOKUP_TYPE]),
    ("data", row_type(LOOKUP)),
    ("datacontenttype", Literal["application/json"] | None, None),
    ("data_base64", None, None),
]
_EVENT = msgspec.defstruct("event", _FIELDS, gc=False)

decode_event = cast(msgspec.json.Decoder[Event], msgspec.json.Decoder(_EVENT)).decode
"""One event; raises UNREADABLE for what is not straight."""


def straight_rows(messages: Sequence[bytes | None], limit: int) -> list[msgspec.Struct]:
    """The rows of messages of at most so many bytes; none unless each of them is one straight event."""
    fit = [message for message in messages if message is not None and len(message) <= limit]
    try:
        return [event.data for event in map(decode_event, fit)] if len(fit) == len(messages) else []
    except UNREADABLE:
        return []


_EVENTS = cast(msgspec.json.Decoder[list[Event]], msgspec.json.Decoder(GenericAlias(list, _EVENT)))


def batch_rows(message: bytes, most: int) -> list[msgspec.Struct]:
    """The rows of a JSON array of at most so many events; none where it is not straight."""
    if not message.startswith(b"["):
        return []
    try:
        events = _EVENTS.decode(message)
        return [event.data for event in events] if len(events) <= most else []
    except UNREADABLE:
        return []
