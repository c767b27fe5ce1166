"""Interests on PostgreSQL: refusals, lists without them, replacement as a whole, and the upgrade of signals."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from services.api.db.migrate import MIGRATIONS, migrate
from tests.unit.api.conftest import START, Caller, a_signal, running, signal_id

THEIRS = "p1-" + "a" * 32


@pytest.fixture
def api(tmp_path: Path, postgresql: str) -> Iterator[Caller]:
    migrate(postgresql)
    with running(tmp_path / "home", None, people={"investigator": "e1"}, database_url=postgresql) as caller:
        yield caller


def load(api: Caller, *interests: dict[str, object]):
    known = [{"employeeId": None, "subject": None} | interest for interest in interests]
    register = {"readers": [{"reader": api.parts.people["investigator"], "interests": known}]}
    return api.call("PUT", "/v1/interests", "admin", json=register)


def test_a_reader_with_an_interest_is_refused_and_lists_leave_it_out(api: Caller) -> None:
    api.results(a_signal(1, employee_id=THEIRS), a_signal(2))
    past = {"validFrom": START.isoformat(), "validTo": (START + timedelta(hours=1)).isoformat()}
    before = {"validFrom": "2025-01-01T00:00:00Z", "validTo": "2025-02-01T00:00:00Z"}
    for interest, status in (({}, 403), (past, 403), (before, 200)):
        assert load(api, {"kind": "team", "employeeId": THEIRS, **interest}).status_code == 200
        assert api.get(f"/v1/signals/{signal_id(1)}").status_code == status
        for url in ("/v1/signals", "/v1/intake-items"):
            assert (signal_id(1) in api.get(url).text) == (status == 200)
            assert signal_id(2) in api.get(url).text
    refused = api.rows("SELECT object_id, detail FROM audit_entries WHERE action = 'refused'")
    assert [row["object_id"] for row in refused] == [signal_id(1)] * 2


def test_loads_at_once_end_in_one_of_them_whole(api: Caller) -> None:
    registers = [[{"kind": "self", "employeeId": f"p1-{number:032x}"}] * number for number in range(1, 7)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda interests: load(api, *interests), registers))
    assert {answer.status_code for answer in answers} <= {200, 409}
    told = {answer.json()["interests"] for answer in answers if answer.status_code == 200}
    kept = api.rows("SELECT employee_id, count(*) AS n FROM interests GROUP BY employee_id")
    assert len(kept) == 1
    assert kept[0]["n"] in told
    assert kept[0]["employee_id"] == f"p1-{kept[0]['n']:032x}"


def test_signals_that_were_there_get_their_window_as_moments(postgresql: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(postgresql)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.exec_driver_sql(
            "INSERT INTO signals (signal_id, revision, content_hash, as_of, rule, rule_class, severity, status, pushed,"
            " score, raised_at, received_at, body) VALUES ('s-1', 1, 'h', now(), 'own-file', 'P', 'high', 'open', true,"
            """ 62.5, now(), now(), '{"windowStart": "2026-03-02T09:00:00.000000Z","""
            """ "windowEnd": "2026-03-03T09:00:00.000001Z"}')"""
        )
        connection.exec_driver_sql("SET LOCAL timezone TO 'Europe/Amsterdam'")
        command.upgrade(config, "head")
        found = connection.exec_driver_sql("SELECT window_start, window_end FROM signals").one()
    engine.dispose()
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert tuple(found) == (start, start + timedelta(days=1, microseconds=1))
