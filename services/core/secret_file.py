"""A secret into a file that only its owner can read; of two processes that make it, the first one counts."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from services.core.errors import InputError


def write_once(path: Path, content: Mapping[str, object]) -> None:
    """Writes JSON into a new file of mode 0600, whole or not at all; a file that is there already stays as it is."""
    with _written_beside(path, content) as fresh, suppress(FileExistsError):
        os.link(fresh, path)


def write_anew(path: Path, content: Mapping[str, object]) -> None:
    """Writes JSON into a file of mode 0600, whole or not at all; what was there is replaced."""
    with _written_beside(path, content) as fresh:
        fresh.replace(path)


@contextmanager
def _written_beside(path: Path, content: Mapping[str, object]) -> Iterator[Path]:
    """A file with the content beside the one that is meant; half a secret on a full disk is left to nobody."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def refuse_if_open(path: Path, what: str) -> None:
    """Raises InputError where others than the owner can read the file."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputError(f"{path}: others than its owner can read {what}; run: chmod 600 '{path}'")


def read_secret(path: Path, where: str, setting: str) -> str:
    """The secret of a setting that names a file. Raises InputError if others can read it, or nobody as text."""
    refuse_if_open(path, f"the secret of {setting}")
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: {setting}: cannot be read as text") from error
