"""A moment in a test: when a file is opened, something else happens to it first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

_waiting: dict[str, Callable[[], object]] = {}


def when_opened(path: Path, action: Callable[[], object]) -> None:
    """Does something once, just before Python opens the file the next time.

    It hangs on the interpreter's own audit event, so that nothing of the code under test is replaced.
    """
    if _heard not in _hooked:
        sys.addaudithook(_heard)  # which cannot be taken away again
        _hooked.append(_heard)
    _waiting[str(path)] = action


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _waiting or not isinstance(arguments[0], str | Path):
        return
    if action := _waiting.pop(os.fspath(arguments[0]), None):
        action()


_hooked: list[Callable[[str, tuple[object, ...]], None]] = []
