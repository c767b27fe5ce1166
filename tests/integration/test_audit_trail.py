"""The audit trail in a real PostgreSQL: tampering is found, several processes make one chain, changes are refused."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from services.api.audit.entries import Entry
from services.api.audit.export import begin, read_roots
from services.api.audit.listing import AuditQuery, entries_like
from services.api.audit.standing import FORGED, OLDER, signing
from services.api.audit.trail import append
from services.api.audit.trail_database import trail_view
from services.api.audit.verification import verify
from services.api.audit.writer import TrailWriter
from services.api.db import limits
from services.api.db.engine import holding, open_engine, writing
from services.api.db.migrate import migrate
from services.api.db.tables import warnings
from services.api.db.trouble import trouble_of
from services.api.metrics import ApiMetrics
from services.api.paging import page_query
from tests.unit.api.audit import tampering
from tests.unit.api.audit.histories import START, History, SetClock, an_entry, found, write_history, write_more
from tests.unit.api.audit.processes import Process


@pytest.fixture
def home(postgresql, tmp_path):
    """A trail that has not begun."""
    migrate(postgresql)
    (tmp_path / "home").mkdir()
    history = History(tmp_path / "home", postgresql)
    begin(history.export)
    return history


@pytest.fixture
def history(postgresql, tmp_path):
    migrate(postgresql)
    return write_history(tmp_path / "home", tmp_path, random.Random(4), postgresql)


def test_every_way_of_tampering_is_found(history):
    assert history.verified().whole
    missed, applied = [], 0
    for way in tampering.ALL:
        for seed in range(4):
            report = found(history, random.Random(seed), way)
            applied += report is not None
            if report is not None and report.whole:
                missed.append((way.__name__, seed))
    assert missed == []
    assert applied > 2 * len(tampering.ALL)
    assert history.verified().whole


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "TRUNCATE audit_head",
        "UPDATE audit_entries SET role = 'other'",
        "UPDATE audit_entries SET actor = NULL",
        "UPDATE audit_entries SET hash = '', actor = NULL, object_id = NULL, detail = NULL, salt = NULL",
        "DELETE FROM audit_roots",
        "UPDATE audit_roots SET number = 7",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = 0",
        "DELETE FROM audit_objects",
        "TRUNCATE audit_objects",
    ],
)
def test_the_database_itself_refuses_changes(history, statement):
    engine = create_engine(history.url)
    with engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text(statement))
    engine.dispose()


def test_decisions_and_reads_of_two_processes_make_one_chain(home):
    """Decisions lock rows of their own before and after they tell the trail, and never wait for each other."""

    async def work(seed):
        rng = random.Random(seed)
        engine = open_engine(home.url).execution_options(**signing(home.notary))
        trail = TrailWriter(engine, SetClock(START), ApiMetrics())
        for _ in range(10):
            await asyncio.gather(
                decide(engine, rng), decide(engine, rng), *(trail.record([an_entry(rng)]) for _ in range(5))
            )
        await trail.close()
        await engine.dispose()

    async def decide(engine, rng):
        async with writing(engine) as connection:
            await append(connection, [an_entry(rng)], START)
            one = warnings.c.id == rng.choice(("w-1", "w-2"))
            await connection.execute(warnings.update().where(one).values(recorded_by="token:other"))
            await append(connection, [an_entry(rng)], START)

    async def both():
        engine = open_engine(home.url)
        async with writing(engine) as connection:
            row = {
                "employee_id": "p1-1",
                "given_at": START,
                "until": START,
                "recorded_by": "token:lead",
                "recorded_at": START,
            }
            for number in ("w-1", "w-2"):
                await connection.execute(warnings.insert(), row | {"id": number, "reason": number})
        await engine.dispose()
        await asyncio.gather(work(1), work(2))

    asyncio.run(both())
    report = home.verified()
    assert (report.entries, report.whole) == (2 * 10 * (2 * 2 + 5), True)


def test_nothing_is_signed_on_top_of_a_forged_end(home):
    async def work():
        process = Process(home)
        for _ in range(3):
            await process.read()
        await process.tamper(tampering.cut_off_with_head)
        assert await process.refused(FORGED)
        assert await process.refused(FORGED)
        await process.close()

    asyncio.run(work())


@pytest.mark.parametrize("last", ["read", "decide"])
def test_an_earlier_end_that_is_put_back_is_noticed(home, last):
    async def work():
        process = Process(home)
        await process.read()
        await process.read()  # by one message
        earlier = await process.head()
        await getattr(process, last)()
        await process.put_back(earlier)
        assert await process.refused(OLDER)
        await process.close()

    asyncio.run(work())


def test_an_end_that_somebody_holds_is_a_503_and_not_a_wait_without_end(home, monkeypatch):
    monkeypatch.setattr(limits, "LOCK_MS", 1_000)

    async def work():
        process, holder = Process(home), open_engine(home.url)
        await process.read()
        await process.read()
        async with holding(holder) as connection:
            await connection.execute(text("SELECT 1 FROM audit_head FOR UPDATE"))
            for _ in range(2):  # by one message, and in the ordinary way
                assert await process.refused("LockNotAvailable")
            with pytest.raises(DatabaseError) as late:
                await process.decide()
            assert trouble_of(late.value).status == 503
        await process.read()
        await process.close()
        await holder.dispose()

    asyncio.run(work())
    assert home.verified().whole


def test_what_is_written_meanwhile_raises_no_alarm(history):
    exported = read_roots(history.export)
    keys = history.notary.public_keys
    with trail_view(history.url) as connection:
        first = verify(connection, exported, keys, lambda _: None)
        write_more(history, random.Random(5), batches=5)
        assert verify(connection, exported, keys, lambda _: None) == first
    assert first.whole
    assert history.verified().entries > first.entries


QUERIES = [
    {},
    {"actor": "token:7"},
    {"action": "read"},
    {"objectId": "s-" + f"{7:032x}"},
    {"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T10:00:00Z"},
]


def test_every_list_is_an_index_scan_among_many_entries(home):
    asyncio.run(many_entries(home, 5_000))
    engine = create_engine(home.url)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        for asked in QUERIES:
            like, order = entries_like(AuditQuery.model_validate(asked))
            query = page_query(like, order, None, 50).compile(engine, compile_kwargs={"literal_binds": True})
            plan = connection.exec_driver_sql(f"EXPLAIN {query}".replace("%", "%%")).scalars().all()
            assert not any("Seq Scan" in step or "Sort" in step for step in plan), (asked, plan)
    engine.dispose()


async def many_entries(home, count):
    engine = open_engine(home.url).execution_options(**signing(home.notary))
    for start in range(0, count, 1_000):
        async with writing(engine) as connection:
            await append(connection, [read_of(number) for number in range(start, start + 1_000)], START)
    await engine.dispose()


def read_of(number):
    signals = [f"s-{signal:032x}" for signal in range(number % 500, number % 500 + 10)]
    detail = {"shown": "signals", "signals": signals}
    return Entry(f"token:{number % 50}", "investigator", "read", "signal", None, None, detail)
