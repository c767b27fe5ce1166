"""Bodies of the requests of casework into validated forms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from services.api.casework import codes
from services.api.casework.notes import Note
from services.api.payloads import PRINTABLE, Amount, Instant, OneOf, Strict

Assignee = Annotated[
    str,
    StringConstraints(min_length=3, max_length=200, pattern=PRINTABLE),
    Field(description="Who is to work on it: the code by which the audit trail names them."),
]


class VerdictForm(Strict):
    """What a report should lead to. A reason is given with no follow-up, and only there."""

    verdict: Annotated[str, OneOf(codes.VERDICTS)]
    reason: Annotated[Annotated[str, OneOf(codes.NO_FOLLOW_UP_REASONS)] | None, Field(validate_default=True)] = None
    note: Annotated[Note, Field(description="What it rests on, in plain text and without names or numbers of people.")]

    @field_validator("reason")
    @classmethod
    def _where_it_belongs(cls, reason: str | None, info: ValidationInfo) -> str | None:
        verdict = info.data.get("verdict")
        if verdict == codes.NO_FOLLOW_UP and reason is None:
            raise ValueError("no follow-up needs a reason")
        if verdict in {codes.LINE_INTERVENTION, codes.INVESTIGATION} and reason is not None:
            raise ValueError("a reason belongs to no follow-up only")
        return reason


class NoteForm(Strict):
    """Something to add, also to an assessment that was given: what was given stays as it is."""

    note: Note


class AssignmentForm(Strict):
    """Who is to work on an item."""

    assignee: Assignee


class SuspensionForm(Strict):
    """Why the thirteen weeks stand still from now on."""

    reason: Annotated[str, OneOf(codes.SUSPENSION_REASONS)]


class Finding(Strict):
    """A kind of misuse, as the annual report counts them."""

    area: Annotated[str, OneOf(tuple(codes.AREAS))]
    subcategory: Annotated[str, OneOf(codes.SUBCATEGORIES)]

    @model_validator(mode="after")
    def _of_its_area(self) -> Self:
        if self.subcategory not in codes.AREAS[self.area]:
            raise ValueError(f"the subcategories of this area are {', '.join(codes.AREAS[self.area])}")
        return self


class OutcomeForm(Strict):
    """What an investigation found."""

    outcome: Annotated[str, OneOf(codes.OUTCOMES)]
    findings: Annotated[list[Finding], Field(max_length=8, description="What was established; empty otherwise.")]
    report_sent_at: Annotated[
        Instant, Field(description="When the report went to the responsible director; it stops the thirteen weeks.")
    ]
    note: Note

    @field_validator("findings")
    @classmethod
    def _where_they_belong(cls, findings: list[Finding], info: ValidationInfo) -> list[Finding]:
        if "outcome" in info.data and (info.data["outcome"] == codes.ESTABLISHED) != bool(findings):
            raise ValueError("findings tell what was established: at least one with established, none otherwise")
        if len({(finding.area, finding.subcategory) for finding in findings}) < len(findings):
            raise ValueError("must not hold the same twice")
        return findings


class ConfirmationForm(Strict):
    """Whether another person comes to the same outcome; a refusal says why."""

    agrees: bool
    note: Annotated[Note | None, Field(validate_default=True)] = None

    @field_validator("note")
    @classmethod
    def _refusal_says_why(cls, note: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("agrees") is False and note is None:
            raise ValueError("an outcome that is not confirmed needs a note that says why")
        return note


class MeasureForm(Strict):
    """What was decided about the employee, by those who decide about staff."""

    kind: Annotated[str, OneOf(codes.MEASURES)]
    taken_at: Instant
    decided_by: Annotated[str, OneOf(codes.FUNCTIONS)]
    in_force_until: Annotated[
        Instant | None,
        Field(validate_default=True, description="With a written warning: until when it counts as an earlier warning."),
    ] = None

    @field_validator("in_force_until")
    @classmethod
    def _end_of_a_warning(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        kind, taken_at = info.data.get("kind"), info.data.get("taken_at")
        if kind is not None and (kind == codes.WRITTEN_WARNING) != (until is not None):
            raise ValueError("is given with a written warning, and only there")
        if until is not None and taken_at is not None and until <= taken_at:
            raise ValueError("must lie after takenAt")
        return until


class LineInterventionForm(Strict):
    """When which function was asked to act."""

    sent_at: Instant
    sent_to: Annotated[str, OneOf(codes.FUNCTIONS)]


class BreachFacts(Strict):
    """What a notification must tell (AVG art. 33(3)); what is null is not known yet."""

    nature: Note | None = None
    contact: Annotated[Note | None, Field(description="Where more can be learnt: a function or desk.")] = None
    consequences: Note | None = None
    measures: Note | None = None
    persons: Annotated[Amount | None, Field(description="About how many people it is about.")] = None
    records: Annotated[Amount | None, Field(description="About how many records.")] = None


class BreachForm(BreachFacts):
    """A referral to Bureau Gegevensbescherming."""

    known_at: Annotated[Instant, Field(description="When it became known; the 72 hours of AVG art. 33 run from here.")]


class KnowledgeForm(Strict):
    """That a data breach became known at another moment than was recorded; the earlier one is kept."""

    known_at: Annotated[Instant, Field(description="When it became known; the 72 hours run from here.")]
    reason: Annotated[Note, Field(description="Why the moment that was recorded is not the right one.")]


class NotificationForm(BreachFacts):
    """What Bureau Gegevensbescherming decided: notified, with what, and why late; or why it need not be."""

    decision: Annotated[str, OneOf(codes.BREACH_DECISIONS)]
    notified_at: Annotated[Instant | None, Field(validate_default=True)] = None
    delay_reason: Annotated[Note | None, Field(description="Needed where it is later than 72 hours.")] = None
    reason: Annotated[Annotated[str, OneOf(codes.NOT_REQUIRED_REASONS)] | None, Field(validate_default=True)] = None
    motivation: Annotated[
        Note | None,
        Field(
            validate_default=True,
            description="With not-required: what happened, its effects, and what was done about it (AVG art. 33(5)).",
        ),
    ] = None

    @field_validator("notified_at")
    @classmethod
    def _when_it_was(cls, at: datetime | None, info: ValidationInfo) -> datetime | None:
        if "decision" in info.data and (info.data["decision"] == codes.NOTIFIED) != (at is not None):
            raise ValueError("is given where the authority was notified, and only there")
        return at

    @field_validator("delay_reason")
    @classmethod
    def _of_a_notification(cls, why: str | None, info: ValidationInfo) -> str | None:
        if why is not None and info.data.get("decision") == codes.NOT_REQUIRED:
            raise ValueError("belongs to a notification only")
        return why

    @field_validator("reason")
    @classmethod
    def _why_it_was_not(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if "decision" in info.data and (info.data["decision"] == codes.NOT_REQUIRED) != (reason is not None):
            raise ValueError("says why a notification is not required, and is given only then")
        return reason

    @field_validator("motivation")
    @classmethod
    def _of_no_notification(cls, motivation: str | None, info: ValidationInfo) -> str | None:
        if "decision" in info.data and (info.data["decision"] == codes.NOT_REQUIRED) != (motivation is not None):
            raise ValueError("documents why a notification is not required, and is given only then")
        return motivation
