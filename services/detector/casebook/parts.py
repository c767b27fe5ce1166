"""What a case may be made of: looks, links, employees and relations, each stating what differs from a plain one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.core.contract import (
    ABSENCE_KINDS,
    ACTIONS,
    DATA_CATEGORIES,
    LINK_KINDS,
    LOCATIONS,
    PARTY_KINDS,
    RELATION_KINDS,
    RELATION_SOURCES,
    SEARCHED_BY,
)
from services.detector.casebook.moments import FIRST_OF_MARCH, LONG_AGO, TUESDAY, Moment, Moments, listed

UNREGISTERED = "unregistered"
"""Written instead of an employee's periods: the register has no row of this employee."""


def one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    """A validator that tells what would be right."""

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"'{value}' is not known; use one of: {', '.join(known)}")
        return value

    return check


def periods(value: object) -> object:
    """One period, several, or none for `unregistered`."""
    return () if value == UNREGISTERED else listed(value)


class Part(BaseModel):
    """Anything else than the documented keys is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Look(Part):
    """A lookup. Base: anna views citizen's file in sonar, found by BSN, on an ordinary Tuesday at ten.

    The file `mistyped` has a BSN two slips from citizen's.
    """

    at: Moments = (TUESDAY,)
    by: str = "anna"
    file: str | None = "citizen"
    system: str = "sonar"
    action: Annotated[str, AfterValidator(one_of(ACTIONS))] = "view"
    searched_by: Annotated[str, AfterValidator(one_of(SEARCHED_BY))] | None = "bsn"
    categories: tuple[Annotated[str, AfterValidator(one_of(DATA_CATEGORIES))], ...] | None = ("identity",)
    record_count: int = 1
    case: str | None = None
    street: str | None = None
    reason: str | None = None
    workstation: str | None = None
    location: Annotated[str, AfterValidator(one_of(LOCATIONS))] | None = None
    persons: int = Field(0, ge=0, description="so many different persons (citizen-1, ...), five minutes apart")
    of_account: bool = Field(
        default=False, description="in the system doelbinding: the file is told by the employee's pseudonym as one"
    )
    in_a_row: bool = Field(default=False, description="their numbers follow one another")
    seconds_apart: int = Field(300, ge=1, description="between two of these persons")
    workdays: int = Field(1, ge=1, description="the same again on so many consecutive working days")


class Link(Part):
    """A case link. Base: citizen's case is anna's since 1 March 2025, registered at its start by a system."""

    file: str = "citizen"
    to: str = "anna"
    kind: Annotated[str, AfterValidator(one_of(LINK_KINDS))] = "assignment"
    start: Moment = Field(FIRST_OF_MARCH, alias="from")
    until: Moment | None = None
    registered: Moment | None = Field(None, description="null: at its start")
    by: str = "system:planning"
    case: str | None = Field(None, description="number of the case, as a look may claim it; null: one of its own")
    id: str | None = Field(None, description="two rows with one id are two versions of one link")
    persons: int = Field(0, ge=0, description="one link for each of so many persons (citizen-1, ...)")
    in_a_row: bool = Field(default=False, description="the persons whose numbers follow one another")


class Period(Part):
    """An employee's time in one place. Base: claims handler in T1 since long ago, without authority for staff files."""

    team: str = "T1"
    role: str = "claims-handler"
    department: str = "WW"
    eigen_personeel: bool = False
    street: str | None = None
    start: Moment = Field(LONG_AGO, alias="from")
    until: Moment | None = None
    registered: Moment | None = None


class Relation(Part):
    """A relation of an employee. Base: anna declared that citizen is one, long ago."""

    kind: Annotated[str, AfterValidator(one_of(RELATION_KINDS))]
    of: str = "anna"
    to: str = "citizen"
    source: Annotated[str, AfterValidator(one_of(RELATION_SOURCES))] = "declared"
    start: Moment = Field(LONG_AGO, alias="from")
    until: Moment | None = None
    registered: Moment | None = None


class Party(Part):
    """A party recorded in a case. Base: other is partner in the case `c1` since 1 March 2025."""

    case: str = "c1"
    file: str = "other"
    kind: Annotated[str, AfterValidator(one_of(PARTY_KINDS))] = "partner"
    start: Moment = Field(FIRST_OF_MARCH, alias="from")
    until: Moment | None = None
    registered: Moment | None = None


class Report(Part):
    """A report of a wrong file. Base: anna tells at noon that she opened citizen's file by mistake at ten."""

    by: str = "anna"
    file: str = "citizen"
    at: Moment = TUESDAY
    registered: Moment = TUESDAY + timedelta(hours=2)


class Statement(Part):
    """A signed statement of confidentiality. Base: anna signed for suwinet long ago."""

    by: str = "anna"
    system: str = "suwinet"
    start: Moment = Field(LONG_AGO, alias="from")
    until: Moment | None = None
    registered: Moment | None = None


class Absence(Part):
    """Leave. Base: bram has the whole of 11 March 2025 off, registered at the start of the month."""

    of: str = "bram"
    kind: Annotated[str, AfterValidator(one_of(ABSENCE_KINDS))] = "leave"
    start: Moment = Field(TUESDAY - timedelta(hours=10), alias="from")
    until: Moment | None = TUESDAY + timedelta(hours=14)
    registered: Moment | None = FIRST_OF_MARCH
