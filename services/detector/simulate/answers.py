"""What the simulator knows into the answers beside a dataset: truth, scenarios, benign oddities and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Ints
from services.detector.simulate.labels import Labels, instants, named
from services.detector.simulate.misuse.scene import Episode
from services.detector.simulate.odd_kinds import KINDS
from services.detector.simulate.timeline import HOUR
from services.detector.simulate.visits import column
from services.detector.whole import write_parquet


def write_lookup_times(truth: Path, rows: pl.DataFrame, ids: pl.Series, labels: Labels) -> None:
    """Every lookup once, in order of time: who and when."""
    frame = pl.DataFrame(
        {
            "lookup_id": ids,
            "employee_id": named(labels.employee, column(rows, "employee")),
            "occurred_at": instants(column(rows, "at")),
        }
    )
    write_parquet(frame, truth / "lookups.parquet")


def write_truth(truth: Path, rows: pl.DataFrame, ids: pl.Series, episodes: list[Episode], labels: Labels) -> None:
    """The lookups of misuse and the scenario that each belongs to."""
    at = np.flatnonzero(column(rows, "episode") != NONE)
    misuse = rows[at]
    number = column(misuse, "episode")
    frame = pl.DataFrame(
        {
            "lookup_id": ids.gather(at),
            "scenario_id": _scenario_ids(number),
            "scenario_kind": pl.Series([episode.kind for episode in episodes], dtype=pl.String).gather(number),
            "employee_id": named(labels.employee, column(misuse, "employee")),
            "bsn": named(labels.bsn, column(misuse, "person")),
            "is_misuse": pl.repeat(True, len(at), eager=True),
        }
    )
    write_parquet(frame.sort("scenario_id", maintain_order=True), truth / "truth.parquet")


def write_scenarios(
    truth: Path, rows: pl.DataFrame, visits: pl.DataFrame, episodes: list[Episode], labels: Labels
) -> None:
    """One row per episode: who, whom, when, how many lookups, and from when on a detector can know."""
    log = rows.filter(pl.col("episode") != NONE).group_by("episode")
    spans = log.agg(first=pl.col("at").min(), last=pl.col("at").max(), lookups=pl.len()).sort("episode")
    known = [_detectable_from(visits, number, episode) for number, episode in enumerate(episodes)]
    frame = pl.DataFrame(
        {
            "scenario_id": _scenario_ids(np.arange(len(episodes))),
            "kind": pl.Series([episode.kind for episode in episodes], dtype=pl.String),
            "employee_id": named(labels.employee, np.array([episode.employee for episode in episodes], np.int64)),
            "bsn": named(labels.bsn, np.array([episode.person for episode in episodes], np.int64)),
            "first_at": instants(column(spans, "first")),
            "last_at": instants(column(spans, "last")),
            "n_lookups": spans["lookups"].cast(pl.Int64),
            "expected_detectable_from": instants(np.array(known, np.int64)),
            "difficulty": pl.Series([episode.difficulty for episode in episodes], dtype=pl.String),
        }
    )
    write_parquet(frame, truth / "scenarios.parquet")


def _detectable_from(visits: pl.DataFrame, number: int, episode: Episode) -> int:
    if episode.at != NONE:
        return episode.at
    moments = np.sort(column(visits.filter(pl.col("episode") == number), "at"))
    enough = moments[min(episode.enough, len(moments)) - 1]
    return int(enough + episode.hours * HOUR)


def _scenario_ids(numbers: Ints) -> pl.Series:
    text = pl.Series(numbers).cast(pl.String)
    return pl.select(pl.format("S{}", text.str.zfill(4))).to_series()


def write_benign(truth: Path, rows: pl.DataFrame, ids: pl.Series, windows: pl.DataFrame, labels: Labels) -> None:
    """Lawful oddities: one row per kind, employee and person with its lookups, and the odd periods without any."""
    at = np.flatnonzero((column(rows, "oddity") != NONE) & (column(rows, "episode") == NONE))
    odd = rows[at].with_columns(lookup_id=ids.gather(at))
    events = (
        odd.group_by("oddity", "employee", "person_meant")
        .agg(pl.col("lookup_id").sort(), pl.col("at").min().alias("from"), pl.col("at").max().alias("to"))
        .sort("oddity", "employee", "person_meant")
    )
    frames = [
        _benign(pl.Series(KINDS).gather(column(events, "oddity")), events, labels).with_columns(
            bsn=named(labels.bsn, column(events, "person_meant")), lookup_ids=events["lookup_id"]
        ),
        _benign(windows["kind"], windows, labels),
    ]
    write_parquet(pl.concat(frames), truth / "benign.parquet")


def _benign(kind: pl.Series, events: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "kind": kind,
            "employee_id": named(labels.employee, column(events, "employee")),
            "bsn": pl.repeat(None, len(kind), dtype=pl.String, eager=True),
            "lookup_ids": pl.repeat(None, len(kind), dtype=pl.List(pl.String), eager=True),
            "from_at": instants(column(events, "from")),
            "to_at": instants(column(events, "to")),
        }
    )


def write_figures(truth: Path, figures: Mapping[str, str | int]) -> None:
    """What the dataset is and how large."""
    (truth / "meta.json").write_text(json.dumps(dict(figures), indent=1) + "\n", encoding="utf-8")


def employee_weeks(agency: Agency, lawful: pl.DataFrame) -> int:
    """Employees at work, week by week, added up."""
    workdays = agency.workdays
    row = np.unique(column(lawful, "workday"))
    return len(np.unique(workdays.employee[row] * 1_000 + workdays.day[row] // 7))
