"""The output directory of a re-scoring run into its signals, each with its evidence and its family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.core.contract import EVIDENCE, SIGNAL, Schema
from services.core.errors import DoelbindingError, InputError

SIGNALS, EVIDENCE_ROWS = "signals.parquet", "evidence.parquet"
Row = Mapping[str, object]


@dataclass(frozen=True)
class Dossier:
    """One signal (columns of SIGNAL), the lookups it rests on, and the signals above and under it."""

    signal: Row
    evidence: tuple[Row, ...]
    parent: Row | None
    children: tuple[Row, ...]


def read_signals(run: Path) -> pl.DataFrame:
    """The run's signals, the highest score first. Raises InputError if the directory holds none of this release."""
    return _read(run, SIGNALS, SIGNAL.schema).sort("score", "signal_id", descending=[True, False])


def read_dossier(run: Path, signal_id: str) -> Dossier:
    """One signal by its id or by the beginning of it.

    Raises InputError if the run cannot be read, DoelbindingError if no signal or more than one begins like that.
    """
    signals = read_signals(run)
    signal = _the_one(signals.filter(pl.col("signal_id").str.starts_with(signal_id)), signal_id)
    rows = _read(
        run, EVIDENCE_ROWS, {"signal_id": pl.String(), **{field.name: field.dtype for field in EVIDENCE.fields}}
    )
    evidence = rows.filter(pl.col("signal_id") == signal["signal_id"]).drop("signal_id").sort("occurred_at")
    parents = signals.filter(pl.col("signal_id") == pl.lit(signal["parent_id"], pl.String))
    children = signals.filter(pl.col("parent_id") == signal["signal_id"])
    return Dossier(
        signal,
        tuple(evidence.iter_rows(named=True)),
        next(parents.iter_rows(named=True), None),
        tuple(children.iter_rows(named=True)),
    )


def _the_one(found: pl.DataFrame, signal_id: str) -> Row:
    if found.height > 1:
        raise DoelbindingError(f"{found.height} signals have an id that begins with {signal_id}; give more of it")
    if found.is_empty():
        raise DoelbindingError(f"no signal of this run has the id {signal_id}; see: doelbinding signals list RUN")
    return found.row(0, named=True)


def _read(run: Path, name: str, columns: Schema) -> pl.DataFrame:
    path = run / name
    if not path.is_file():
        raise InputError(f"{path} does not exist; give the output directory of: doelbinding rescore DATASET --out RUN")
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path}: is not Parquet; re-score the dataset again") from error
    if missing := [column for column, kind in columns.items() if frame.schema.get(column) != kind]:
        raise InputError(
            f"{path}: lacks {', '.join(missing)}, or has another type of it; "
            "it is of another release, re-score the dataset again"
        )
    return frame
