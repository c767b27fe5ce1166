"""Where an installation keeps its files, and how settings faults are told."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from services.core.errors import InputError


def default_home() -> Path:
    """DOELBINDING_HOME, else the user's data folder (XDG Base Directory Specification)."""
    if home := os.environ.get("DOELBINDING_HOME"):
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "doelbinding"


def settings_faults(error: ValidationError, where: str) -> InputError:
    """All faults of a settings object as one error; the offending values are not repeated."""
    return InputError(
        *(f"{where}: {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
    )
