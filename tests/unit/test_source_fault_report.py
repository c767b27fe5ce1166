"""Faults of sources reach the metrics and the log, with systems and counts and nobody's identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
from structlog.testing import capture_logs

from services.detector.faults.kinds import KINDS
from services.detector.faults.rejected import REJECTED
from services.detector.faults.report import show_faults
from services.detector.metrics import DetectorMetrics
from services.detector.state.tables import State
from tests.office import morning, office, office_pipeline
from tests.world import Run, in_one_batch, local

THURSDAY = 8
WINDOW = 28
NOTHING = pl.DataFrame(schema=REJECTED)


def gauge(metrics: DetectorMetrics, system: str, kind: str) -> float | None:
    return metrics.registry.get_sample_value("doelbinding_source_fault", {"system": system, "kind": kind})


def as_of(run: Run, moment: str) -> State:
    return replace(run.state, progress=replace(run.state.progress, watermark=local(moment)))


def a_mended_fault() -> Run:
    """Decided at the end of Friday the 14th, mended on Monday."""
    return in_one_batch(office(10, {THURSDAY: timedelta(days=4)}), office_pipeline())


def test_a_known_system_has_a_series_per_kind_from_the_start() -> None:
    metrics, run = DetectorMetrics(), in_one_batch(office(2), office_pipeline())
    show_faults(metrics, State(), run.state, NOTHING, WINDOW)
    assert [gauge(metrics, "sonar", kind) for kind in KINDS] == [0, 0, 0, 0]


def test_an_open_fault_is_shown_and_logged_until_it_is_mended() -> None:
    metrics, run = DetectorMetrics(), a_mended_fault()
    before, decided, mended = (as_of(run, f"2025-03-{when}") for when in ("14 23:00", "15 00:00", "18 00:00"))
    with capture_logs() as logs:
        show_faults(metrics, before, decided, NOTHING, WINDOW)
        assert gauge(metrics, "sonar", "unexplained-share") == 1
        show_faults(metrics, decided, decided, NOTHING, WINDOW)
        show_faults(metrics, decided, mended, NOTHING, WINDOW)
        assert gauge(metrics, "sonar", "unexplained-share") == 0
    told = {"system": "sonar", "day": morning(THURSDAY).date().isoformat(), "kind": "unexplained-share"}
    counts = {"records": 24, "affected": 24, "usual": 0}
    assert logs == [
        {"event": "source-fault-opened", "log_level": "warning"} | told | counts,
        {"event": "source-fault-mended", "log_level": "info"} | told | counts,
    ]


def test_a_fault_that_nobody_mends_is_dropped_after_the_window() -> None:
    metrics, run = DetectorMetrics(), in_one_batch(office(10, {THURSDAY: None}), office_pipeline())
    before, after = as_of(run, "2025-03-20 00:00"), as_of(run, "2025-04-20 00:00")
    with capture_logs() as logs:
        show_faults(metrics, before, after, NOTHING, WINDOW)
    assert [line["event"] for line in logs] == ["source-fault-dropped"]
    assert gauge(metrics, "sonar", "unexplained-share") == 0


def test_a_system_that_never_gave_a_valid_lookup_shares_a_label() -> None:
    metrics, run = DetectorMetrics(), in_one_batch(office(2), office_pipeline())
    rows = [(f"system-{number}", morning(0).date(), 3, 2) for number in range(50)]
    show_faults(metrics, State(), run.state, pl.DataFrame(rows, schema=REJECTED, orient="row"), WINDOW)
    counted = metrics.registry.get_sample_value(
        "doelbinding_source_rejected_total", {"system": "other", "code": "actor-missing"}
    )
    assert counted == 150
    labels = {sample.labels["system"] for sample in metrics.source_rejected.collect()[0].samples}
    assert labels == {"other"}
