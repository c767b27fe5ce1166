"""The shapes of the facts of a case: the sheet of sanction factors, and a data breach."""

from __future__ import annotations

from typing import Annotated

from services.api.casework import codes
from services.api.casework.forms import BreachFacts
from services.api.intake.warnings import WARNING_REASONS
from services.api.payloads import Amount, Count, Instant, Name, OneOf, Strict
from services.core import contract


class BreachSuggestion(Strict):
    """What the evidence tells for a notification; persons are null where it does not tell how many."""

    persons: Amount | None
    records: Amount
    lookups_that_tell_no_records: Amount
    categories: list[Annotated[str, OneOf(contract.DATA_CATEGORIES)]]
    first_lookup_at: Instant
    last_lookup_at: Instant


class BreachDecision(Strict):
    """One decision on a data breach; the last holds."""

    number: Count
    decision: Annotated[str, OneOf(codes.BREACH_DECISIONS)]
    notified_at: Instant | None
    delay_reason: str | None
    reason: Annotated[str, OneOf(codes.NOT_REQUIRED_REASONS)] | None
    motivation: str | None
    decided_by: Name | None
    decided_at: Instant


class BreachCorrection(Strict):
    """A moment of knowledge that turned out wrong, and what took its place."""

    number: Count
    known_before: Instant
    known_at: Instant
    reason: str | None
    corrected_by: Name | None
    corrected_at: Instant


class DataBreach(Strict):
    """A referral to Bureau Gegevensbescherming; `missing` names the facts that a notification still needs.

    `knownAt` and the decision are those that hold; the earlier ones stand in `corrections` and `decisions`.

    `withheld`: names and texts of others are null, because you may yet assess the item.
    """

    id: Name
    known_at: Instant
    due_at: Instant
    referred_by: Name | None
    referred_at: Instant
    decision: Annotated[str, OneOf(codes.BREACH_DECISIONS)] | None
    notified_at: Instant | None
    delay_reason: str | None
    reason: Annotated[str, OneOf(codes.NOT_REQUIRED_REASONS)] | None
    motivation: str | None
    decided_by: Name | None
    decided_at: Instant | None
    running: bool
    overdue: bool
    late: bool
    seconds_left: int | None
    decisions: list[BreachDecision]
    corrections: list[BreachCorrection]
    stated: BreachFacts
    from_evidence: BreachSuggestion
    missing: list[Name]
    withheld: bool


class EvidenceCount(Strict):
    """How many lookups the sheet counts, of how many that the signal is about."""

    lookups: Amount
    of_lookups: Count


class Consultations(Strict):
    """The number of consultations, by a counting rule that has a version."""

    lookup_count: Count
    moment_count: Count
    day_count: Count
    counting_rule: Name
    first_lookup_at: Instant
    last_lookup_at: Instant


class CategoryCount(Strict):
    """How many lookups of the evidence showed a kind of data."""

    category: Annotated[str, OneOf(contract.DATA_CATEGORIES)]
    lookups: Count


class NatureOfData(Strict):
    """The kinds of data that were shown."""

    categories: list[CategoryCount]
    of_signal: list[Annotated[str, OneOf(contract.DATA_CATEGORIES)]] | None
    lookups_that_tell_none: Amount


class Sharing(Strict):
    """Signs of sharing: what was printed or exported."""

    of_signal: Amount | None
    prints: Amount
    exports: Amount
    records: Amount
    lookups_that_tell_no_records: Amount


class EarlierWarning(Strict):
    """A warning, and how many lookups of the evidence came while it was in force."""

    warning_id: Name
    given_at: Instant
    until: Instant
    reason: Annotated[str, OneOf(WARNING_REASONS)]
    lookups_after: Amount


class Repetition(Strict):
    """Whether it repeats after a warning; not known where a signal is about many employees."""

    known: bool
    warnings: list[EarlierWarning]


class Instruction(Strict):
    """What the employee had been told beforehand, as far as a register says so."""

    statement_of_confidentiality: Annotated[str, OneOf(("no-statement-on-record", "unknown"))]
    instruction: Annotated[str, OneOf(("unknown",))]


class Relation(Strict):
    """The relation that the signal rests on; null where its rule rests on none."""

    known: str | None
    rule: Name


class SanctionFactors(Strict):
    """The facts of each sanction factor; facts only."""

    evidence: EvidenceCount
    consultations: Consultations
    nature_of_data: NatureOfData
    sharing: Sharing
    repetition: Repetition
    instruction: Instruction
    relation: Relation
