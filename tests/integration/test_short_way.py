"""On PostgreSQL the short way of reading goes by the driver itself; it lasts, and leaves one whole chain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.api.audit.export import read_roots
from services.api.audit.keys import open_audit_key
from services.api.audit.trail_database import trail_view
from services.api.audit.verification import verify
from services.api.db.migrate import migrate
from tests.unit.api.conftest import Caller, a_signal, running, signal_id

ONE = f"/v1/signals/{signal_id(1)}"
END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def api(tmp_path: Path, postgresql: str) -> Iterator[Caller]:
    migrate(postgresql)
    with running(tmp_path / "home", None, database_url=postgresql) as caller:
        caller.results(a_signal(1), a_signal(2))
        yield caller


def verified(api: Caller):
    settings = api.parts.settings
    exported = read_roots(settings.audit_roots)
    keys = open_audit_key(settings.home / "audit-key.json").public_keys
    with trail_view(settings.database) as connection:
        return verify(connection, exported, keys, lambda _share: None)


def reads(api: Caller) -> int:
    return len(api.rows("SELECT 1 FROM audit_entries WHERE action = 'read'"))


def test_reads_among_decisions_and_roots_make_one_chain(api: Caller) -> None:
    """What others add, and the keeper's roots, move the end of the chain that the reads know."""
    for _ in range(3):
        for url in ("/v1/signals", ONE, ONE):
            assert api.get(url).status_code == 200
        assert api.get("/v1/intake-items").status_code == 200
        assert api.get("/v1/audit-entries", "auditor").status_code == 200
        api.clock.at += timedelta(minutes=6)  # so that a root is due
        api.portal.call(api.parts.keeper.round)
    report = verified(api)
    assert report.whole
    assert report.entries == len(api.rows("SELECT 1 FROM audit_entries")) >= 3 * 5
    about = api.rows(f"SELECT count(*) AS n FROM audit_objects WHERE object_key = '{1:032x}'")
    assert about[0]["n"] == 3 * 4


def test_reads_at_once_are_all_recorded(api: Caller) -> None:
    async def at_once() -> list[httpx.Response]:
        token = {"Authorization": f"Bearer {api.parts.tokens['lead']}"}
        return await asyncio.gather(*(api._client.get(ONE, headers=token) for _ in range(100)))

    assert {answer.status_code for answer in api.portal.call(at_once)} == {200}
    assert reads(api) == 100
    assert verified(api).whole


def test_after_the_database_was_away_reads_go_on(api: Caller) -> None:
    assert api.get(ONE).status_code == 200
    api.rows(END_THE_OTHERS)
    answers = [api.get(ONE) for _ in range(4)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200
    assert all("p1-" not in answer.text for answer in answers if answer.status_code == 503)
    api.portal.call(api.parts.engine.dispose)  # its connections were ended too, and nobody has noticed
    assert reads(api) == 1 + statuses.count(200)
    assert verified(api).whole


def test_a_read_that_is_broken_off_disturbs_no_other(api: Caller) -> None:
    async def break_off() -> None:
        token = {"Authorization": f"Bearer {api.parts.tokens['lead']}"}
        for wait in range(8):
            reads = [asyncio.create_task(api._client.get("/v1/signals", headers=token)) for _ in range(6)]
            await asyncio.sleep(wait / 1_000)
            for read in reads[::2]:
                read.cancel()
            answers = await asyncio.gather(*reads, return_exceptions=True)
            assert {answer.status_code for answer in answers[1::2] if isinstance(answer, httpx.Response)} == {200}

    api.portal.call(break_off)
    assert verified(api).whole
