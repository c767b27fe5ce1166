"""Interests on PostgreSQL: refusals, lists without them, replacement as a whole, and the upgrade of signals."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from services.api.db.migrate import MIGRATIONS, migrate
from tests.unit.api.conftest import START, Caller, a_signal, lookup, running, signal_id

THEIRS, OTHERS = "p1-" + "a" * 32, "p1-" + "b" * 32


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


def test_one_of_many_in_the_evidence_is_enough(api: Caller) -> None:
    lookups = [lookup(place, employee_id=name) for place, name in enumerate((OTHERS, THEIRS), 1)]
    many = {"employee_id": None, "evidence": lookups, "lookup_ids": ["log-1", "log-2"]}
    api.results(a_signal(1, **many), a_signal(2, employee_id=None))
    for whom, status in ((OTHERS, 403), (f"p1-{7:032x}", 200), (THEIRS, 403)):
        assert load(api, {"kind": "relative", "employeeId": whom}).status_code == 200
        assert api.get(f"/v1/signals/{signal_id(1)}").status_code == status
        for url in ("/v1/signals", "/v1/intake-items"):
            assert (signal_id(1) in api.get(url).text) == (status == 200)
            assert signal_id(2) in api.get(url).text


def test_signals_that_were_there_get_whom_their_evidence_names(postgresql: str) -> None:
    columns = "signal_id, revision, content_hash, as_of, rule, rule_class, severity, status, pushed, score, raised_at"
    with upgraded(postgresql, "0010") as connection:
        connection.exec_driver_sql(
            f"INSERT INTO signals ({columns}, received_at, body, employee_id)"
            " SELECT 's-' || n, 1, 'h', now(), 'r', 'P', 'high', 'open', true, 1, now(), now(), '{}',"
            " CASE n WHEN 2 THEN 'p1-9' END FROM generate_series(1, 2) n"
        )
        connection.exec_driver_sql(
            "INSERT INTO evidence (signal_id, position, lookup_id, body) SELECT 's-' || n, k, 'log',"
            " json_build_object('employeeId', 'p1-' || k %% 2, 'subject', CASE k WHEN 3 THEN 'p1-8' END)"
            " FROM generate_series(1, 2) n, generate_series(1, 4) k"
        )
    with upgraded(postgresql, "head") as connection:
        named = connection.exec_driver_sql("SELECT * FROM signal_people ORDER BY signal_id, pseudonym").all()
    assert [tuple(row) for row in named] == [("s-1", "p1-0"), ("s-1", "p1-1"), ("s-1", "p1-8"), ("s-2", "p1-8")]


@contextmanager
def upgraded(url: str, revision: str) -> Iterator[Connection]:
    """A connection to the database with the tables of a release."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


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
