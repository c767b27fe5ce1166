"""A place in an ordered list into an opaque, signed cursor, and back into a condition on the rows."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import BindParameter, ColumnElement, and_, or_

Value = datetime | float | int | str
Given = Value | BindParameter[Value]
"""A value, or its name in a statement that gets it when it is executed."""
MAC_BYTES = 16


class BadCursorError(ValueError):
    """The cursor was not made by this API for this list."""


@dataclass(frozen=True)
class Cursor:
    """The row that a page borders on, as the values of the list's order, and the way to go from there."""

    values: tuple[Value, ...]
    backward: bool = False


@dataclass(frozen=True)
class Order:
    """One column of a list's order."""

    column: ColumnElement[Value]
    kind: type[Value]
    descending: bool = False

    def sorted(self, *, backward: bool) -> ColumnElement[Value]:
        """The column as it goes into ORDER BY."""
        return self.column.desc() if self.descending != backward else self.column.asc()

    def beyond(self, value: Given, *, backward: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Two conditions: strictly past the value, and past or at it."""
        if self.descending != backward:
            return self.column < value, self.column <= value
        return self.column > value, self.column >= value


def past(order: Sequence[Order], values: Sequence[Given], *, backward: bool) -> ColumnElement[bool]:
    """The rows after a place; the first column bounds them alone, so that an index can be entered there."""
    (strict, bound), *rest = (
        column.beyond(value, backward=backward) for column, value in zip(order, values, strict=True)
    )
    if not rest:
        return strict
    return and_(bound, or_(strict, past(order[1:], values[1:], backward=backward)))


class CursorSeal:
    """Signs cursors with the key ring's key, each for one list."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, of_list: str, cursor: Cursor) -> str:
        """The cursor as text for a URL."""
        payload = msgspec.json.encode([cursor.backward, *(_plain(value) for value in cursor.values)])
        return urlsafe_b64encode(self._mac(of_list, payload) + payload).decode().rstrip("=")

    def open(self, of_list: str, text: str, order: Sequence[type[Value]]) -> Cursor:
        """The cursor that the text holds. Raises BadCursorError if it is not one of this list."""
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError as error:
            raise BadCursorError from error
        mac, payload = sealed[:MAC_BYTES], sealed[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(of_list, payload)):
            raise BadCursorError
        backward, *values = msgspec.json.decode(payload)
        return Cursor(tuple(_typed(value, kind) for value, kind in zip(values, order, strict=True)), backward)

    def _mac(self, of_list: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, of_list.encode() + b"|" + payload, "sha256")[:MAC_BYTES]


def _plain(value: Value) -> float | int | str:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(value: float | int | str, kind: type[Value]) -> Value:
    return datetime.fromisoformat(str(value)) if kind is datetime else value
