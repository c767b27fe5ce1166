"""Faults of sources into what operations read: findings as of a moment, rows of the coverage, metrics, log lines."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import structlog

from services.core.contract import INSTANT
from services.detector.faults.kinds import CODES, KINDS, UNEXPLAINED_SHARE
from services.detector.faults.rejected import OTHER
from services.detector.metrics import DetectorMetrics
from services.detector.rules import UNEXPLAINED
from services.detector.state.tables import State

LOG = structlog.get_logger()
KEY = ["system", "day", "kind"]


def known(faults: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """The faults (FAULTS schema) as they were known at a moment."""
    later = pl.col("mended_at") > moment
    mended_at = pl.when(later).then(pl.lit(None, INSTANT)).otherwise("mended_at")
    return faults.filter(pl.col("decided_at") <= moment).with_columns(mended_at.alias("mended_at"))


def open_faults(faults: pl.DataFrame, moment: datetime, window_days: int) -> pl.DataFrame:
    """Faults that are not mended; one that nobody mended within the window has become part of what is usual."""
    young = pl.col("decided_at") > moment - timedelta(days=window_days)
    return known(faults, moment).filter(pl.col("mended_at").is_null() & young)


def muted_lookups(state: State, moment: datetime) -> int:
    """How many unexplained lookups do not count at a moment, because their source is at fault."""
    faulty = known(state.faults, moment).filter((pl.col("kind") == UNEXPLAINED_SHARE) & pl.col("mended_at").is_null())
    return (
        state.contributions.filter(
            (pl.col("family") == UNEXPLAINED)
            & (pl.col("counts_from") <= moment)
            & (pl.col("counts_until").is_null() | (pl.col("counts_until") > moment))
        )
        .join(faulty, on=["system", "day"], how="semi")
        .height
    )


def sources_report(state: State, moment: datetime) -> dict[str, object]:
    """The sources' part of coverage.json."""
    return {
        "sourceFaults": _fault_rows(known(state.faults, moment)),
        "mutedLookups": muted_lookups(state, moment),
        "rejectedBySystem": _rejected_rows(state.system_days),
    }


def _fault_rows(faults: pl.DataFrame) -> list[dict[str, object]]:
    """The faults as they stand in coverage.json, in order of days."""
    return [
        {
            "system": row["system"],
            "day": row["day"].isoformat(),
            "kind": row["kind"],
            "decidedAt": row["decided_at"].isoformat(),
            "mendedAt": row["mended_at"].isoformat() if row["mended_at"] else None,
            "records": row["records"],
            "affected": row["affected"],
            "usual": row["usual"],
        }
        for row in faults.sort("day", "system", "kind").iter_rows(named=True)
    ]


def _rejected_rows(system_days: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Records without an actor or from the future, per system and code."""
    sums = system_days.group_by("system").agg(pl.col(name).sum() for name in CODES.values()).sort("system")
    return {
        row["system"]: {code: row[name] for code, name in CODES.items() if row[name]}
        for row in sums.iter_rows(named=True)
        if any(row[name] for name in CODES.values())
    }


def show_faults(
    metrics: DetectorMetrics, before: State, state: State, rejected: pl.DataFrame, window_days: int
) -> None:
    """Tells of one committed step what it changed: rejected records counted, faults that are open, log lines."""
    systems = set(state.clocks["system"])
    for system, _day, *counts in rejected.iter_rows():
        for code, count in zip(CODES, counts, strict=True):
            metrics.source_rejected.labels(system=_label(system, systems), code=code).inc(count)
    now = _open(state, window_days)
    metrics.show_faults(
        {(system, kind): 0 for system in systems for kind in KINDS}
        | {
            (_label(system, systems), kind): count
            for system, kind, count in now.group_by("system", "kind").len().iter_rows()
        }
    )
    was = _open(before, window_days)
    for told in _told(now.join(was, on=KEY, how="anti")):
        LOG.warning("source-fault-opened", **told)
    mended = state.faults.filter(pl.col("mended_at").is_not_null())
    closed = was.join(now, on=KEY, how="anti")
    for told in _told(closed.join(mended, on=KEY, how="semi")):
        LOG.info("source-fault-mended", **told)
    for told in _told(closed.join(mended, on=KEY, how="anti")):
        LOG.info("source-fault-dropped", **told)


def _open(state: State, window_days: int) -> pl.DataFrame:
    mark = state.progress.watermark
    return state.faults.clear() if mark is None else open_faults(state.faults, mark, window_days)


def _label(system: str, known_systems: set[str]) -> str:
    """A bounded label: a system that never gave a valid lookup shares one."""
    return system if system in known_systems else OTHER


def _told(faults: pl.DataFrame) -> list[dict[str, object]]:
    """A row per fault, with its day as text."""
    rows = faults.sort(KEY).select(*KEY, "records", "affected", "usual")
    return rows.with_columns(pl.col("day").dt.to_string()).to_dicts()
