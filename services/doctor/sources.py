"""The detector's stored state into findings: which systems it holds to be at fault, since when, and what to do."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Engine, select

from services.detector.faults.kinds import ACTORS_MISSING, CLOCK_SKEW, GAP, UNEXPLAINED_SHARE
from services.detector.faults.report import open_faults
from services.detector.state.blobs import thaw
from services.detector.state.connection import StoreUnavailable, reading
from services.detector.state.schema import STATE
from services.detector.state.tables import State
from services.detector.thresholds import FaultSettings
from services.doctor.findings import Finding, number, ok, warning

REMEDIES = {
    UNEXPLAINED_SHARE: "its unexplained lookups of {days} are muted; deliver the missing case links",
    GAP: "hardly any lookups came on {days}; see that its log is exported, and deliver what is missing",
    ACTORS_MISSING: "records of {days} do not say who looked; mend its export, and deliver these records again",
    CLOCK_SKEW: "records of {days} lie in the future; set its clock and time zone",
}
"""What each kind means, and what to do."""


def examine_sources(engine: Engine, settings: FaultSettings | None) -> list[Finding]:
    """Faults of sources that are open in a detector's database that has the tables of this release."""
    wanted = select(STATE.c.name, STATE.c.body).where(STATE.c.name.in_(["faults", "progress"]))
    tables: dict[str, list[pl.DataFrame]] = {}
    try:
        with reading(engine) as connection:
            for row in connection.execute(wanted):
                tables.setdefault(row.name, []).append(thaw(row.body))
    except StoreUnavailable as error:
        return [warning("sources", f"could not be read: {error}")]
    finally:
        engine.dispose()
    state = State.restore({name: pl.concat(parts) for name, parts in tables.items()})
    return sources_findings(state, (settings or FaultSettings()).window_days)


def sources_findings(state: State, window_days: int) -> list[Finding]:
    """A warning per system and kind of fault that is open."""
    mark = state.progress.watermark
    if mark is None:
        return [ok("sources", "nothing was decided yet")]
    faults = open_faults(state.faults, mark, window_days)
    if faults.is_empty():
        return [ok("sources", "no system is at fault")]
    per_kind = faults.sort("system", "kind", "day").group_by("system", "kind", maintain_order=True)
    found = per_kind.agg(pl.len(), pl.col("day").min().dt.to_string())
    return [
        warning("sources", f"{system}: {REMEDIES[kind].format(days=_days(count, first))}")
        for system, kind, count, first in found.iter_rows()
    ]


def _days(count: int, first: str) -> str:
    return first if count == 1 else f"{number(count, 'day', 'days')} since {first}"
