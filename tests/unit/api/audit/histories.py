"""Random histories of an audit trail in a database of their own, written as the API writes them."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import HTTPException
from sqlalchemy import Connection, event

from services.api.audit import export
from services.api.audit.entries import Entry
from services.api.audit.export import read_roots
from services.api.audit.findings import Report
from services.api.audit.keeper import Keeper
from services.api.audit.keys import Notary, open_audit_key
from services.api.audit.retention import blank
from services.api.audit.standing import signing
from services.api.audit.trail import append
from services.api.audit.trail_database import trail_view
from services.api.audit.verification import verify
from services.api.audit.writer import TrailWriter
from services.api.db.engine import open_engine, writing
from services.api.metrics import ApiMetrics
from tests.unit.api.audit.tampering import Hand, Tampering

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACTIONS = ("read", "assess", "reveal", "refused")
PEOPLE = ("token:investigator", "token:lead", "oidc:8f14e45f", "Ünïcødé \U0001f512")


@dataclass
class History:
    """A home folder with a trail in it, or beside a database elsewhere."""

    home: Path
    database: str | None = None

    @property
    def file(self) -> Path:
        return self.home / "api.sqlite"

    @property
    def url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.file}"

    @property
    def export(self) -> Path:
        return self.home / "audit-roots.ndjson"

    @property
    def notary(self) -> Notary:
        return open_audit_key(self.home / "audit-key.json")

    def verified(self) -> Report:
        with trail_view(self.url) as connection:
            return self.verified_in(connection)

    def verified_in(self, connection: Connection) -> Report:
        exported = read_roots(self.export) if self.export.exists() else None
        return verify(connection, exported, self.notary.public_keys, lambda _: None)

    def copy(self, home: Path) -> History:
        home.mkdir(mode=0o700)
        for name in ("api.sqlite", "audit-roots.ndjson", "audit-key.json"):
            if (self.home / name).exists():
                shutil.copy(self.home / name, home / name)
        return History(home)


@dataclass
class SetClock:
    """Shows the time that it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def an_entry(rng: random.Random) -> Entry:
    action = rng.choice(ACTIONS)
    signals = [f"s-{rng.getrandbits(128):032x}" for _ in range(rng.choice((0, 1, 3, 50)))]
    detail: dict[str, object] = {"shown": "signals", "signals": signals} if action == "read" else {"verdict": "none"}
    object_id = f"i-{rng.getrandbits(128):032x}" if action != "read" else None
    purpose = rng.choice((None, "assessment", "quality-review"))
    return Entry(rng.choice(PEOPLE), "investigator", action, "intake-item", object_id, purpose, detail)


def found(history: History, rng: random.Random, way: Tampering) -> Report | None:
    """What `verify` finds after one change, which is then undone; nothing where it did not apply."""
    outside = history.export.read_bytes()
    with trail_view(history.url) as connection:
        change = connection.begin_nested()
        applied = way(Hand(connection, history.export, rng))
        report = history.verified_in(connection) if applied else None
        change.rollback()
    history.export.write_bytes(outside)
    return report


def noticed(history: History, home: Path, rng: random.Random, way: Tampering) -> bool | None:
    """Whether a process that goes on after one change refuses to, or `verify` finds it then; None: it did not apply."""
    copy = history.copy(home)
    seen = asyncio.run(_gone_on(copy, rng, way))
    if seen is False:
        seen = not copy.verified().whole
    shutil.rmtree(home)
    return seen


async def _gone_on(history: History, rng: random.Random, way: Tampering) -> bool | None:
    engine = open_engine(history.url).execution_options(**signing(history.notary))
    event.listen(engine.sync_engine, "connect", _hasty)
    clock, metrics = SetClock(START + timedelta(days=1)), ApiMetrics()
    trail = TrailWriter(engine, clock, metrics)
    try:
        await trail.record([an_entry(rng)])
        await Keeper(engine, history.notary, history.export, clock, metrics).round()
        async with writing(engine) as connection:
            applied = await connection.run_sync(lambda bare: way(Hand(bare, history.export, rng)))
        if not applied:
            return None
        await trail.record([an_entry(rng)])
    except HTTPException:
        return True
    finally:
        await engine.dispose()
    return False


def write_history(home: Path, migrated: Path, rng: random.Random, url: str | None = None, batches: int = 25) -> History:
    """So many transactions of one to five entries; intervals, exports, removals by retention, a clock set back."""
    home.mkdir(mode=0o700)
    if url is None:
        shutil.copy(migrated / "api.sqlite", home / "api.sqlite")
    history = History(home, url)
    export.begin(history.export)
    write_more(history, rng, batches)
    return history


def write_more(history: History, rng: random.Random, batches: int = 25) -> None:
    """The history goes on."""
    asyncio.run(_write(history, rng, batches))


def _hasty(connection: sqlite3.Connection, _record: object) -> None:
    """These histories need not outlive the machine."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


async def _write(history: History, rng: random.Random, batches: int) -> None:
    engine = open_engine(history.url).execution_options(**signing(history.notary))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _hasty)
    clock = SetClock(START)
    keeper = Keeper(engine, history.notary, history.export, clock, ApiMetrics())
    for _ in range(batches):
        passed = rng.choice((0, 1, 30, 400, -20))
        clock.at += timedelta(seconds=passed)
        async with writing(engine) as connection:
            if rng.random() < 0.15:
                await blank(connection, clock.at - timedelta(minutes=20), "token:admin", "admin", clock.at)
            await append(connection, [an_entry(rng) for _ in range(rng.randint(1, 5))], clock.at)
        if passed == 400 or rng.random() < 0.3:  # a keeper that runs lets no root wait for long
            await keeper.round(last=rng.random() < 0.3)
    if rng.random() < 0.8:
        await keeper.round(last=rng.random() < 0.5)
    await engine.dispose()
