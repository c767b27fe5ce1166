"""The shapes of the API's answers, for the OpenAPI document and the tests that hold answers to it."""

from __future__ import annotations

from typing import Annotated

from services.api.casework.codes import ITEM_STATUSES, NO_FOLLOW_UP_REASONS
from services.api.intake.judge import RESULTS
from services.api.intake.warnings import WARNING_REASONS
from services.api.payloads import (
    Amount,
    Count,
    Factor,
    Instant,
    Lookup,
    Name,
    OneOf,
    Pseudonym,
    Signal,
    SignalId,
    Strict,
)
from services.core import contract


class IntakeResult(Strict):
    """What became of one delivered signal; the revision is the one that the API holds now."""

    signal_id: SignalId
    result: Annotated[str, OneOf(RESULTS)]
    revision: Count


class IntakeResults(Strict):
    """One result per delivered signal, in order."""

    results: list[IntakeResult]


class StoredSignal(Signal):
    """A signal as delivered last, with what the API knows beside it; `pushed` stays true once it was."""

    revision: Count
    received_at: Instant


class SignalPage(Strict):
    """Some signals, the highest score first."""

    signals: list[StoredSignal]


class LookupPage(Strict):
    """Some lookups of a signal's evidence, the most telling first."""

    lookups: list[Lookup]


class IntakeItem(Strict):
    """One item of the queue, with the outline of its signal."""

    id: Name
    signal_id: SignalId
    look_number: Count
    version: Count
    status: Annotated[str, OneOf(ITEM_STATUSES)]
    reason: Annotated[str, OneOf(NO_FOLLOW_UP_REASONS)] | None
    mine: bool
    assessment_count: Amount
    due_at: Instant | None
    closed_at: Instant | None
    data_breach_due_at: Instant | None
    priority: float
    priority_factors: list[Factor]
    rule: Name
    withdrawn: bool
    withdrawn_reason: str | None
    received_at: Instant
    employee_id: Pseudonym | None
    subject: Pseudonym | None
    severity: Annotated[str, OneOf(contract.SEVERITIES)]
    score: float
    raised_at: Instant
    lookup_count: Count
    moment_count: Count
    day_count: Count


class ItemNews(Strict):
    """That an item is new or was changed; it is read at `dataref`."""

    item_id: Name
    signal_id: SignalId
    status: Annotated[str, OneOf(ITEM_STATUSES)]
    version: Count
    withdrawn: bool
    dataref: Name


class IntakeItemPage(Strict):
    """Some items of the queue, the most urgent first."""

    intake_items: list[IntakeItem]


class StoredWarning(Strict):
    """A warning as it was recorded, and how many items of the queue it changed."""

    id: Name
    employee_id: Pseudonym
    given_at: Instant
    until: Instant
    reason: Annotated[str, OneOf(WARNING_REASONS)]
    recorded_by: Name
    recorded_at: Instant
    items_changed: Amount


class Group(Strict):
    """How many signals share a value; groups about fewer than 5 people are counted under `other`."""

    value: str
    count: Amount


class Aggregates(Strict):
    """Counts of signals, per value of one column each."""

    rule: list[Group]
    rule_class: list[Group]
    status: list[Group]
    pushed: list[Group]
    severity: list[Group]


class Health(Strict):
    """Whether the API is up, or why it is not."""

    status: Annotated[str, OneOf(("ok",))]
