"""The files of a run and of its answers into checked frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.core.contract import EXPLAINED, INSTANT, SIGNAL, Schema
from services.core.errors import InputError

SIGNAL_COLUMNS: Schema = {
    name: SIGNAL.schema[name] for name in ("signal_id", "score", "status", "raised_at", "lookup_ids")
}
TOLD_BY_SOME: Schema = {name: SIGNAL.schema[name] for name in ("rule", "rule_class", "pushed")}
"""Columns of signals that another way of detecting may lack; what rests on them is left out then."""
EXPLAINED_COLUMNS: Schema = {name: EXPLAINED.schema[name] for name in ("lookup_id", "explained", "explanation")}
TRUTH_COLUMNS: Mapping[str, Schema] = {
    "truth.parquet": {
        "lookup_id": pl.String(),
        "scenario_id": pl.String(),
        "scenario_kind": pl.String(),
        "bsn": pl.String(),
        "is_misuse": pl.Boolean(),
    },
    "scenarios.parquet": {"scenario_id": pl.String(), "kind": pl.String(), "expected_detectable_from": INSTANT},
    "lookups.parquet": {"lookup_id": pl.String()},
}
LOOKS: Schema = {"employee_id": pl.String(), "occurred_at": INSTANT}
"""Columns of lookups.parquet that tell who looked when; without them nothing is judged per group of employees."""
DIFFICULTY: Schema = {"difficulty": pl.String()}
UNTRACEABLE = "untraceable"
"""Difficulty of an episode that leaves nothing in the log by which anybody could find it."""
BENIGN = "benign.parquet"
BENIGN_COLUMNS: Schema = {
    "kind": pl.String(),
    "employee_id": pl.String(),
    "lookup_ids": pl.List(pl.String()),
    "from_at": INSTANT,
    "to_at": INSTANT,
}
META = "meta.json"


@dataclass(frozen=True)
class Truth:
    """The known answers of a dataset."""

    misuse: pl.DataFrame
    """lookup_id, scenario_id, scenario_kind, bsn (null where the lookup showed nobody); misuse only."""
    scenarios: pl.DataFrame
    """scenario_id, kind, expected_detectable_from; a row per episode that leaves a trace, in order of id."""
    untraceable: int
    """Episodes that leave none."""
    lookups: pl.DataFrame
    """lookup_id, employee_id and occurred_at of every lookup of the dataset; the last two null where not known."""
    employee_weeks: int
    """Employees at work, summed over the weeks."""
    benign: pl.DataFrame | None
    """Lawful situations that look odd (BENIGN_COLUMNS): by ids of lookups or, where these are null, by a window."""

    @property
    def names_lookers(self) -> bool:
        """Whether it is known who looked when."""
        return self.lookups["employee_id"].null_count() == 0


def run_files(signals_path: Path) -> tuple[Path, Path]:
    """(signals.parquet, explained.parquet) of an output directory, or of a signals file and what lies beside it."""
    signals = signals_path / "signals.parquet" if signals_path.is_dir() else signals_path
    return signals, signals.with_name("explained.parquet")


def truth_directory(truth_path: Path) -> Path:
    """The directory of the answers; `truth.parquet` in it will do."""
    return truth_path if truth_path.is_dir() else truth_path.parent


def run_faults(signals_path: Path) -> list[str]:
    """What is wrong with the files of a run; empty if nothing is."""
    signals, explained = run_files(signals_path)
    return _table_faults(signals, SIGNAL_COLUMNS) + _table_faults(explained, EXPLAINED_COLUMNS)


def truth_faults(directory: Path) -> list[str]:
    """What is wrong with the answers; empty if nothing is."""
    tables = [fault for name, columns in TRUTH_COLUMNS.items() for fault in _table_faults(directory / name, columns)]
    benign = directory / BENIGN
    odd = _table_faults(benign, BENIGN_COLUMNS) if benign.exists() else []
    return tables + odd + _meta_faults(directory / META)


def read_run(signals_path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The columns of signals and explained that a judgement needs; raises InputError with all faults.

    Columns that a run may lack (TOLD_BY_SOME) are there if it has them.
    """
    _refuse(run_faults(signals_path))
    signals, explained = run_files(signals_path)
    return (
        _table(signals, _present(signals, SIGNAL_COLUMNS, TOLD_BY_SOME)),
        _table(explained, list(EXPLAINED_COLUMNS)),
    )


def read_truth(directory: Path) -> Truth:
    """The answers of a dataset; raises InputError with all faults."""
    _refuse(truth_faults(directory))
    misuse = _read(directory, "truth.parquet", {}).filter("is_misuse")
    episodes = _read(directory, "scenarios.parquet", DIFFICULTY)
    traceable = episodes.filter(pl.col("difficulty").ne_missing(UNTRACEABLE)).drop("difficulty").sort("scenario_id")
    benign = directory / BENIGN
    meta = json.loads((directory / META).read_text())
    return Truth(
        misuse,
        traceable,
        episodes.height - traceable.height,
        _read(directory, "lookups.parquet", LOOKS),
        meta["employee_weeks"],
        _table(benign, list(BENIGN_COLUMNS)) if benign.is_file() else None,
    )


def _read(directory: Path, name: str, welcome: Schema) -> pl.DataFrame:
    """A table of the answers; columns that only some have are null where they are not."""
    path = directory / name
    return with_nulls(_table(path, _present(path, TRUTH_COLUMNS[name], welcome)), welcome)


def _table(path: Path, columns: list[str]) -> pl.DataFrame:
    """A file whose columns are in order; raises InputError where its rows are damaged all the same."""
    try:
        return pl.read_parquet(path, columns=columns)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path}: is damaged: its columns are there, its rows cannot be read; make it anew") from error


def with_nulls(frame: pl.DataFrame, columns: Schema) -> pl.DataFrame:
    """The frame with those of these columns that it lacks, all null."""
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in frame.columns]
    return frame.with_columns(absent)


def _present(path: Path, needed: Schema, welcome: Schema) -> list[str]:
    found = pl.read_parquet_schema(path)
    return [*needed, *(name for name, dtype in welcome.items() if found.get(name) == dtype)]


def column_faults(found: Mapping[str, object], wanted: Schema, where: str) -> list[str]:
    """Columns that are missing or of another type than wanted."""
    missing = [f"{where}: column {name} is missing" for name in wanted if name not in found]
    return missing + [
        f"{where}: column {name} is {found[name]}, must be {dtype}"
        for name, dtype in wanted.items()
        if name in found and found[name] != dtype
    ]


def _table_faults(path: Path, columns: Schema) -> list[str]:
    if not path.is_file():
        return [f"{path}: no such file; needs a Parquet file with columns {', '.join(columns)}"]
    try:
        found = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return [f"{path}: cannot be read as Parquet"]
    return column_faults(found, columns, str(path))


def _meta_faults(path: Path) -> list[str]:
    wanted = "needs a JSON object whose employee_weeks is a whole number above 0"
    if not path.is_file():
        return [f"{path}: no such file; {wanted}"]
    try:
        weeks = json.loads(path.read_text())["employee_weeks"]
    except (ValueError, KeyError, TypeError):
        weeks = None
    return [] if isinstance(weeks, int) and weeks > 0 else [f"{path}: {wanted}"]


def _refuse(faults: list[str]) -> None:
    if faults:
        raise InputError(*faults)
