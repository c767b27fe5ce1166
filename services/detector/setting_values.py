"""Values that several settings share, with what would be right where one makes no sense."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _of_a_system(name: str) -> str:
    if not name.strip() or name != name.lower():
        raise ValueError("should be the name of a system in lower case, as the lookups write it")
    return name


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; say it in words")
    return text


SystemName = Annotated[str, AfterValidator(_of_a_system)]
Words = Annotated[str, AfterValidator(_said)]
