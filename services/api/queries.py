"""Query parameters into filters of the lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo

from services.api.casework.codes import ITEM_STATUSES
from services.api.payloads import Code, Instant, OneOf, SignalId
from services.core import contract
from services.core.wire import camel

PURPOSES = ("investigation", "quality-review", "canary")
"""To what end a signal that was not pushed may be read."""
MOST = 200

Purpose = Annotated[str, OneOf(PURPOSES)]


def _after_its_start(end: datetime | None, info: ValidationInfo) -> datetime | None:
    start = info.data.get("raised_from")
    if start is not None and end is not None and end <= start:
        raise ValueError("must lie after raisedFrom; signals raised at raisedTo itself are not shown")
    return end


RaisedFrom = Annotated[Instant | None, Field(description="Raised at this moment or later (RFC 3339).")]
RaisedTo = Annotated[
    Instant | None, Field(description="Raised before this moment (RFC 3339)."), AfterValidator(_after_its_start)
]


class Query(BaseModel):
    """camelCase names; an unknown parameter is a fault, so that a misspelt filter does not go unnoticed."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid", frozen=True, hide_input_in_errors=True)


class PageQuery(Query):
    """Which page of a list."""

    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class DetailQuery(Query):
    """Why one signal is read; needed where it was not pushed."""

    purpose: Purpose | None = None


class LookupQuery(PageQuery, DetailQuery):
    """Which page of the lookups of a signal, and why."""


class SignalQuery(PageQuery, DetailQuery):
    """Which signals; by default those that were pushed."""

    rule: Code | None = None
    rule_class: Annotated[str, OneOf(contract.CLASSES)] | None = None
    severity: Annotated[str, OneOf(contract.SEVERITIES)] | None = None
    status: Annotated[str, OneOf(contract.SIGNAL_STATUSES)] | None = None
    pushed: bool = True
    parent_id: Annotated[
        SignalId | None, Field(description="Only the children of this signal; they are not pushed themselves.")
    ] = None
    min_score: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    raised_from: RaisedFrom = None
    raised_to: RaisedTo = None


class IntakeItemQuery(PageQuery):
    """Which items of the queue; filters that are given hold together."""

    rule: Annotated[Code | None, Field(description="Only signals that this rule names.")] = None
    severity: Annotated[
        Annotated[str, OneOf(contract.SEVERITIES)] | None, Field(description="Only signals of this severity.")
    ] = None
    status: Annotated[str, OneOf(ITEM_STATUSES)] | None = None
    withdrawn: Annotated[
        bool | None, Field(description="Only items whose signal was withdrawn, or only the others.")
    ] = None
    min_priority: Annotated[
        float | None, Field(ge=0, allow_inf_nan=False, description="Only items of this priority or a higher one.")
    ] = None
    raised_from: RaisedFrom = None
    raised_to: RaisedTo = None
    assigned_to_me: Annotated[bool | None, Field(description="Only items that you work on, or only the others.")] = None
    due_before: Annotated[
        Instant | None, Field(description="Only items whose thirteen weeks run, and end before this moment (RFC 3339).")
    ] = None
    overdue: Annotated[
        bool | None, Field(description="Only items whose thirteen weeks are over, or only the others.")
    ] = None
