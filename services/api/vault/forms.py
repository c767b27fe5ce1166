"""What is asked of the vault: whose identity is to be revealed and why, or about whom signals are wanted."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.api.casework.notes import holds_bsn
from services.api.payloads import PRINTABLE, Name, OneOf, Strict
from services.api.queries import PageQuery
from services.core.eleven_proof import is_valid
from services.core.observability import redact

FIELDS = ("employee", "subject", "lookup-employee", "lookup-subject")
"""Who of an item: its employee, its person, or who is named by one lookup of its evidence."""
PURPOSES = ("assessment", "investigation", "hearing", "data-breach-notification")
SEARCH_PURPOSES = ("investigation", "access-request", "data-breach-notification")
"""To what end signals about one known person are looked for; `access-request` is the person's own (AVG art. 15)."""
STATUSES = ("pending", "approved", "opened")


def _names_nobody(text: str) -> str:
    if redact(text) != text or holds_bsn(text):
        raise ValueError("must not hold a BSN, an e-mail address or a token; say it without")
    return text


def _of_a_person(bsn: str | None) -> str | None:
    if bsn is not None and not is_valid(bsn):
        raise ValueError("must be nine digits that pass the 11-proef")
    return bsn


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=PRINTABLE),
    AfterValidator(_names_nobody),
]
CaseNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE),
    AfterValidator(_names_nobody),
]
ItemRef = Annotated[str, StringConstraints(pattern=r"^i-[0-9a-f]{32}$")]
RevealRef = Annotated[str, StringConstraints(pattern=r"^r-[0-9a-f]{32}$")]


class RevealForm(Strict):
    """Whose identity is wanted, and to what end."""

    item_id: ItemRef
    field: Annotated[str, OneOf(FIELDS)]
    lookup_id: Annotated[
        Name | None, Field(description="Which lookup, for `lookup-employee` and `lookup-subject`.")
    ] = None
    purpose: Annotated[str, OneOf(PURPOSES)]
    reason: Annotated[Reason, Field(description="In words, for whoever checks it; without naming anybody.")]
    case_number: Annotated[CaseNumber | None, Field(description="Number of the case at Bureau Integriteit.")] = None

    @model_validator(mode="after")
    def _lookup_where_one_is_meant(self) -> Self:
        if self.field.startswith("lookup-") != (self.lookup_id is not None):
            raise ValueError("lookupId must be given with lookup-employee and lookup-subject, and with these alone")
        return self


class SearchForm(Strict):
    """About whom signals are wanted: one of a BSN and an employee id."""

    bsn: Annotated[str | None, AfterValidator(_of_a_person)] = None
    employee_id: Annotated[str | None, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE)] = None
    purpose: Annotated[str, OneOf(SEARCH_PURPOSES)]
    reason: Annotated[Reason, Field(description="In words, for whoever checks it; without naming anybody.")]

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if (self.bsn is None) == (self.employee_id is None):
            raise ValueError("give either bsn or employeeId")
        return self


class RevealQuery(PageQuery):
    """Which reveals: those that wait for anybody's approval, or else the reader's own."""

    status: Annotated[
        Annotated[str, OneOf(STATUSES)] | None,
        Field(description="`pending`: all that wait for approval. Otherwise only your own requests."),
    ] = None
