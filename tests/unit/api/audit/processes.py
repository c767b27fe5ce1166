"""One API beside others, as far as the audit trail goes."""

from __future__ import annotations

import random

import pytest
from fastapi import HTTPException
from structlog.testing import capture_logs

from services.api.audit.keeper import Keeper
from services.api.audit.standing import signing
from services.api.audit.trail import append
from services.api.audit.verification import head_of
from services.api.audit.writer import TrailWriter
from services.api.db.engine import open_engine, reading, writing
from services.api.metrics import ApiMetrics
from tests.unit.api.audit.histories import START, SetClock, an_entry
from tests.unit.api.audit.tampering import Hand


class Process:
    """It reads, decides and looks; somebody else tampers by its hand, with triggers and all."""

    def __init__(self, history):
        self.history = history
        self.engine = open_engine(history.url).execution_options(**signing(history.notary))
        self.metrics = ApiMetrics()
        self.clock = SetClock(START)
        self.trail = TrailWriter(self.engine, self.clock, self.metrics)
        self.keeper = Keeper(self.engine, history.notary, history.export, self.clock, self.metrics)
        self.rng = random.Random(1)

    async def read(self):
        await self.trail.record([an_entry(self.rng)])

    async def decide(self):
        async with writing(self.engine) as connection:
            await append(connection, [an_entry(self.rng)], START)

    async def refused(self, why):
        with capture_logs() as logs, pytest.raises(HTTPException) as refusal:
            await self.read()
        assert refusal.value.status_code == 503
        assert [(log["event"], log["reason"]) for log in logs] == [("audit-trail-not-written", why)]
        return True

    async def head(self):
        async with reading(self.engine) as connection:
            return await connection.run_sync(head_of)

    async def close(self):
        await self.trail.close()
        await self.engine.dispose()

    async def put_back(self, head):
        """An end of the trail that was genuine once, and no entry beyond it."""
        async with writing(self.engine) as connection:
            await connection.run_sync(self._put_back, head)

    def _put_back(self, connection, head):
        hand = Hand(connection, self.history.export, self.rng)
        hand.sql("DELETE FROM audit_objects WHERE sequence > :at", at=head.sequence)
        hand.sql("DELETE FROM audit_entries WHERE sequence > :at", at=head.sequence)
        hand.sql("DELETE FROM audit_roots WHERE number > :at", at=head.root_number)
        hand.sql(
            "UPDATE audit_head SET sequence = :sequence, hash = :hash, root_number = :number, root_sequence = :rooted, "
            "key_id = :key, signature = :signature",
            sequence=head.sequence,
            hash=head.hash,
            number=head.root_number,
            rooted=head.root_sequence,
            key=head.key_id,
            signature=head.signature,
        )

    async def tamper(self, way):
        async with writing(self.engine) as connection:
            assert await connection.run_sync(lambda bare: way(Hand(bare, self.history.export, self.rng)))
