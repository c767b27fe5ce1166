"""Beside the requests intervals end in signed roots, these go out of the database, and the end is looked at."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from services.api.audit.export import add_roots, read_roots
from services.api.audit.heads import ROOT_ENTRIES
from services.api.audit.keeper import Keeper
from services.api.audit.standing import signing
from services.api.audit.trail import append
from services.api.db.engine import open_engine, writing
from services.api.metrics import ApiMetrics
from tests.unit.api.audit.histories import START, History, SetClock, an_entry, write_history
from tests.unit.api.audit.tampering import triggers_gone


class Office:
    """A trail with its keeper, on a clock of its own."""

    def __init__(self, history):
        self.history = history
        self.engine = open_engine(history.url).execution_options(**signing(history.notary))
        self.clock = SetClock(START)
        self.metrics = ApiMetrics()
        self.keeper = Keeper(self.engine, history.notary, history.export, self.clock, self.metrics)
        self.rng = random.Random(1)

    async def add(self, entries=1):
        async with writing(self.engine) as connection:
            await append(connection, [an_entry(self.rng) for _ in range(entries)], self.clock.at)

    async def tamper(self, statement):
        async with writing(self.engine) as connection:
            for gone in await connection.run_sync(triggers_gone):
                await connection.execute(text(gone))
            await connection.execute(text(statement))

    def sample(self, name):
        return self.metrics.registry.get_sample_value(f"doelbinding_api_audit_{name}")

    @property
    def exported(self):
        return [root.sequence for root in read_roots(self.history.export).roots]


@pytest.fixture
def office(tmp_path, migrated):
    """Calls a coroutine function with an office, and closes it."""

    def run(work):
        async def within():
            office = Office(History(migrated).copy(tmp_path / "home"))
            await work(office)
            await office.engine.dispose()

        asyncio.run(within())

    return run


def test_a_root_ends_an_interval_after_five_minutes(office):
    async def work(office):
        await office.add(3)
        await office.keeper.round()
        await office.add()
        await office.keeper.round()
        assert office.exported == [3]
        office.clock.at += timedelta(minutes=5)
        await office.keeper.round()
        assert office.exported == [3, 4]
        office.clock.at += timedelta(minutes=5)
        await office.keeper.round()
        assert office.exported == [3, 4]  # nothing was added

    office(work)


def test_a_root_ends_an_interval_of_many_entries(office):
    async def work(office):
        await office.add()
        await office.add(ROOT_ENTRIES - 1)
        await office.add()
        await office.keeper.round()
        assert office.exported == [1, ROOT_ENTRIES + 1]

    office(work)


def test_a_clean_stop_leaves_nothing_without_a_root(office):
    async def work(office):
        office.keeper.start()
        await office.add()
        await office.add(2)
        await office.keeper.close()
        assert office.exported[-1] == 3

    office(work)


def test_a_line_that_a_crash_cut_off_is_written_again(office):
    async def work(office):
        await office.add()
        await office.keeper.round()
        whole = office.history.export.read_bytes()
        office.history.export.write_bytes(whole[:-20])
        assert read_roots(office.history.export).unreadable == []
        await office.keeper.round()
        assert office.history.export.read_bytes() == whole

    office(work)


def test_two_processes_with_one_file_write_each_root_once(office):
    async def work(office):
        for _ in range(3):
            await office.add()
            office.clock.at += timedelta(minutes=6)
            await office.keeper.round()
        roots = read_roots(office.history.export).roots
        add_roots(office.history.export, roots)
        assert len(read_roots(office.history.export).roots) == len(roots) == 3

    office(work)


def test_what_is_exported_is_public_and_names_nobody(office):
    async def work(office):
        await office.add(5)
        await office.keeper.round()
        (line,) = office.history.export.read_text().splitlines()
        assert json.loads(line).keys() == {"number", "sequence", "hash", "at", "keyId", "signature"}

    office(work)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET role = 'other' WHERE sequence = 290",
        "DELETE FROM audit_entries WHERE sequence = 300",
        "UPDATE audit_head SET signature = NULL",
        "UPDATE audit_roots SET signature = x'00'",
        "DELETE FROM audit_head",
    ],
)
def test_tampering_at_the_end_is_noticed_without_verify(office, statement):
    async def work(office):
        await office.add(300)
        await office.keeper.round()
        assert office.sample("verified_timestamp_seconds") == office.clock.at.timestamp()
        assert office.sample("failures_total") == 0
        await office.tamper(statement)
        office.clock.at += timedelta(minutes=1)
        with capture_logs() as logs:
            await office.keeper.round()
        assert office.sample("failures_total") == 1
        assert office.sample("verified_timestamp_seconds") < office.clock.at.timestamp()
        assert {log["event"] for log in logs} == {"audit-trail-broken"}

    office(work)


def test_honest_ends_of_any_length_are_whole(tmp_path, migrated):
    for batches in (0, 1, 12):
        history = write_history(tmp_path / str(batches), migrated, random.Random(batches), batches=batches)
        asyncio.run(look(history))


async def look(history):
    office = Office(history)
    await office.keeper.round()
    assert office.sample("failures_total") == 0
    await office.engine.dispose()


def test_a_disk_that_is_away_is_told_once_and_tried_again(office, monkeypatch):
    monkeypatch.setattr("services.api.audit.keeper.ROUND_SECONDS", 0.01)

    async def work(office):
        await office.add()
        office.history.export.unlink(missing_ok=True)
        office.history.export.mkdir()
        with capture_logs() as logs:
            office.keeper.start()
            while not logs:
                await asyncio.sleep(0.01)
            office.history.export.rmdir()
            while not office.history.export.exists():
                await asyncio.sleep(0.01)
            await office.keeper.close()
        assert [log["event"] for log in logs] == ["audit-trail-not-kept"]
        assert office.exported == [1]

    office(work)
