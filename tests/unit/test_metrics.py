"""Metrics follow their catalogue, are documented, and are served where they were asked for."""

from __future__ import annotations

import math
import socket
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from services.core.errors import InputError
from services.detector.metric import Metric
from services.detector.metric_catalogue import CATALOGUE
from services.detector.metrics import DetectorMetrics, serve_metrics
from services.detector.metrics_page import refreshed

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
PERSONAL = {"employee", "employee_id", "bsn", "subject", "case", "case_id", "signal_id", "lookup_id", "department"}


def test_every_metric_of_the_catalogue_is_in_the_registry_and_no_other() -> None:
    found = DetectorMetrics().registry.collect()
    families = {(family.name, family.type) for family in found if not family.name.startswith("process_")}
    assert families == {(metric.name.removesuffix("_total"), metric.kind) for metric in CATALOGUE}


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_names_and_labels_follow_the_conventions(metric: Metric) -> None:
    assert metric.name.startswith("doelbinding_")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert not metric.labels.keys() & PERSONAL
    assert metric.name in metric.query
    assert metric.help.endswith(".")


def test_two_registries_share_nothing() -> None:
    one, other = DetectorMetrics(), DetectorMetrics()
    one.lookups.labels(outcome="explained").inc()
    assert other.registry.get_sample_value("doelbinding_lookups_total", {"outcome": "explained"}) == 0


def test_series_known_beforehand_stand_at_zero() -> None:
    registry = DetectorMetrics().registry
    assert registry.get_sample_value("doelbinding_deliveries_total", {"result": "rejected"}) == 0
    assert registry.get_sample_value("doelbinding_signal_score_count", {"rule_class": "P"}) == 0


def test_an_empty_backlog_has_no_oldest() -> None:
    metrics = DetectorMetrics()
    metrics.show_backlog(2, datetime(1970, 1, 2, tzinfo=UTC))
    assert metrics.registry.get_sample_value("doelbinding_outbox_oldest_timestamp_seconds") == 86_400
    metrics.show_backlog(0, None)
    oldest = metrics.registry.get_sample_value("doelbinding_outbox_oldest_timestamp_seconds")
    assert oldest is not None
    assert math.isnan(oldest)


def test_a_table_that_vanished_is_no_longer_shown() -> None:
    metrics = DetectorMetrics()
    metrics.show_state({"recent": 5, "told": 1}, 100)
    metrics.show_state({"told": 2}, 90)
    assert metrics.registry.get_sample_value("doelbinding_state_rows", {"table": "recent"}) is None
    assert metrics.registry.get_sample_value("doelbinding_state_rows", {"table": "told"}) == 2
    assert metrics.registry.get_sample_value("doelbinding_state_bytes") == 90


def test_a_commit_shows_its_time_and_moment() -> None:
    metrics = DetectorMetrics()
    metrics.show_commit(0.02, datetime(1970, 1, 2, tzinfo=UTC))
    assert metrics.registry.get_sample_value("doelbinding_commit_seconds_bucket", {"le": "0.025"}) == 1
    assert metrics.registry.get_sample_value("doelbinding_last_commit_timestamp_seconds") == 86_400


def test_the_page_is_served_on_loopback_and_the_port_is_free_afterwards() -> None:
    metrics = DetectorMetrics()
    metrics.build_info.labels(version="0.1.0", rule_set="r1").set(1)
    server = serve_metrics(metrics, 0)
    page = httpx.get(f"http://127.0.0.1:{server.port}/metrics").text
    server.close()
    assert 'doelbinding_build_info{rule_set="r1",version="0.1.0"} 1.0' in page
    with closing(socket.create_server(("127.0.0.1", server.port))):
        pass


def test_a_port_that_is_taken_is_told_with_the_remedy() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*choose another port"):
            serve_metrics(DetectorMetrics(), port)


def test_a_port_that_cannot_exist_is_told_too() -> None:
    with pytest.raises(InputError, match=r"metrics: cannot listen on 127\.0\.0\.1:70000"):
        serve_metrics(DetectorMetrics(), 70_000)


def test_the_page_of_metrics_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert refreshed(page) == page, "run: python -m services.detector.metrics_page docs/metrics.md"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(InputError, match="needs the lines"):
        refreshed("# Metrics\n")
