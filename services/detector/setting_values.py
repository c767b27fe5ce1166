"""Values that several settings share, with what would be right where one makes no sense."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, Field

from services.detector.rules import RULES


def _of_a_system(name: str) -> str:
    if not name.strip() or name != name.lower():
        raise ValueError("should be the name of a system in lower case, as the lookups write it")
    return name


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; say it in words")
    return text


def _of_a_rule(name: str) -> str:
    if name in (known := [rule.id for rule in RULES]):
        return name
    near = get_close_matches(name, known, 1)
    raise ValueError(f"is no rule; {f'did you mean {near[0]}?' if near else 'see: doelbinding rules list'}")


RuleId = Annotated[str, AfterValidator(_of_a_rule)]
WorkingDays = Annotated[int, Field(ge=0, le=10)]
Share = Annotated[float, Field(ge=0, le=1)]
SystemName = Annotated[str, AfterValidator(_of_a_system)]
Words = Annotated[str, AfterValidator(_said)]
