"""The body of an intake call into validated signals; every fault of a batch is found at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from services.core import contract
from services.core.wire import camel, content_hash

DAY = re.compile(r"\d{4}-\d\d-\d\d")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
LARGEST = 2**31 - 1
EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON reads exactly (RFC 7493)."""
PRINTABLE = contract.PRINTABLE
POINTS_TOLERANCE = 0.05
"""How far the factors may be off the score: half of the tenth in which points are counted."""


@dataclass(frozen=True)
class OneOf:
    """Marks a text that must be one of the contract's codes."""

    codes: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        """An enumeration, for validation and for the OpenAPI document."""
        return core_schema.literal_schema(list(self.codes))


def _rfc3339(value: object) -> object:
    if not (isinstance(value, str) and RFC3339.fullmatch(value)):
        raise ValueError("must be an RFC 3339 time with an offset, at most in microseconds: 2026-03-14T09:26:53.5Z")
    return value


def _whole(value: object) -> object:
    """JSON has one kind of number: 412.0 is a whole one (JSON Schema 2020-12, 6.1.1)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: object) -> object:
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError("must be a day, written as 2026-03-14")
    return value


def _in_order(rows: Sequence[Comparison]) -> Sequence[Comparison]:
    days = [row.day for row in rows]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("must hold each day once, in order")
    return rows


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie within the years 1 to 9999 in UTC") from error


def _unrepeated(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("must not hold the same value twice")
    return values


Instant = Annotated[
    datetime,
    Field(strict=False),
    BeforeValidator(_rfc3339, json_schema_input_type=datetime),
    AfterValidator(_utc),
]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day, json_schema_input_type=date)]
SignalId = Annotated[str, StringConstraints(pattern=r"^s-[0-9a-f]{32}$")]
Pseudonym = Annotated[str, StringConstraints(pattern=r"^p[0-9]+-[0-9a-f]{32}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=contract.NAME_LIMIT, pattern=PRINTABLE)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4_000, pattern=PRINTABLE)]
Count = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_whole)]
Amount = Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_whole)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Categories = Annotated[list[Annotated[str, OneOf(contract.DATA_CATEGORIES)]], AfterValidator(_unrepeated)]


class Strict(BaseModel):
    """camelCase names, no conversion of types, no unknown fields."""

    model_config = ConfigDict(
        alias_generator=camel, strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class Factor(Strict):
    """One part of the score, in points."""

    factor: Name
    value: Annotated[str, StringConstraints(max_length=400, pattern=PRINTABLE)]
    points: float


class Fact(Strict):
    """Something known, for or against, as a sentence in both languages."""

    code: Name
    nl: Sentence
    en: Sentence


class Comparison(Strict):
    """One day at work: the count, what was expected of it, and the mean of the peers."""

    day: Day
    own: Annotated[int, Field(ge=0, le=EXACT), BeforeValidator(_whole)]
    expected: Annotated[float, Field(ge=0)]
    peers: Annotated[float, Field(ge=0)]


class Lookup(Strict):
    """One lookup of the evidence."""

    lookup_id: Name
    occurred_at: Instant
    system: Name
    action: Annotated[str, OneOf(contract.ACTIONS)]
    searched_by: Annotated[str, OneOf(contract.SEARCHED_BY)] | None
    data_categories: list[Annotated[str, OneOf(contract.DATA_CATEGORIES)]] | None
    record_count: Amount | None
    state: Annotated[str, OneOf(contract.STATES)]
    explanation: Name | None
    employee_id: Annotated[
        Pseudonym | None, Field(description="Who looked, where the signal is about many employees.")
    ] = None
    subject: Annotated[
        Pseudonym | None, Field(description="Whose file it was, where the signal is about many persons.")
    ] = None


class Signal(Strict):
    """A signal of the contract; identities are pseudonyms, so that none can enter the database by accident.

    What signals did not tell in earlier releases is null for those received then.
    """

    signal_id: SignalId
    family: Code
    rule: Code
    rule_version: Count
    rule_class: Annotated[str, OneOf(contract.CLASSES)]
    employee_id: Pseudonym | None
    subject: Pseudonym | None
    window_start: Instant
    window_end: Instant
    first_lookup_at: Instant
    last_lookup_at: Instant
    raised_at: Instant
    as_of: Instant
    lookup_count: Count
    moment_count: Count
    day_count: Count
    counting_rule: Name
    data_categories: Categories | None
    shared_count: Amount | None
    lookup_ids: Annotated[list[Name], Field(min_length=1), AfterValidator(_unrepeated)]
    score: Annotated[float, Field(ge=0, le=100)]
    severity: Annotated[str, OneOf(contract.SEVERITIES)]
    status: Annotated[str, OneOf(contract.SIGNAL_STATUSES)]
    withdrawn_reason: Sentence | None
    pushed: bool
    factors: Annotated[list[Factor], Field(min_length=1)]
    summary: Sentence
    summary_nl: Sentence
    facts_for: list[Fact]
    facts_against: list[Fact]
    facts_unknown: list[Fact]
    counterfactual: Fact
    comparison: Annotated[
        list[Comparison],
        Field(
            max_length=contract.COMPARISON_LIMIT,
            description="The days up to a volume signal's day; empty where a rule compares nothing.",
        ),
        AfterValidator(_in_order),
    ]
    parent_id: SignalId | None
    settings_hash: Digest | None
    content_hash: Digest

    @field_validator("window_end", "last_lookup_at")
    @classmethod
    def _after_its_start(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("window_start" if info.field_name == "window_end" else "first_lookup_at")
        if start is not None and end < start:
            raise ValueError("must not lie before its start")
        return end

    @field_validator("withdrawn_reason")
    @classmethod
    def _withdrawn_with_a_reason(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if reason is None and info.data.get("status") == "withdrawn":
            raise ValueError("a withdrawn signal must say why")
        return reason

    @field_validator("factors")
    @classmethod
    def _factors_make_the_score(cls, factors: list[Factor], info: ValidationInfo) -> list[Factor]:
        score = info.data.get("score")
        if score is not None and abs(sum(factor.points for factor in factors) - score) > POINTS_TOLERANCE + 1e-9:
            raise ValueError("the points of the factors must add up to the score")
        return factors

    def columns(self) -> dict[str, object]:
        """The contract's columns by snake_case name, without the evidence."""
        return self.model_dump(include=set(contract.SIGNAL.schema), by_alias=False)


class PushedSignal(Signal):
    """A signal with the lookups it rests on, as the detector delivers it."""

    data_categories: Categories
    shared_count: Amount
    settings_hash: Digest
    evidence: Annotated[list[Lookup], Field(max_length=contract.EVIDENCE_LIMIT)]

    @field_validator("evidence")
    @classmethod
    def _each_lookup_once(cls, evidence: Sequence[Lookup]) -> Sequence[Lookup]:
        _unrepeated([lookup.lookup_id for lookup in evidence])
        return evidence

    def people(self) -> set[str | None]:
        """The pseudonyms in the signal and its evidence; null where one of them names nobody."""
        rows = {name for lookup in self.evidence for name in (lookup.employee_id, lookup.subject)}
        return rows | {self.employee_id, self.subject}

    @model_validator(mode="after")
    def _about_someone(self) -> Self:
        if self.employee_id is None and self.subject is None:
            raise ValueError("employeeId and subject must not both be null")
        if content_hash(self.columns()) != self.content_hash:
            raise ValueError("contentHash is not the hash of this content; the signal was changed on its way")
        return self
