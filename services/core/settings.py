"""Where an installation keeps its files, and what is wrong with settings into sentences for a person."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from services.core.errors import InputError

ALIKE = 0.75
"""Share of equal letters from which an unknown name is taken for a slip in a known one."""

OF_THE_NAME = "[key]"
"""Where a fault lies in the name of an entry, not in its value."""
PLAIN = {
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "tuple_type": "should be a list",
    "dict_type": "should be a section with names and values",
    "missing": "is missing",
    "too_short": "should name at least one",
    "date_type": "should be a date, written as 2025-03-30",
    "date_from_datetime_inexact": "should be a date, written as 2025-03-30",
    "date_from_datetime_parsing": "should be a date, written as 2025-03-30",
    "model_type": "should be a section with names and values",
}
"""Kinds of faults whose own words are those of a programmer."""


def default_home() -> Path:
    """DOELBINDING_HOME, else the user's data folder (XDG Base Directory Specification)."""
    if home := os.environ.get("DOELBINDING_HOME"):
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "doelbinding"


def settings_faults(error: ValidationError, where: str, settings: type[BaseModel]) -> InputError:
    """All faults of a settings object as one error: which setting, and what would be right; values are not repeated."""
    faults = []
    for fault in error.errors():
        section, field = _found(settings, fault["loc"])
        unknown = fault["type"] == "extra_forbidden"
        told = _known_in(section, str(fault["loc"][-1])) if unknown else _in_words(fault["type"], fault["msg"], field)
        faults.append(f"{where}: {_path(fault['loc'])}: {told}")
    return InputError(*faults)


def _path(location: Sequence[int | str]) -> str:
    """`mandates.2.from`: items are counted from 1, as a person does, and a wrong name stands for itself."""
    parts = (part + 1 if isinstance(part, int) else part for part in location if part != OF_THE_NAME)
    return ".".join(str(part) for part in parts)


def _found(settings: type[BaseModel], path: Sequence[int | str]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The section that the last part of a path belongs to, and the field that it names there."""
    section, field = settings, None
    for part in path:
        field = section.model_fields.get(str(part))
        for inner in (field.annotation, *get_args(field.annotation)) if field else ():
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                section = inner
    return section, field


def _known_in(section: type[BaseModel], name: str) -> str:
    known = [field.alias or own for own, field in section.model_fields.items()]
    near = get_close_matches(name, known, 1, ALIKE)
    return "is not known; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")


def _in_words(kind: str, told: str, field: FieldInfo | None) -> str:
    told = PLAIN.get(kind) or told.replace("Input should be", "should be", 1)
    default = field.get_default() if field else None
    if kind == "value_error" or not isinstance(default, int | float | str):
        return told.removeprefix("Value error, ")
    return f"{told}; the default is {default}"
