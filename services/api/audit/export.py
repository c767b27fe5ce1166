"""Signed roots of the audit trail into a file outside the database, a line each, and back."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.api.audit.heads import Root
from services.core.errors import InputError
from services.core.wire import to_wire

TAIL_BYTES = 64 * 1024
"""More than a hundred roots."""


class Line(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A root as it is exported; hash and signature in hexadecimal."""

    number: int
    sequence: int
    hash: str
    at: str
    key_id: str
    signature: str


@dataclass(frozen=True)
class Exported:
    """The roots of the file, and the lines (from 1) that hold none; a copy that is kept elsewhere may end earlier."""

    roots: Sequence[Root]
    unreadable: Sequence[int]
    copied: bool = False


def begin(path: Path) -> None:
    """Makes the file if it is not there: once the trail has begun, its absence is a finding.

    Raises InputError if that cannot be done.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise InputError(
            f"{path}: signed roots of the audit trail cannot be written there ({error.strerror}); "
            "set DOELBINDING_API_AUDIT_EXPORT to a file in a folder that the API may write to"
        ) from error


def add_roots(path: Path, roots: Sequence[Root]) -> None:
    """Appends roots that the file does not hold yet, durably; several processes may do so at once.

    A line that a crash cut off is removed first. Raises OSError.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, end = _tail(file)
        file.truncate(end)
        file.seek(end)
        file.writelines(as_line(root) for root in roots if root.number > last)
        file.flush()
        os.fsync(file.fileno())


def last_exported(path: Path) -> int:
    """The number of the newest root in the file, 0 where there is none. Raises OSError."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return _tail(file)[0]


def read_roots(path: Path, *, copied: bool = False) -> Exported:
    """All roots of the file, or of a copy of it. Raises OSError.

    An unfinished last line is passed over, as a crash may leave one.
    """
    roots, unreadable = [], []
    for place, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            roots.append(_root(line))
        except (msgspec.MsgspecError, ValueError):
            unreadable.append(place)
    return Exported(roots, unreadable, copied)


def as_line(root: Root) -> bytes:
    """A root as one line of JSON."""
    return msgspec.json.encode(root_answer(root)) + b"\n"


def root_answer(root: Root) -> Mapping[str, object]:
    """A root as it is shown: hash and signature in hexadecimal."""
    return {
        "number": root.number,
        "sequence": root.sequence,
        "hash": root.hash.hex(),
        "at": to_wire(root.at),
        "keyId": root.key_id,
        "signature": root.signature.hex(),
    }


def _tail(file: BinaryIO) -> tuple[int, int]:
    """The number of the newest root, and where the last finished line ends; only the end of the file is read."""
    start = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
    file.seek(start)
    content = file.read()
    end = content.rfind(b"\n") + 1
    for line in reversed(content[:end].splitlines()):
        try:
            return _root(line).number, start + end
        except (msgspec.MsgspecError, ValueError):
            continue
    return 0, start + end


def _root(line: bytes) -> Root:
    held = msgspec.json.decode(line, type=Line)
    hashed, signature = bytes.fromhex(held.hash), bytes.fromhex(held.signature)
    return Root(held.number, held.sequence, hashed, datetime.fromisoformat(held.at), held.key_id, signature)
