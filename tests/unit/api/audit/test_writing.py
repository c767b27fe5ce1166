"""What readers do is durable before they get their answer; many requests share a transaction; nothing is shown else."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest
from fastapi import HTTPException
from sqlalchemy.exc import DatabaseError
from structlog.testing import capture_logs

from services.api.audit import writer
from services.api.audit.entries import Entry
from services.api.audit.keys import Notary, open_audit_key, read_public_keys
from services.api.audit.standing import signing
from services.api.audit.trail import append
from services.api.audit.writer import TrailWriter
from services.api.db.engine import open_engine, writing
from services.api.metrics import ApiMetrics
from services.core.errors import InputError
from tests.unit.api.audit.histories import START, History, SetClock, an_entry


@pytest.fixture
def home(tmp_path, migrated):
    """A history that has not begun."""
    history = History(migrated).copy(tmp_path / "home")
    history.export.touch()
    return history


def opened(home):
    engine = open_engine(home.url).execution_options(**signing(home.notary))
    return engine, TrailWriter(engine, SetClock(START), ApiMetrics())


def sample(metrics, name):
    return metrics.registry.get_sample_value(f"doelbinding_api_audit_{name}")


def entry(number=1, **changes):
    values = {"actor": f"token:{number}", "role": "lead", "action": "read", "object_kind": "signal", "object_id": None}
    return Entry(**values | changes)


def test_requests_that_wait_share_a_transaction(home):
    async def read_at_once():
        engine, trail = opened(home)
        await asyncio.gather(*(trail.record([entry(number)]) for number in range(300)))
        await engine.dispose()
        return trail._metrics

    metrics = asyncio.run(read_at_once())
    assert sample(metrics, "entries_total") == 300
    assert sample(metrics, "commit_seconds_count") == 2  # of at most 200 requests each
    report = home.verified()
    assert (report.entries, report.whole) == (300, True)


def test_decisions_and_reads_of_two_processes_make_one_chain(home):
    async def work(seed):
        rng = random.Random(seed)
        engine, trail = opened(home)
        for _ in range(15):
            async with writing(engine) as connection:
                await append(connection, [an_entry(rng)], START)
            await asyncio.gather(*(trail.record([an_entry(rng)]) for _ in range(3)))
        await engine.dispose()

    async def both():
        await asyncio.gather(work(1), work(2))

    asyncio.run(both())
    report = home.verified()
    assert (report.entries, report.whole) == (2 * 15 * 4, True)


def test_what_a_decision_tells_goes_with_the_decision(home):
    async def decide():
        engine, _ = opened(home)
        for succeeds in (False, True):
            with suppress(ZeroDivisionError):
                async with writing(engine) as connection:
                    await append(connection, [entry(), entry()], START)
                    1 / succeeds
        await engine.dispose()

    asyncio.run(decide())
    assert home.verified().entries == 2


def test_a_request_that_is_broken_off_holds_nobody_up(home):
    async def read():
        engine, trail = opened(home)
        first = asyncio.create_task(trail.record([entry(1)]))
        others = [asyncio.create_task(trail.record([entry(number)])) for number in range(2, 6)]
        await asyncio.sleep(0)
        first.cancel()
        others[0].cancel()
        await asyncio.gather(*others[1:])
        await trail.close()
        await engine.dispose()

    asyncio.run(read())
    report = home.verified()
    assert report.whole
    assert report.entries >= 3


def test_closing_writes_what_waits(home):
    async def read():
        engine, trail = opened(home)
        waiting = asyncio.create_task(trail.record([entry()]))
        await asyncio.sleep(0)
        await trail.close()
        assert waiting.done() or await waiting is None
        await engine.dispose()

    asyncio.run(read())
    assert home.verified().entries == 1


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("ALTER TABLE audit_entries RENAME TO gone", "ALTER TABLE gone RENAME TO audit_entries"),
        ("DROP TRIGGER audit_head_delete; DELETE FROM audit_head", None),
    ],
)
def test_what_cannot_be_written_is_a_503_and_the_log_tells_why(home, broken, mended):
    async def read():
        engine, trail = opened(home)
        await execute(engine, broken)
        with capture_logs() as logs, pytest.raises(HTTPException) as refused:
            await trail.record([entry()])
        assert refused.value.status_code == 503
        assert [log["event"] for log in logs] == ["audit-trail-not-written"]
        assert sample(trail._metrics, "refused_total") == 1
        if mended:
            await execute(engine, mended)
            await trail.record([entry()])
        await engine.dispose()

    asyncio.run(read())


async def execute(engine, statements):
    async with writing(engine) as connection:
        for statement in statements.split("; "):
            await connection.exec_driver_sql(statement)


def test_when_too_many_wait_the_next_is_refused_at_once(home, monkeypatch):
    monkeypatch.setattr(writer, "MOST_WAITING", 3)

    async def read():
        engine, trail = opened(home)
        results = await asyncio.gather(*(trail.record([entry(n)]) for n in range(5)), return_exceptions=True)
        await engine.dispose()
        return [getattr(result, "status_code", 200) for result in results]

    assert asyncio.run(read()) == [200, 200, 200, 503, 503]


@pytest.mark.parametrize(
    "changes",
    [
        {"detail": {"score": 0.5}},
        {"detail": {"n": 2**53}},
        {"actor": "x" * 201},
        {"object_id": "a\x00b"},
        {"role": "\ud800"},
    ],
)
def test_what_cannot_be_written_in_one_way_is_refused_before_it_meets_others(home, changes):
    async def read():
        engine, trail = opened(home)
        good = asyncio.create_task(trail.record([entry()]))
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            await trail.record([entry(**changes)])
        await good
        await engine.dispose()

    asyncio.run(read())
    assert home.verified().entries == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET role = 'other'",
        "UPDATE audit_entries SET actor = 'other'",
        "UPDATE audit_entries SET actor = NULL",
        "UPDATE audit_entries SET hash = x'00', actor = NULL, object_id = NULL, detail = NULL, salt = NULL",
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries",
        "DELETE FROM audit_roots",
        "UPDATE audit_roots SET number = 7",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = 0",
        "DELETE FROM audit_objects",
        "UPDATE audit_objects SET sequence = 7",
    ],
)
def test_the_database_itself_refuses_changes(home, statement):
    async def change():
        engine, trail = opened(home)
        await trail.record([entry(object_id="s-" + "0" * 32)])
        with pytest.raises(DatabaseError, match="append-only"):
            await execute(engine, statement)
        await engine.dispose()

    asyncio.run(change())


def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "audit-key.json"
    made = open_audit_key(path)
    assert open_audit_key(path).key_id == made.key_id
    path.chmod(0o640)
    with pytest.raises(InputError, match="chmod 600"):
        open_audit_key(path)


@pytest.mark.parametrize("content", ["", "{}", '{"private": "00", "earlier": []}', '{"private": 7, "earlier": []}'])
def test_a_file_that_is_no_key_is_told(tmp_path, content):
    path = tmp_path / "audit-key.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(InputError, match="holds no key"):
        open_audit_key(path)


def test_what_an_earlier_key_signed_counts(tmp_path):
    old, new = open_audit_key(tmp_path / "old.json"), open_audit_key(tmp_path / "new.json")
    (tmp_path / "public").write_text(f"{old.public_hex}\n\n{new.public_hex}\n")
    keys = read_public_keys(tmp_path / "public")
    assert keys.holds(old.key_id, b"text", old.sign(b"text"))
    assert not keys.holds(new.key_id, b"text", old.sign(b"text"))
    assert not keys.holds(None, b"text", None)
    rotated = Notary(new._private, [old._public])
    assert rotated.public_keys.holds(old.key_id, b"text", old.sign(b"text"))
