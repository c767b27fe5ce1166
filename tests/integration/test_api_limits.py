"""A process of the API that is frozen keeps nothing from the others on PostgreSQL for longer than it should."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import DBAPIError

from services.api.db import limits
from services.api.db.direct import DirectReader
from services.api.db.engine import holding, open_engine
from services.api.db.trouble import trouble_of
from services.api.publishing.publisher import TURN
from services.api.publishing.turns import turn
from services.core import kafka_broker
from tests.integration.kafka_topic import await_that

STAND_STILL_MS = 2_000
SETTINGS = table("pg_settings", column("name"), column("setting"))
LIMITS = ("lock_timeout", "idle_in_transaction_session_timeout")
SHOWN = select(SETTINGS.c.name, SETTINGS.c.setting).where(SETTINGS.c.name.in_(LIMITS))


@contextmanager
def a_turn_elsewhere(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, in whose hands the turn is; it is ended."""
    line = [sys.executable, "-m", "tests.integration.frozen_publisher", url, str(TURN), str(STAND_STILL_MS)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ours\n"
            yield process
        finally:
            process.kill()


async def is_ours(url: str) -> bool:
    engine = open_engine(url)
    async with turn(engine, TURN) as connection:
        ours = connection is not None
    await engine.dispose()
    return ours


def test_the_turn_of_a_process_that_is_frozen_goes_to_another(postgresql: str) -> None:
    with a_turn_elsewhere(postgresql) as frozen:
        assert not asyncio.run(is_ours(postgresql))
        frozen.send_signal(signal.SIGSTOP)
        assert not asyncio.run(is_ours(postgresql))
        await_that(lambda: asyncio.run(is_ours(postgresql)), "another process has the turn")
        assert frozen.poll() is None


def test_a_turn_outlasts_the_longest_send() -> None:
    connecting = kafka_broker.PRODUCER["bootstrap_timeout_ms"]
    assert isinstance(connecting, int)
    assert connecting + 1_000 * kafka_broker.GIVE_UP_SECONDS < limits.STAND_STILL_MS


def test_every_connection_of_the_api_has_limits(postgresql: str) -> None:
    async def shown() -> list[dict[str, str]]:
        engine = open_engine(postgresql)
        reader = DirectReader(engine)
        async with holding(engine) as connection:
            rows = [tuple(row) for row in await connection.execute(SHOWN)]
        found = [dict(each) for each in (rows, await reader.rows(reader.prepare(SHOWN), {}))]
        await reader.close()
        await engine.dispose()
        return found

    expected = dict(zip(LIMITS, (str(limits.LOCK_MS), str(limits.STAND_STILL_MS)), strict=True))
    assert asyncio.run(shown()) == [expected, expected]


def test_a_lock_that_does_not_come_free_is_a_503_with_advice(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOCK_MS", 100)

    async def waited_in_vain() -> DBAPIError:
        engine = open_engine(postgresql)
        lock = text("SELECT pg_advisory_xact_lock(1)")
        async with holding(engine) as first:
            await first.execute(lock)
            with pytest.raises(DBAPIError) as told:
                async with holding(engine) as second:
                    await second.execute(lock)
        await engine.dispose()
        return told.value

    trouble = trouble_of(asyncio.run(waited_in_vain()))
    assert trouble is not None
    assert (trouble.status, trouble.reason) == (HTTPStatus.SERVICE_UNAVAILABLE, "LockNotAvailable")
    assert "another process writes to it" in trouble.advice
