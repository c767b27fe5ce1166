"""One mandate of the settings: who may do which work without cases, approved by whom, from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.detector.setting_values import SystemName, Words

LONGEST_DAYS = 180
"""An exception lasts at most so many days; after that it is asked for and approved anew."""


class Mandate(BaseModel):
    """Work without cases of a team, department or role in some systems: approved, for a time."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    systems: tuple[SystemName, ...] = Field(min_length=1, description="systems that the work is done in, in lower case")
    team: Words | None = Field(None, description="the team whose work it is; one of team, department and role")
    department: Words | None = Field(None, description="the department whose work it is")
    role: Words | None = Field(None, description="the role whose work it is")
    asked_by: Words = Field(description="function of who asked for it; no person's name")
    approved_by: Words = Field(description="function of who approved it: somebody else")
    reason: Words = Field(description="what the work is, and why it has no cases")
    start: date = Field(alias="from", description="first local day")
    end: date = Field(alias="to", description=f"last local day; at most {LONGEST_DAYS} days in all")

    @model_validator(mode="after")
    def _is_sound(self) -> Mandate:
        if faults := list(self._faults()):
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        if sum(scope is not None for scope in (self.team, self.department, self.role)) != 1:
            yield "must name one of team, department and role; write a mandate for each"
        if self.asked_by.strip().casefold() == self.approved_by.strip().casefold():
            yield "approved_by must be somebody else than asked_by"
        if self.end < self.start:
            yield "ends before it begins; `to` is its last day"
        elif (self.end - self.start).days >= LONGEST_DAYS:
            latest = self.start + timedelta(days=LONGEST_DAYS - 1)
            yield f"lasts longer than {LONGEST_DAYS} days; end it by {latest} and have it approved anew"

    def clashes(self, other: Mandate) -> bool:
        """Both cover the same people in the same system on the same day."""
        people = (self.team, self.department, self.role) == (other.team, other.department, other.role)
        days = self.start <= other.end and other.start <= self.end
        return people and days and not set(self.systems).isdisjoint(other.systems)


def overlaps(mandates: Sequence[Mandate]) -> list[str]:
    """A sentence for each two mandates that cover the same people, system and day."""
    numbered = enumerate(mandates, 1)
    return [
        f"mandates {first} and {second} cover the same people, system and days; end one before the other begins"
        for (first, one), (second, other) in combinations(numbered, 2)
        if one.clashes(other)
    ]
