"""A signal as JSON of the API: camelCase names, RFC 3339 times in UTC, and the hash of its content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

import msgspec

UNHASHED = frozenset({"as_of", "settings_hash", "content_hash"})
"""Columns that may differ between two tellings of the same content."""


@cache
def camel(name: str) -> str:
    """`first_lookup_at` becomes `firstLookupAt`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def snake(name: str) -> str:
    """`firstLookupAt` becomes `first_lookup_at`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def to_wire(value: object) -> object:
    """Rows, lists and values as the API shows them; keys become camelCase, times end in Z."""
    if value is None or isinstance(value, str | int | float):  # most are, and an abstract class is slow to ask
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {camel(str(key)): to_wire(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_wire(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_wire(value: object) -> object:
    """The inverse of `to_wire`, but for times and days, which stay text."""
    if isinstance(value, Mapping):
        return {snake(str(key)): from_wire(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [from_wire(inner) for inner in value]
    return value


def content_hash(signal: Mapping[str, object]) -> str:
    """SHA-256, 32 hex digits, over the canonical JSON of a signal's columns but those in `UNHASHED`.

    Canonical: snake_case keys in order of the alphabet, times as on the wire. Only columns themselves hold times.
    """
    content = {
        key: to_wire(value) if isinstance(value, datetime) else value
        for key, value in signal.items()
        if key not in UNHASHED
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()[:32]
