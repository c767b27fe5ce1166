"""What one panel of the dashboard shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["stat", "table", "timeseries"]
Unit = Literal["none", "short", "s", "bytes", "percentunit", "ops", "dateTimeAsIso"]
"""Units by Grafana's names: `s` seconds, `short` counts, `ops` a second, `percentunit` shares of 1."""


@dataclass(frozen=True)
class Query:
    """A question in PromQL, and what its answer is called (labels in `{{ }}`)."""

    ask: str
    called: str


@dataclass(frozen=True)
class Panel:
    """A panel; `means` tells an operator what is right and what is not. `red_from` and `red_below` colour a stat."""

    title: str
    kind: Kind
    unit: Unit
    queries: tuple[Query, ...]
    means: str
    width: int = 8
    """Of 24."""
    red_from: float | None = None
    red_below: float | None = None


@dataclass(frozen=True)
class Row:
    """Panels that answer one question."""

    title: str
    panels: tuple[Panel, ...]
