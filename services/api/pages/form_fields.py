"""The fields of a form that was sent into a validated model, or into everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from services.api.casework.notes import holds_bsn, masked
from services.api.pages.fields import Field, Fields
from services.api.pages.form_texts import FAULT_TEXTS
from services.api.pages.moments import moment_of
from services.core.observability import redact
from services.core.wire import camel

LONGEST_NUMBER = 9
ODD: Mapping[str, str] = {
    "missing": "fault-needed",
    "string_too_short": "fault-needed",
    "literal_error": "fault-choice",
    "string_too_long": "fault-long",
    "string_pattern_mismatch": "fault-unprintable",
}
"""Kinds of faults of pydantic, and the texts that tell them."""


@dataclass(frozen=True)
class Filled:
    """What was typed, by field; per field what is wrong, as the key of a text; and the model if nothing is."""

    given: Mapping[str, str | Sequence[str]]
    faults: Mapping[str, str]
    model: BaseModel | None = None


def fill(model: type[BaseModel] | None, fields: Iterable[Field], sent: Fields, timezone: ZoneInfo) -> Filled:
    """A form of casework from what was sent; fields that the form has not are left out."""
    by_name = {field.name: field for field in fields}
    given = {
        name: values if by_name[name].kind == "checks" else values[0]
        for name, values in sent.items()
        if name in by_name
    }
    read: dict[str, object] = {}
    faults: dict[str, str] = {}
    for name in given:
        try:
            read[name] = _read(by_name[name], sent[name], timezone)
        except ValueError as error:
            faults[name] = str(error)
    if model is None:
        return Filled(_kept(given), faults)
    try:
        filled = model.model_validate(_with_empty_lists(read, by_name.values()))
    except ValidationError as error:
        return Filled(_kept(given), _told(error, given) | faults)
    return Filled(_kept(given), faults, None if faults else filled)


def _kept(given: Mapping[str, str | Sequence[str]]) -> dict[str, str | Sequence[str]]:
    """What the form shows again: people stay pseudonyms there too."""
    return {name: masked(value) if isinstance(value, str) else value for name, value in given.items()}


def _with_empty_lists(read: Mapping[str, object], fields: Iterable[Field]) -> dict[str, object]:
    return {field.name: [] for field in fields if field.kind == "checks"} | dict(read)


def _read(field: Field, values: Sequence[str], timezone: ZoneInfo) -> object:
    """The value as the model wants it. Raises ValueError with the key of a text."""
    value = values[0]
    if field.kind == "moment":
        return _moment(value, timezone)
    if field.kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
            raise ValueError("fault-whole-number")
        return int(value)
    if field.kind in {"yes-no", "radio", "select"} and value not in (field.choices or ("yes-agrees", "no-agrees")):
        raise ValueError("fault-choice")
    if field.kind == "checks":
        return [_finding(chosen, field.choices) for chosen in values]
    return value == "yes-agrees" if field.kind == "yes-no" else value


def _moment(text: str, timezone: ZoneInfo) -> str:
    try:
        return moment_of(text, timezone).isoformat()
    except ValueError as error:
        raise ValueError("fault-moment") from error


def _finding(chosen: str, choices: tuple[str, ...]) -> dict[str, str]:
    if chosen not in choices:
        raise ValueError("fault-choice")
    area, _, subcategory = chosen.partition("/")
    return {"area": area, "subcategory": subcategory}


def _told(error: ValidationError, given: Mapping[str, object]) -> dict[str, str]:
    """Per field the text of its first fault."""
    faults: dict[str, str] = {}
    for fault in error.errors(include_input=False, include_url=False):
        if not fault["loc"]:
            continue  # fields that do not go together: the page that has such fields says so itself
        name = camel(str(fault["loc"][0]))  # of a default that does not fit the name of the column is told
        faults.setdefault(name, _text(name, fault["type"], given.get(name)))
    return faults


def _text(name: str, kind: str, value: object) -> str:
    if isinstance(value, str) and holds_bsn(value):
        return "fault-bsn"
    if isinstance(value, str) and redact(value) != value:
        return "fault-names"
    if kind in ODD:
        return ODD[kind]
    misfit = f"fault-at-{name}"
    return misfit if misfit in FAULT_TEXTS else "fault-needed"
