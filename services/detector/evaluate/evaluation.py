"""The figures that say how good a run is, as frozen records and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

import msgspec

from services.core.wire import to_wire
from services.detector.evaluate.burden import Burden
from services.detector.evaluate.by_rule import RuleResult
from services.detector.evaluate.figures import Interval, Rate, Share
from services.detector.evaluate.kinds import KindResult, RoleResult
from services.detector.evaluate.probes import Probes
from services.detector.evaluate.ranking import Budget
from services.detector.evaluate.situations import Situation


@dataclass(frozen=True)
class Evaluation:
    """Judgement of one run. Definitions: docs/architecture.md, "How quality is judged"."""

    employee_weeks: int
    signals: Share
    """Open signals among all signals."""
    episodes: Share
    """Episodes caught by any open right signal, among all episodes."""
    average_precision: float | None
    """None where no misuse was planted."""
    average_precision_interval: Interval | None
    """Over other episodes of the same sorts."""
    budgets: tuple[Budget, ...]
    burden: Share
    """Wrong signals among those read within the reference budget."""
    explained: Share
    """Lawful lookups of a person that were explained."""
    leak: Share
    """Misuse lookups of random strangers that were explained all the same."""
    decided: Share
    """Lookups of the dataset that the run has a row for."""
    kinds: tuple[KindResult, ...]
    roles: tuple[RoleResult, ...]
    """By the role of the looker; empty where that is not known."""
    rules: tuple[RuleResult, ...]
    """Empty where the signals do not name their rule."""
    situations: tuple[Situation, ...]
    """Lawful situations that look odd; empty where the answers do not name them."""
    false_pushes: Rate | None
    """Pushed signals that are not right, withdrawn ones too; None where the run tells of no pushes."""
    burdens: tuple[Burden, ...]
    """False signals per group of employees; empty where the groups are not known."""
    probes: Probes | None
    """Looks at random open cases that were made up to see what explains them; None where none were made."""
    left_out: tuple[str, ...]
    """What could not be judged and why, a sentence each."""

    def to_json(self) -> str:
        """One JSON object, camelCase, with every share as {share, count, of, low, high}."""
        return msgspec.json.encode(to_wire(_plain(self))).decode()


def _plain(value: object) -> object:
    """Records as mappings, so that a share carries its quotient and its interval along."""
    if isinstance(value, Share):
        counted = {"share": value.share, "count": value.count, "of": value.of}
        return counted | ({"low": value.interval.low, "high": value.interval.high} if value.of else {})
    if isinstance(value, Rate):
        around = {"low": value.interval.low, "high": value.interval.high}
        return {
            "per_thousand": value.per_thousand,
            "count": value.count,
            "employee_weeks": value.employee_weeks,
        } | around
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
