"""Plain values into the one sequence of bytes that stands for them (JSON Canonicalization Scheme, RFC 8785)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SAFE = 2**53 - 1
"""Greatest whole number that every reader of JSON reads exactly."""


def canonical(value: object) -> bytes:
    """Keys in order of the alphabet, no white space, UTF-8.

    Raises ValueError for what has no one way to be written: fractions, large numbers, control characters, other types.
    """
    _check(value)
    return msgspec.json.encode(value, order="sorted")


def _check(value: object) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError("a key of an audit entry must be plain text")
            _check(key)
            _check(inner)
    elif isinstance(value, list | tuple):
        if all(type(inner) is str for inner in value):
            check_text("".join(value))
            return
        for inner in value:
            _check(inner)
    elif value is not None and not (isinstance(value, int) and -SAFE <= value <= SAFE):
        raise ValueError("an audit entry holds texts, whole numbers, true, false and null only")


def check_text(text: str) -> None:
    """Raises ValueError where a database or a reader of JSON may change the text."""
    if not text.isprintable():
        raise ValueError("a text of an audit entry must not hold control characters")
