"""The shapes of the answers of casework, for the OpenAPI document and the tests that hold answers to it."""

from __future__ import annotations

from typing import Annotated

from services.api.answers import IntakeItem
from services.api.casework import codes
from services.api.casework.fact_answers import DataBreach, SanctionFactors
from services.api.casework.forms import Finding
from services.api.payloads import Amount, Count, Fact, Instant, Name, OneOf, Strict
from services.core.tokens import ROLES

SEEN_ROLES = tuple(sorted(ROLES, key=lambda role: role != "investigator"))
"""The usual one first: examples show that."""


class Assessment(Strict):
    """What one person found; ordinal 3 is the settlement."""

    id: Name
    round: Count
    ordinal: Count
    assessor: Name
    verdict: Annotated[str, OneOf(codes.VERDICTS)]
    reason: Annotated[str, OneOf(codes.NO_FOLLOW_UP_REASONS)] | None
    note: str
    given_at: Instant
    revision: Count


class Assessments(Strict):
    """How many assessments of this round are in, and those that the reader may see."""

    given: Amount
    complete: bool
    assessments: list[Assessment]


class Reading(Strict):
    """What an assessment of this round rests on; who gave it, and what was found, is not told here."""

    ordinal: Count
    revision: Count
    lookup_count: Count


class Assessing(Strict):
    """The assessment of an item; `all` is one's own until both are in.

    A decision covers what both assessors read: `decidedRevision` is the older of the two revisions.
    """

    round: Count
    given: Amount
    complete: bool
    own: Assessment | None
    all: list[Assessment]
    settlement: Assessment | None
    reason: Annotated[str, OneOf(codes.NO_FOLLOW_UP_REASONS)] | None
    decided_revision: Count | None
    readings: list[Reading]


class Suspension(Strict):
    """A time that the thirteen weeks stood still."""

    reason: Annotated[str, OneOf(codes.SUSPENSION_REASONS)]
    started_at: Instant
    started_by: Name
    ended_at: Instant | None
    ended_by: Name | None


class ClockFace(Strict):
    """The thirteen weeks; days are calendar days of the agency, `daysLeft` 0 on the last of them."""

    started_at: Instant
    due_at: Instant | None
    days_left: int | None
    overdue: bool
    closed_at: Instant | None
    closed_in_time: bool | None
    weeks: float
    suspended_since: Instant | None
    suspended_days: Amount
    suspensions: list[Suspension]


class Notice(Strict):
    """That a signal was withdrawn, or came back, while its item was open."""

    at: Instant
    kind: Annotated[str, OneOf((codes.WITHDRAWN_EVENT, codes.REOPENED_EVENT))]
    revision: Count


class Acknowledgement(Strict):
    """Who saw a notice."""

    acknowledged_by: Name
    acknowledged_at: Instant


class Withdrawal(Strict):
    """What changed under a case, and the facts that speak for the employee."""

    withdrawn: bool
    reason: str | None
    notice: Notice | None
    facts: list[Fact]
    acknowledged_by_me: bool
    acknowledgements: list[Acknowledgement]
    awaited: Amount


class ItemNote(Strict):
    """A note beside the assessments."""

    id: Name
    author: Name
    note: str
    written_at: Instant


class Assignment(Strict):
    """Who works on an item, and since when.

    `role` is the one in which they were last seen (null: none, or they were never seen), `fitting` whether somebody in
    it may work on this item: where it is false, somebody else is to be assigned.
    """

    id: Name
    assignee: Name
    via: Annotated[str, OneOf(("assessment", "lead"))]
    assigned_by: Name
    assigned_at: Instant
    role: Annotated[str, OneOf(SEEN_ROLES)] | None
    fitting: bool


class Outcome(Strict):
    """What an investigation found, and what another person thought of that."""

    id: Name
    number: Count
    outcome: Annotated[str, OneOf(codes.OUTCOMES)]
    findings: list[Finding]
    report_sent_at: Instant
    note: str
    recorded_by: Name
    recorded_at: Instant
    state: Annotated[str, OneOf(("proposed", "confirmed", "rejected"))]
    judged_by: Name | None
    judged_at: Instant | None
    judgement_note: str | None


class Measure(Strict):
    """A measure that was taken, as a record."""

    id: Name
    kind: Annotated[str, OneOf(codes.MEASURES)]
    taken_at: Instant
    decided_by: Annotated[str, OneOf(codes.FUNCTIONS)]
    in_force_until: Instant | None
    warning_id: Name | None
    recorded_by: Name
    recorded_at: Instant


class LineIntervention(Strict):
    """When the line was asked to act."""

    sent_at: Instant
    sent_to: Annotated[str, OneOf(codes.FUNCTIONS)]
    recorded_by: Name
    recorded_at: Instant


class Event(Strict):
    """Something that happened to an item; the actor is null where a delivered revision did it."""

    at: Instant
    kind: Annotated[str, OneOf(codes.EVENTS)]
    actor: Name | None
    revision: Count
    detail: dict[str, object]


class Look(Strict):
    """One of the items of a signal: each new look after a decision opened one."""

    id: Name
    look_number: Count
    status: Annotated[str, OneOf(codes.ITEM_STATUSES)]
    received_at: Instant


class CaseView(Strict):
    """Everything about an item that its reader may see, and what he may do now."""

    item: IntakeItem
    actions: list[Annotated[str, OneOf(codes.ACTIONS)]]
    clock: ClockFace
    withdrawal: Withdrawal | None
    assessment: Assessing
    notes: list[ItemNote]
    assignments: list[Assignment]
    outcome: Outcome | None
    rejected_outcomes: list[Outcome]
    measures: list[Measure]
    line_intervention: LineIntervention | None
    data_breach: DataBreach | None
    sanction_factors: SanctionFactors
    history: list[Event]
    looks: list[Look]


class LeadTime(Strict):
    """How long investigations took, from receipt of the report to the report sent, suspensions included."""

    investigations: Amount
    average_weeks: float | None
    average_working_days: Amount | None
    within_thirteen_weeks: Amount


class Figures(Strict):
    """What waits and what is late; lead times are those of the last 365 days."""

    items: dict[str, Amount]
    second_assessment: Amount
    settlement: Amount
    confirmation: Amount
    overdue: Amount
    first_due: Instant | None
    breaches_running: Amount
    breaches_overdue: Amount
    first_breach_due: Instant | None
    lead_time: LeadTime
