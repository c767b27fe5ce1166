"""Verdicts into the next state of an item: two that agree decide, two that differ are a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.casework import codes

PEOPLE_NEEDED = 2
"""The four-eyes principle of the investigation protocol."""


@dataclass(frozen=True)
class Verdict:
    """What one person found; the reason is there with no follow-up, and only there."""

    verdict: str
    reason: str | None


def state_after(verdicts: Sequence[Verdict]) -> tuple[str, str | None]:
    """State and reason of an item with these assessments of one round, at most two.

    No follow-up for other reasons is a dispute as well: whether a look was lawful, or could not be judged, is not the
    same to the person concerned.
    """
    if len(verdicts) < PEOPLE_NEEDED:
        return (codes.IN_ASSESSMENT if verdicts else codes.RECEIVED), None
    first, second = verdicts
    if first != second:
        return codes.DISPUTED, None
    return first.verdict, first.reason
