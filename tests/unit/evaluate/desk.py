"""A small agency's answers and signals, made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from services.detector.evaluate.inputs import SIGNAL_COLUMNS, TRUTH_COLUMNS

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
FICTITIOUS_BSN = "960000008"


@dataclass(frozen=True)
class Episode:
    """One planted episode; without a subject its lookups show nobody."""

    scenario: str
    kind: str
    lookups: Sequence[str]
    subject: str | None = FICTITIOUS_BSN


@dataclass(frozen=True)
class Signal:
    """One signal, raised so many days after every episode became detectable."""

    id: str
    score: float
    lookups: Sequence[str]
    status: str = "open"
    days: float = 0


@dataclass(frozen=True)
class Answers:
    """What is known of an agency, in the shape of a `-truth` directory."""

    episodes: Sequence[Episode]
    lawful: Sequence[str] = field(default_factory=list)
    employee_weeks: int = 1000

    def frames(self) -> dict[str, pl.DataFrame]:
        """The three tables by file name."""
        misuse = [(lookup, e.scenario, e.kind, e.subject, True) for e in self.episodes for lookup in e.lookups]
        episodes = [(e.scenario, e.kind, MONDAY) for e in self.episodes]
        return {
            "truth.parquet": pl.DataFrame(misuse, schema=dict(TRUTH_COLUMNS["truth.parquet"]), orient="row"),
            "scenarios.parquet": pl.DataFrame(
                episodes,
                schema=dict(TRUTH_COLUMNS["scenarios.parquet"]),
                orient="row",
            ),
            "lookups.parquet": pl.DataFrame({"lookup_id": [row[0] for row in misuse] + list(self.lawful)}),
        }

    def write(self, directory: Path, change: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame) -> Path:
        """The directory, with every table changed by `change` on its way."""
        directory.mkdir(exist_ok=True)
        for name, frame in self.frames().items():
            change(frame).write_parquet(directory / name)
        (directory / "meta.json").write_text(json.dumps({"employee_weeks": self.employee_weeks}))
        return directory


def signal_frame(*signals: Signal) -> pl.DataFrame:
    rows = [(s.id, s.score, s.status, MONDAY + timedelta(days=s.days), list(s.lookups)) for s in signals]
    return pl.DataFrame(rows, schema=dict(SIGNAL_COLUMNS), orient="row")


def explained_frame(answers: Answers, *explained: str) -> pl.DataFrame:
    """A row for every lookup; those named are explained, by a case."""
    lookups = answers.frames()["lookups.parquet"]
    by_case = pl.col("lookup_id").is_in(explained)
    return lookups.with_columns(explained=by_case, explanation=pl.when(by_case).then(pl.lit("own-case")))


@dataclass(frozen=True)
class Desk:
    """Six signals and four episodes: the example whose figures the tests work out."""

    answers: Answers
    signals: pl.DataFrame
    explained: pl.DataFrame


def six_signals_four_episodes() -> Desk:
    lawful = [f"lawful-{n:02}" for n in range(30)]
    volume = [f"volume-{n}" for n in range(5)]
    answers = Answers(
        [
            Episode("S1", "own_file", ["own-1", "own-2"]),
            Episode("S2", "volume_20", volume),
            Episode("S3", "acquaintance_once", ["look-1", "look-2"]),
            Episode("S4", "own_file", ["own-3"]),
        ],
        lawful,
    )
    signals = signal_frame(
        Signal("a", 90, ["own-1"], days=1),
        Signal("b", 80, lawful[:1]),
        Signal("c", 70, ["volume-0", "lawful-01"], days=2.5),
        Signal("d", 60, ["own-2"], days=-4),
        Signal("e", 50, [*volume[1:], *lawful[:17]]),
        Signal("f", 40, [*volume, *lawful[:20]]),
        Signal("g", 100, ["own-3"], status="withdrawn"),
    )
    return Desk(answers, signals, explained_frame(answers, *lawful[:24], "volume-0", "own-1"))
