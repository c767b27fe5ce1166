"""The JSON that `doelbinding evaluate` prints into the records that the page is made of."""

from __future__ import annotations

from pathlib import Path

import msgspec

REFERENCE_BUDGET = 5


class Read(msgspec.Struct, frozen=True, rename="camel"):
    """Names as they are in JSON; what is not asked for is passed over."""


class Between(Read, frozen=True, rename="camel"):
    low: float
    high: float


class Share(Read, frozen=True, rename="camel"):
    count: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where there was nothing to count."""
        return self.count / self.of if self.of else None


class Rate(Read, frozen=True, rename="camel"):
    count: int
    employee_weeks: int

    @property
    def per_thousand(self) -> float:
        """Per 1,000 employees a week."""
        return 1000 * self.count / self.employee_weeks


class Budget(Read, frozen=True, rename="camel"):
    per_thousand: int
    slots: int
    precision: Share
    recall: Share


class Kind(Read, frozen=True, rename="camel"):
    kind: str
    episodes: int
    in_open_signal: int
    caught: int
    caught_within_budget: int
    pushed: int | None


class Situation(Read, frozen=True, rename="camel"):
    kind: str
    situations: int
    unexplained: int
    open_signals: int
    wrong_within_budget: int
    false_pushes: int | None


class Group(Read, frozen=True, rename="camel"):
    group: str
    borne: Rate


class Burden(Read, frozen=True, rename="camel"):
    by: str
    groups: tuple[Group, ...]
    ratio: float | None


class Probes(Read, frozen=True, rename="camel"):
    teams: int
    other_teams: Share
    own_team: Share


class Judged(Read, frozen=True, rename="camel"):
    """How a run was judged."""

    employee_weeks: int
    average_precision: float | None
    average_precision_interval: Between | None
    budgets: tuple[Budget, ...]
    explained: Share
    false_pushes: Rate | None
    kinds: tuple[Kind, ...]
    situations: tuple[Situation, ...]
    burdens: tuple[Burden, ...]
    probes: Probes | None

    @property
    def reference(self) -> Budget:
        """What 5 signals per 1,000 employees a week give."""
        return next(budget for budget in self.budgets if budget.per_thousand == REFERENCE_BUDGET)


def read_judged(path: Path) -> Judged:
    """The judgement in a file."""
    return msgspec.json.decode(path.read_bytes(), type=Judged)
