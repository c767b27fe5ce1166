"""What a check found, in one sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a finding is meant: `fault` keeps the installation from doing its work as it should."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """The check (kebab-case), how it is, and a sentence: what it means and, unless all is well, what to do."""

    check: str
    status: Status
    message: str


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, Status.OK, message)


def warning(check: str, message: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(check, Status.WARNING, message)


def fault(check: str, message: str) -> Finding:
    """It does not work as it should."""
    return Finding(check, Status.FAULT, message)


def number(count: int, one: str, many: str) -> str:
    """`1 row`, `1,234 rows`."""
    return f"{count:,} {one if count == 1 else many}"
