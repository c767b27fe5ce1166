"""The main job as a newcomer starts it: lookups in, signals in the intake queue, metrics beside it."""

from __future__ import annotations

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import DELIVERED, EXPLAINED, SIZE, Deployables, MainJob, look
from tests.identities import given_away, identities, pseudonyms_in
from tests.processes import free_port, started

pytestmark = pytest.mark.slow


def output_of(home: Path) -> bytes:
    """Everything that the processes of a home folder wrote."""
    files = [path for path in home.rglob("*") if path.suffix in (".out", ".err")]
    assert files
    return b"\n".join(path.read_bytes() for path in files)


def test_the_demo_ends_by_itself_and_shows_the_top_signals_and_where_the_page_is(main_job: MainJob) -> None:
    assert main_job.first.code == 0, main_job.first.err
    assert "Top of the intake queue" in main_job.first.out
    assert re.search(r"Queue: +http://127\.0\.0\.1:\d+/queue", main_job.first.out)
    pushed = [signal for signal in main_job.rescored.values() if signal["pushed"]]
    assert str(max(pushed, key=lambda signal: float(signal["score"]))["rule"]) in main_job.first.out
    assert "Traceback" not in main_job.first.err


def test_the_signals_equal_those_of_rescoring_the_same_lookups(main_job: MainJob) -> None:
    pushed = [one["pushed"] for one in main_job.rescored.values()]
    assert {True, False} == set(pushed)
    assert main_job.seen.signals.keys() == main_job.rescored.keys()
    for signal_id, rescored in main_job.rescored.items():
        assert main_job.seen.signals[signal_id] == rescored


def test_submitting_what_was_rescored_pushes_nothing_twice_and_revises_nothing(main_job: MainJob) -> None:
    assert main_job.seen_after_rescoring == main_job.seen


def test_the_queue_holds_each_pushed_signal_once_and_no_other(main_job: MainJob) -> None:
    pushed = sorted(signal_id for signal_id, one in main_job.rescored.items() if one["pushed"])
    assert sorted(main_job.seen.items.values()) == pushed


def test_a_second_start_keeps_what_was_there_and_ends_with_ctrl_c(main_job: MainJob) -> None:
    port = free_port()
    with started(main_job.home, "demo", "--port", "0", "--metrics-port", str(port), *SIZE) as demo:
        url = demo.until_it_says(r"Queue: +(http://[\d.:]+)")[1]
        demo.until_it_says(r"Ctrl-C stops")
        assert "0 new lookups, 0 revisions" in demo.said
        assert look(url, main_job.state) == main_job.seen
        assert "doelbinding_api_open_signals" in httpx.get(f"{url}/metrics").text
        page = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert "doelbinding_outbox_pending 0.0" in page
        assert "doelbinding_engine_owned NaN" in page, "an input that has ended is no engine without owner"
        assert demo.told_to_stop(signal.SIGINT).code == 0
    assert "Traceback" not in demo.said


def test_serve_and_detect_as_processes_of_their_own_give_the_same(main_job: MainJob, deployables: Deployables) -> None:
    assert {name: end.code for name, end in deployables.ends.items()} == {"followed": 0, "closed": 0, "api": 0}
    assert deployables.seen.signals == main_job.seen.signals
    assert sorted(deployables.seen.items.values()) == sorted(main_job.seen.items.values())


def test_both_deployables_count_what_they_did(deployables: Deployables) -> None:
    assert re.search(r'doelbinding_api_intake_signals_total\{result="stored"\} [1-9]', deployables.metrics["api"])
    assert re.search(EXPLAINED, deployables.metrics["detector"])
    assert re.search(DELIVERED, deployables.metrics["detector"])
    assert "doelbinding_engine_owned 1.0" in deployables.metrics["detector"]


def test_no_output_log_or_metric_holds_an_identity_or_a_pseudonym(main_job: MainJob, deployables: Deployables) -> None:
    known = identities(main_job.dataset)
    assert len(known) > 1_000
    written = output_of(main_job.home) + output_of(deployables.home)
    for text in (written, *(metrics.encode() for metrics in deployables.metrics.values())):
        assert given_away(text, known) == set()
        assert pseudonyms_in(text) == set()


def test_no_database_holds_a_bsn_or_an_employee_id(main_job: MainJob, deployables: Deployables) -> None:
    known = identities(main_job.dataset)
    databases = [*main_job.home.rglob("*.sqlite*"), *deployables.home.glob("*.sqlite*")]
    assert {path.name for path in databases} >= {"api.sqlite", "detector.sqlite"}
    for path in databases:
        assert given_away(path.read_bytes(), known) == set()


def test_everybody_whom_a_pushed_signal_names_can_be_revealed_and_few_others_reach_the_api(
    main_job: MainJob, deployables: Deployables
) -> None:
    pushed = [signal for signal in main_job.rescored.values() if signal["pushed"]]
    named = {str(signal[who]) for signal in pushed for who in ("employeeId", "subject") if signal[who]}
    for home in (main_job.state, deployables.home):
        with closing(sqlite3.connect(home / "api.sqlite")) as database:
            held = {row[0] for row in database.execute("SELECT pseudonym FROM identities")}
        assert named <= held
        assert len(held) < len(identities(main_job.dataset)) / 2
