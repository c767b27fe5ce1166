"""What a case says: who looked at what, and what the engine is expected to make of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from services.core.contract import CLASSES, SIGNAL_STATUSES, STATES
from services.detector.casebook.moments import Moment
from services.detector.casebook.parts import (
    Absence,
    Link,
    Look,
    Part,
    Party,
    Period,
    Relation,
    Report,
    Statement,
    one_of,
    periods,
)
from services.detector.settings import AgencySettings

Kind = Literal["firing", "non-firing", "boundary", "missing-field"]


class RuleExpectation(Part):
    """What the rule's signal must be; what is not stated is not looked at, but for `status`."""

    fires: bool
    signals: int = Field(1, ge=1, description="how many signals carry the rule's name")
    status: Annotated[str, AfterValidator(one_of(SIGNAL_STATUSES))] = "open"
    rule_class: Annotated[str, AfterValidator(one_of(CLASSES))] | None = Field(None, alias="class")
    score: float | None = None
    score_at_least: float | None = None
    score_at_most: float | None = None
    raised: Moment | None = None
    pushed: bool | None = None
    lookups: int | None = None
    moments: int | None = None
    days: int | None = None
    conflicts: int | None = Field(None, description="log lines for which a case link exists")
    factors: dict[str, float | None] = Field(
        default_factory=dict, description="points by factor; null: it is not there"
    )
    instead: str | None = Field(None, description="the rule that fires where this one does not, or `nothing`")


class ExplanationExpectation(Part):
    """The state of every look of the case, or of one."""

    look: int | None = Field(None, ge=1, description="which look, in the order in which they are listed; null: every")
    state: Annotated[str, AfterValidator(one_of(STATES))]
    explanation: str | None = None
    strength: float | None = None


class Story(Part):
    """People, registers and looks. Everybody's own file goes by their name; citizens are `citizen` and `other`."""

    name: str = Field(min_length=8)
    kind: Kind
    looks: Annotated[tuple[Look, ...], Field(min_length=1)] = (Look(),)
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    parties: tuple[Party, ...] = ()
    reports: tuple[Report, ...] = ()
    statements: tuple[Statement, ...] | None = Field(None, description="null: the register was not delivered")
    absences: tuple[Absence, ...] = ()
    employees: dict[str, Annotated[tuple[Period, ...], BeforeValidator(periods)]] = Field(default_factory=dict)
    settings: AgencySettings | None = None
    as_known_at: Moment | None = Field(None, description="judged with what was known then; null: in the end")


class RuleCase(Story):
    """A case of a rule."""

    expect: RuleExpectation


class ExplanationCase(Story):
    """A case of an explanation."""

    expect: ExplanationExpectation


class RuleFile(Part):
    """The cases of one rule."""

    rule: str
    cases: tuple[RuleCase, ...] = Field(min_length=1)


class ExplanationFile(Part):
    """The cases of one explanation."""

    explanation: str
    cases: tuple[ExplanationCase, ...] = Field(min_length=1)
