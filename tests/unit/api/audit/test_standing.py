"""Nothing is signed on top of an end of the trail that somebody else made, or put back."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from services.api.audit.export import add_roots
from services.api.audit.standing import FORGED, NO_HEAD, OLDER, OTHER_LAST
from services.api.audit.trail import append
from services.api.audit.verification import roots_of
from services.api.db.engine import at_the_end, open_engine, reading, writing
from tests.unit.api.audit.histories import START, History, an_entry
from tests.unit.api.audit.processes import Process
from tests.unit.api.audit.tampering import cut_off_with_head, unsign_head


async def failing():
    1 / 0  # noqa: B018


@pytest.fixture
def office(tmp_path, migrated):
    """Calls a coroutine function with a way to start processes, and ends those."""

    def run(work):
        async def within():
            history, started = History(migrated).copy(tmp_path / "home"), []
            history.export.touch()

            def start():
                started.append(Process(history))
                return started[-1]

            try:
                await work(start)
            finally:
                for process in started:
                    await process.close()

        asyncio.run(within())

    return run


def drop_last(hand):
    return bool(hand.sql("DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)"))


def second_head(hand):
    columns = "sequence, hash, root_number, root_sequence, root_at, key_id, signature"
    return bool(hand.sql(f"INSERT INTO audit_head (id, {columns}) SELECT 2, {columns} FROM audit_head"))


def add_beyond(hand):
    hand.insert(hand.entries[-1].sequence + 1)
    return True


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (cut_off_with_head, FORGED),
        (unsign_head, FORGED),
        (drop_last, OTHER_LAST),
        (add_beyond, OTHER_LAST),
        (second_head, NO_HEAD),
    ],
)
def test_a_process_that_knows_nothing_yet_adds_nothing_to_a_forged_end(office, way, why):
    async def work(start):
        before = start()
        for _ in range(3):
            await before.read()
        await before.tamper(way)
        assert await start().refused(why)

    office(work)


@pytest.mark.parametrize("last", ["read", "decide"])
def test_an_earlier_end_that_is_put_back_is_noticed_by_who_saw_a_later_one(office, last):
    async def work(start):
        process = start()
        await process.read()
        earlier = await process.head()
        await getattr(process, last)()
        await process.put_back(earlier)
        assert await process.refused(OLDER)

    office(work)


def test_other_processes_may_have_gone_further(office):
    async def work(start):
        one, other = start(), start()
        for process in (one, other, other, one, one, other):
            await process.read()
        assert one.history.verified().whole
        assert one.history.verified().entries == 6

    office(work)


def test_a_process_notices_that_others_went_on_from_an_earlier_end(office):
    async def work(start):
        one, other = start(), start()
        await one.read()
        earlier = await one.head()
        await one.read()
        await one.put_back(earlier)
        await other.read()
        await other.read()
        assert await one.refused(OLDER)

    office(work)


def test_what_was_rolled_back_is_not_remembered(office):
    async def work(start):
        process = start()
        await process.read()
        with suppress(ZeroDivisionError):
            async with writing(process.engine) as connection:
                for _ in range(2):
                    await append(connection, [an_entry(process.rng)], START)
                await at_the_end(connection, failing)
        await process.read()
        assert process.history.verified().entries == 2

    office(work)


def test_after_a_restart_a_backup_is_gone_on_from_and_the_roots_tell(office, tmp_path):
    async def work(start):
        before = start()
        await before.read()
        await before.keeper.round()
        shutil.copy(before.history.file, tmp_path / "backup")
        before.clock.at = START.replace(hour=20)
        await before.read()
        await before.keeper.round(last=True)
        await before.engine.dispose()
        for name in ("api.sqlite", "api.sqlite-wal", "api.sqlite-shm"):
            (before.history.home / name).unlink(missing_ok=True)
        shutil.copy(tmp_path / "backup", before.history.file)
        after = start()
        await after.read()
        assert {fault.kind for fault in after.history.verified().findings.faults} >= {"root"}
        with capture_logs() as logs:
            await after.keeper.round()
        assert [(log["event"], log["kind"]) for log in logs] == [("audit-trail-broken", "root")]

    office(work)


def test_the_keeper_tells_of_an_earlier_end_and_signs_no_root_on_it(office):
    async def work(start):
        process = start()
        await process.read()
        earlier = await process.head()
        await process.read()
        await process.put_back(earlier)
        process.clock.at = START.replace(hour=20)
        with capture_logs() as logs:
            await process.keeper.round(last=True)
        assert {(log["event"], log["kind"]) for log in logs} == {("audit-trail-broken", "truncated")}
        async with reading(process.engine) as connection:
            assert len(await connection.run_sync(roots_of)) == earlier.root_number

    office(work)


def test_what_other_processes_exported_meanwhile_is_no_alarm(office):
    async def work(start):
        one, other = start(), start()
        await one.read()
        await one.keeper.round()
        other.clock.at = START.replace(hour=20)
        await other.read()
        await other.keeper.round()
        async with reading(one.engine) as connection:
            add_roots(one.history.export, await connection.run_sync(roots_of))
        with capture_logs() as logs:
            await one.keeper.round()
        assert logs == []

    office(work)


def test_a_trail_from_before_there_was_a_key_is_gone_on_from(office):
    async def work(start):
        process = start()
        bare = open_engine(process.history.url)
        async with writing(bare) as connection:
            await append(connection, [an_entry(process.rng)], START)
        await bare.dispose()
        assert (await process.head()).unsigned
        await process.read()
        assert process.history.verified().whole

    office(work)


def test_a_decision_that_cannot_be_recorded_is_a_503_and_nothing_is_done(own_api):
    own_api.get("/v1/signals")
    own_api.get("/v1/signals")
    own_api.rows("DROP TRIGGER audit_head_update")
    own_api.rows("UPDATE audit_head SET signature = x'00'")
    with capture_logs() as logs:
        search = {"purpose": "investigation", "employeeId": "e-1", "reason": "A question of the case."}
        answers = [
            own_api.call("POST", "/v1/signals/_search", "investigator", json=search),
            own_api.get("/v1/signals"),
        ]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert {log["reason"] for log in logs if log["event"] == "audit-trail-not-written"} == {FORGED}
    assert len(own_api.trail()) == 2
