"""The figures that say how good a run is, as frozen records and as JSON."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from services.core.wire import to_wire


@dataclass(frozen=True)
class Share:
    """`count` out of `of`."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where there was nothing to count."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True)
class Budget:
    """What a reader of the best signals would have found, at so many signals per 1,000 employees per week."""

    per_thousand: int
    slots: int
    """Signals that may be read over the whole period."""
    precision: Share
    """Right signals among those read."""
    recall: Share
    """Episodes caught by those read, among all episodes."""


@dataclass(frozen=True)
class KindResult:
    """How one kind of misuse fared."""

    kind: str
    episodes: int
    caught: int
    caught_within_budget: int
    """Caught within the reference budget of 5 signals per 1,000 employees per week."""
    median_days_to_signal: float | None
    """From the moment the episode could be detected to `raised_at`, over caught episodes; None if none was caught."""


@dataclass(frozen=True)
class Evaluation:
    """Judgement of one run. Definitions: docs/architecture.md, "How quality is judged"."""

    employee_weeks: int
    signals: Share
    """Open signals among all signals."""
    episodes: Share
    """Episodes caught by any open right signal, among all episodes."""
    average_precision: float
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

    def to_json(self) -> str:
        """One JSON object, camelCase, with every share as {share, count, of}."""
        return msgspec.json.encode(to_wire(_plain(self))).decode()


def _plain(value: object) -> object:
    """Records as mappings, so that a share carries its quotient along."""
    if isinstance(value, Share):
        return {"share": value.share, "count": value.count, "of": value.of}
    if isinstance(value, Evaluation | Budget | KindResult):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
