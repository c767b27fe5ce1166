"""Every signal reaches the intake at last, whatever the intake answers first."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from services.core.backoff import Backoff
from services.core.clock import SystemClock
from services.detector.deliver import Deliverer
from services.detector.metrics import DetectorMetrics
from services.detector.state.store import Commit, Store
from tests.unit.scripted_api import Intake, Reply, serving
from tests.unit.state.samples import a_revision, an_owned_store, revisions, signal_id

TOKEN = "a-token-of-the-role-detector"
PATIENCE = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with an_owned_store(tmp_path / "s.sqlite", busy_timeout_ms=1_000) as store:
        yield store


@pytest.fixture
def metrics() -> DetectorMetrics:
    return DetectorMetrics()


@contextmanager
def delivering(
    store: Store,
    url: str,
    metrics: DetectorMetrics | None = None,
    *,
    batch: int = 200,
    timeout: float = PATIENCE,
    backoff: Backoff | None = None,
) -> Iterator[Deliverer]:
    with httpx.Client(base_url=url, timeout=timeout) as client:
        quick = backoff or Backoff(0.001, 0.01)
        deliverer = Deliverer(store, client, TOKEN, SystemClock(), batch, metrics=metrics, backoff=quick)
        deliverer.start()
        try:
            yield deliverer
        finally:
            deliverer.stop()
            deliverer.join()


def add(store: Store, *rows: dict[str, object]) -> None:
    store.commit(Commit({}, revisions=revisions(*rows)))


def add_signals(store: Store, count: int) -> list[str]:
    add(store, *(a_revision(number) for number in range(count)))
    return [signal_id(number) for number in range(count)]


def rows(tmp_path: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        return connection.execute("SELECT status, result FROM outbox ORDER BY id").fetchall()


def deliveries(metrics: DetectorMetrics, result: str) -> float | None:
    return metrics.registry.get_sample_value("doelbinding_deliveries_total", {"result": result})


def test_signals_are_delivered_in_order_in_batches_with_the_token(
    store: Store, metrics: DetectorMetrics, tmp_path: Path
) -> None:
    ids = add_signals(store, 5)
    with serving(Intake()) as intake, delivering(store, intake.url, metrics, batch=2) as deliverer:
        assert deliverer.drain(PATIENCE)
    assert intake.batches == [ids[:2], ids[2:4], ids[4:]]
    assert intake.tokens == {f"Bearer {TOKEN}"}
    assert rows(tmp_path) == [("delivered", "stored")] * 5
    assert deliveries(metrics, "delivered") == 5


def test_what_is_committed_while_it_runs_is_delivered_after_a_wake(store: Store) -> None:
    with serving(Intake()) as intake, delivering(store, intake.url) as deliverer:
        for number in range(3):
            add(store, a_revision(number))
            deliverer.wake()
            intake.wait_for_calls(number + 1)
    assert [signal for signal, _ in intake.taken] == [signal_id(number) for number in range(3)]


def test_only_the_newest_revision_of_a_signal_is_sent(store: Store, tmp_path: Path) -> None:
    add(store, a_revision(1, 40.0))
    add(store, a_revision(1, 50.0, hour=1))
    newest = a_revision(1, 60.0, hour=2)
    add(store, newest)
    with serving(Intake()) as intake, delivering(store, intake.url) as deliverer:
        assert deliverer.drain(PATIENCE)
    assert intake.taken == [(signal_id(1), newest["content_hash"])]
    assert [status for status, _ in rows(tmp_path)] == ["superseded", "superseded", "delivered"]


@pytest.mark.parametrize("status", [500, 502, 503, 507, 429, 408])
def test_a_passing_trouble_is_tried_again_until_it_is_over(store: Store, metrics: DetectorMetrics, status: int) -> None:
    ids = add_signals(store, 3)
    with (
        serving(Intake([Reply(status), Reply(status)])) as intake,
        delivering(store, intake.url, metrics) as deliverer,
    ):
        assert deliverer.drain(PATIENCE)
        assert deliverer.problem is None
    assert intake.batches == [ids, ids, ids]
    assert deliveries(metrics, "unavailable") == 2
    assert deliveries(metrics, "delivered") == 3


def test_an_answer_that_does_not_come_is_asked_for_again(store: Store, metrics: DetectorMetrics) -> None:
    ids = add_signals(store, 2)
    with (
        serving(Intake([Reply(hang=True)])) as intake,
        delivering(store, intake.url, metrics, timeout=0.2) as deliverer,
    ):
        assert deliverer.drain(PATIENCE)
    assert intake.batches[0] == intake.batches[-1] == ids
    assert deliveries(metrics, "unavailable") == len(intake.batches) - 1


def test_an_intake_that_starts_late_gets_everything(store: Store, metrics: DetectorMetrics) -> None:
    ids = add_signals(store, 3)
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        port = reserved.getsockname()[1]
    with delivering(store, f"http://127.0.0.1:{port}", metrics) as deliverer:
        while deliverer.problem is None:
            assert not deliverer.drain(0.1)
        assert "ConnectError" in deliverer.problem
        with serving(Intake(), port) as intake:
            assert deliverer.drain(PATIENCE)
    assert [signal for signal, _ in intake.taken] == ids


def test_bad_signals_are_found_and_set_aside_and_block_no_others(
    store: Store, metrics: DetectorMetrics, tmp_path: Path
) -> None:
    ids = add_signals(store, 40)
    bad = {ids[0], ids[17], ids[39]}
    with serving(Intake(bad=bad)) as intake, delivering(store, intake.url, metrics) as deliverer:
        assert deliverer.drain(PATIENCE)
    assert [signal for signal, _ in intake.taken] == [one for one in ids if one not in bad]
    settled = dict(zip(ids, rows(tmp_path), strict=True))
    assert {one for one, (status, _) in settled.items() if status == "rejected"} == bad
    assert "1 bad" in str(settled[ids[17]][1])
    assert deliveries(metrics, "rejected") == 3
    assert deliveries(metrics, "delivered") == 37


def test_a_trouble_in_the_middle_of_a_search_for_the_bad_one_loses_nothing(store: Store, tmp_path: Path) -> None:
    ids = add_signals(store, 8)
    script = [Reply(400), Reply(503), Reply(400), Reply(400), Reply(500)]
    with serving(Intake(script, bad={ids[2]})) as intake, delivering(store, intake.url) as deliverer:
        assert deliverer.drain(PATIENCE)
    assert sorted(signal for signal, _ in intake.taken) == sorted(set(ids) - {ids[2]})
    assert [status for status, _ in rows(tmp_path)].count("rejected") == 1


def test_a_signal_that_is_too_large_is_rejected_alone(store: Store, tmp_path: Path) -> None:
    add_signals(store, 2)
    with serving(Intake([Reply(413), Reply(413)])) as intake, delivering(store, intake.url) as deliverer:
        assert deliverer.drain(PATIENCE)
    assert [status for status, _ in rows(tmp_path)] == ["rejected", "delivered"]


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_refusal_is_kept_as_the_problem_and_asked_again_slowly(
    store: Store, metrics: DetectorMetrics, tmp_path: Path, status: int
) -> None:
    add_signals(store, 1)
    slow = Backoff(0.001, 3_600)
    with (
        serving(Intake([Reply(status, '{"detail": "wrong role"}')])) as intake,
        delivering(store, intake.url, metrics, backoff=slow) as deliverer,
    ):
        intake.wait_for_calls(1)
        add(store, a_revision(7))
        deliverer.wake()
        deliverer.stop()
        deliverer.join()
        assert "wrong role" in str(deliverer.problem)
        assert "role detector" in str(deliverer.problem)
    assert len(intake.batches) == 1
    assert deliveries(metrics, "refused") == 1
    assert rows(tmp_path) == [("pending", None)] * 2


def test_a_refusal_ends_when_the_settings_are_mended(store: Store) -> None:
    add_signals(store, 1)
    slow = Backoff(0.001, 3_600)
    with (
        serving(Intake([Reply(401)])) as intake,
        delivering(store, intake.url, backoff=slow) as deliverer,
    ):
        intake.wait_for_calls(1)
        assert deliverer.drain(PATIENCE)
        assert deliverer.problem is None
    assert len(intake.batches) == 2


def test_a_page_of_something_else_at_the_address_is_no_receipt(store: Store, tmp_path: Path) -> None:
    add_signals(store, 1)
    with (
        serving(Intake([Reply(200, "<html>Welcome</html>")])) as intake,
        delivering(store, intake.url, backoff=Backoff(0.001, 3_600)) as deliverer,
    ):
        intake.wait_for_calls(1)
        deliverer.stop()
        deliverer.join()
        assert "no receipt of the API" in str(deliverer.problem)
    assert rows(tmp_path) == [("pending", None)]


def test_a_locked_store_delays_delivery_and_no_more(store: Store, tmp_path: Path) -> None:
    ids = add_signals(store, 2)
    with (
        serving(Intake()) as intake,
        closing(sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with delivering(store, intake.url) as deliverer:
            intake.wait_for_calls(2)
            other.execute("ROLLBACK")
            assert deliverer.drain(PATIENCE)
    assert {signal for signal, _ in intake.taken} == set(ids)
    assert [status for status, _ in rows(tmp_path)] == ["delivered"] * 2


def test_a_new_deliverer_goes_on_where_the_last_one_stopped(store: Store) -> None:
    ids = add_signals(store, 4)
    with serving(Intake([Reply(500)])) as intake:
        with delivering(store, intake.url, batch=2, backoff=Backoff(3_600, 3_600)):
            intake.wait_for_calls(1)
        with delivering(store, intake.url, batch=2) as second:
            assert second.drain(PATIENCE)
    assert [signal for signal, _ in intake.taken] == ids


def test_the_backlog_is_on_show(store: Store, metrics: DetectorMetrics) -> None:
    add_signals(store, 3)
    with (
        serving(Intake([Reply(500)])) as intake,
        delivering(store, intake.url, metrics, backoff=Backoff(3_600, 3_600)),
    ):
        intake.wait_for_calls(1)
        assert metrics.registry.get_sample_value("doelbinding_outbox_pending") == 3
        oldest = metrics.registry.get_sample_value("doelbinding_outbox_oldest_timestamp_seconds")
        backlog = store.outbox.backlog().oldest
        assert backlog is not None
        assert oldest == backlog.timestamp()


def test_a_fault_of_the_program_is_raised_in_the_thread_that_waits(store: Store) -> None:
    add_signals(store, 1)
    with httpx.Client(base_url="http://127.0.0.1:1") as client:
        deliverer = Deliverer(store, client, "token with a line\nbreak \u20ac", SystemClock())
        deliverer.start()
        with pytest.raises(UnicodeEncodeError):
            deliverer.drain(PATIENCE)
        with pytest.raises(UnicodeEncodeError):
            deliverer.join()
