"""Lookups are counted whether or not there is a watermark yet."""

from __future__ import annotations

import math

from services.core.contract import LOOKUP
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline, Slice
from services.detector.showing import show_findings
from services.detector.state.store import Sizes
from tests.world import RING, Run, World, frame, local, registers_of, settings

TEN = local("2025-03-11 10:00")


def shown(behind: frozenset[str]) -> DetectorMetrics:
    """What is told of a step over two lookups, one with a link, while these partitions hold more."""
    world, metrics, run = World(), DetectorMetrics(), Run(Pipeline(settings(), RING))
    world.link(50, world.employee(1), local("2025-03-03 09:00"))
    world.look("e1", 50, TEN)
    world.look("e1", 51, TEN)
    read = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    found = run.feed(Slice(read, "l/0", behind=behind), registers_of(world, run.pipeline))
    show_findings(metrics, run.state, found, run.revisions[-1], Sizes({}, 0))
    return metrics


def value(metrics: DetectorMetrics, name: str, **labels: str) -> float:
    found = metrics.registry.get_sample_value(name, labels)
    assert found is not None
    return found


def lookups(metrics: DetectorMetrics) -> float:
    return sum(
        value(metrics, "doelbinding_lookups_total", outcome=outcome)
        for outcome in ("explained", "pending", "unexplained", "conflict")
    )


def test_lookups_count_while_a_partition_that_was_never_read_keeps_the_watermark_back() -> None:
    metrics = shown(behind=frozenset({"l/0", "l/1"}))
    assert math.isnan(value(metrics, "doelbinding_watermark_timestamp_seconds"))
    assert value(metrics, "doelbinding_last_event_time_seconds", partition="l/0") == TEN.timestamp()
    assert lookups(metrics) == 2
    assert value(metrics, "doelbinding_lookups_total", outcome="unexplained") == 0


def test_lookups_count_once_there_is_a_watermark() -> None:
    metrics = shown(behind=frozenset())
    assert value(metrics, "doelbinding_watermark_timestamp_seconds") == TEN.timestamp() - 3_600
    assert lookups(metrics) == 2
