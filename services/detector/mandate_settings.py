"""One mandate of the settings: who may do which work without cases, approved by whom, from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.detector.setting_values import SystemName, Words

LONGEST_DAYS = 180
"""An exception lasts at most so many days; after that it is asked for and approved anew."""


class Mandate(BaseModel):
    """Work without cases of a team, department or role in some systems: approved, for a time."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    systems: tuple[SystemName, ...] = Field(min_length=1, description="systems that the work is done in, in lower case")
    team: Words | None = Field(None, description="the team whose work it is; one of team, department and role")
    department: Words | None = Field(None, description="the department whose work it is")
    role: Words | None = Field(None, validate_default=True, description="the role whose work it is")
    asked_by: Words = Field(description="function of who asked for it; no person's name")
    approved_by: Words = Field(description="function of who approved it: somebody else")
    reason: Words = Field(description="what the work is, and why it has no cases")
    start: date = Field(alias="from", description="first local day")
    end: date = Field(alias="to", description=f"last local day; at most {LONGEST_DAYS} days in all")

    @field_validator("role")
    @classmethod
    def _names_one(cls, role: str | None, told: ValidationInfo) -> str | None:
        scopes = (told.data.get("team"), told.data.get("department"), role)
        if sum(scope is not None for scope in scopes) != 1:
            raise ValueError("a mandate names one of team, department and role; write one for each")
        return role

    @field_validator("approved_by")
    @classmethod
    def _is_somebody_else(cls, approved_by: str, told: ValidationInfo) -> str:
        if approved_by.strip().casefold() == str(told.data.get("asked_by", "")).strip().casefold():
            raise ValueError("must be somebody else than asked_by")
        return approved_by

    @field_validator("end")
    @classmethod
    def _is_in_time(cls, end: date, told: ValidationInfo) -> date:
        start = told.data.get("start")
        if isinstance(start, date) and end < start:
            raise ValueError("lies before `from`; it is the last day of the mandate")
        if isinstance(start, date) and (end - start).days >= LONGEST_DAYS:
            latest = start + timedelta(days=LONGEST_DAYS - 1)
            raise ValueError(f"makes more than {LONGEST_DAYS} days; end it by {latest} and have it approved anew")
        return end

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
