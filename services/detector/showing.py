"""What a step found into the detector's metrics."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Findings
from services.detector.state.store import Sizes
from services.detector.state.tables import State
from services.detector.states import states


def show_findings(
    metrics: DetectorMetrics, state: State, found: Findings, revisions: pl.DataFrame, sizes: Sizes
) -> None:
    """Counts one committed step."""
    mark = state.progress.watermark
    if mark is not None:
        metrics.watermark.set(mark.timestamp())
    known_at = mark or state.clocks["latest"].max()  # before the first watermark: the newest lookup's time
    if isinstance(known_at, datetime):
        for outcome, count in states(found.judged, state.contributions, known_at).group_by("state").len().iter_rows():
            metrics.lookups.labels(outcome=outcome).inc(count)
    metrics.duplicates.labels(layer="state").inc(found.duplicates)
    metrics.late_lookups.labels(disposition="recomputed").inc(found.late)
    for partition, latest in state.clocks.group_by("partition").agg(pl.col("latest").max()).iter_rows():
        metrics.last_event.labels(partition=partition).set(latest.timestamp())
    for rule, status, rule_class, score in revisions.select("rule", "status", "rule_class", "score").iter_rows():
        metrics.signals.labels(rule=rule, status=status).inc()
        metrics.signal_score.labels(rule_class=rule_class).observe(score)
    metrics.show_state(sizes.rows, sizes.bytes)


def show_dead(metrics: DetectorMetrics, dead: pl.DataFrame) -> None:
    """Counts dead letters that were stored; of their columns record and codes matter."""
    for record, count in dead.group_by("record").len().iter_rows():
        metrics.unread_records.labels(record=record).inc(count)
    for code, count in dead.explode("codes").group_by("codes").len().iter_rows():
        metrics.dead_letters.labels(code=code).inc(count)
