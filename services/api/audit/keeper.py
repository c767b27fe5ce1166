"""A task beside the requests that ends intervals of the audit trail, exports their roots, and looks at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb

import structlog
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.audit.chain import GENESIS
from services.api.audit.export import add_roots, last_exported
from services.api.audit.findings import Findings
from services.api.audit.heads import Head, Root
from services.api.audit.keys import Notary
from services.api.audit.seals import check_goes_on, check_head, check_root, check_signature_of_head
from services.api.audit.standing import HIGH_WATER, HighWater
from services.api.audit.stored import entries_after, stored
from services.api.audit.trail import extend
from services.api.audit.verification import head_of, roots_of
from services.api.audit.walk import Walk
from services.api.db.engine import one_view, reading, writing
from services.api.db.trouble import trouble_of
from services.api.metrics import ApiMetrics
from services.core.clock import Clock

ROUND_SECONDS = 20.0
LOOKED_AT = 200
"""Entries at the end of the trail that each round follows; `doelbinding audit verify` follows all."""

LOG = structlog.get_logger()


class Keeper:
    """What needs no request: it never stops a request, and a request never waits for it."""

    def __init__(self, engine: AsyncEngine, notary: Notary, export: Path, clock: Clock, metrics: ApiMetrics) -> None:
        self._engine = engine
        self._notary = notary
        self._export = export
        self._clock = clock
        self._metrics = metrics
        self._known: HighWater = engine.sync_engine.get_execution_options().get(HIGH_WATER) or HighWater()
        self._stopping = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._problem: str | None = None

    def start(self) -> None:
        """Begins the rounds."""
        self._work = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Ends the interval, so that nothing is left without a root, and stops."""
        self._stopping.set()
        if self._work is not None:
            await self._work

    async def round(self, *, last: bool = False) -> None:
        """Looks, signs what was found whole, and exports, once. Raises what the database or the disk complains of."""
        known = self._known.head  # before the view is taken, as others go on meanwhile
        exported = await asyncio.to_thread(last_exported, self._export)
        async with one_view(self._engine) as connection:
            findings = await connection.run_sync(self._look, known, exported)
        self._take_note(findings)
        if findings.count == 0:
            await self._end_interval(last=last)
        await self._bring_out(exported)

    async def _run(self) -> None:
        while True:
            last = self._stopping.is_set()
            try:
                await self.round(last=last)
                self._problem = None
            except Exception as error:  # noqa: BLE001 - a database or disk that is away: the next round tries again
                self._complain(error)
            if last:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), ROUND_SECONDS)

    async def _end_interval(self, *, last: bool) -> None:
        now = self._clock.now()
        async with reading(self._engine) as connection:
            head = await connection.run_sync(head_of)
        if head is not None and (head.asks_for_root(now) or (last and not head.rooted)):
            async with writing(self._engine) as connection:
                await extend(connection, [], now, root=True)

    async def _bring_out(self, after: int) -> None:
        async with reading(self._engine) as connection:
            roots: Sequence[Root] = await connection.run_sync(roots_of, after)
        self._metrics.audit_roots_pending.set(len(roots))
        await asyncio.to_thread(add_roots, self._export, roots)
        self._metrics.audit_roots_pending.set(0)

    def _look(self, connection: Connection, known: Head | None, exported: int) -> Findings:
        """The last entries, the head and the last root, against what this process and the file outside know."""
        findings = Findings()
        head = head_of(connection)
        roots = roots_of(connection, head.root_number - 1) if head else []
        start = max(0, head.sequence - LOOKED_AT) if head else 0
        rows = [stored(row) for row in connection.execute(entries_after(max(0, start - 1)))]
        before = rows.pop(0).hash if start and rows else GENESIS
        blanked_through = head.sequence if head else 0  # what retention removed is for `verify` to judge
        wanted = {each.sequence for each in (*roots, *((known,) if known else ()))}
        walk = Walk(start, before, blanked_through, wanted, findings)
        walk.follow(rows)
        check_head(head, walk, findings)
        if head is not None:
            check_goes_on(head, known, exported, walk, findings)
        check_signature_of_head(head, bool(roots), self._notary.public_keys, findings)
        for root in roots:
            if root.sequence > start:
                check_root(root, "of the database", walk, self._notary.public_keys, findings)
        if head is not None and findings.count == 0:
            self._known.rise(head)
        return findings

    def _take_note(self, findings: Findings) -> None:
        if findings.count == 0:
            self._metrics.audit_verified.set(self._clock.now().timestamp())
            return
        self._metrics.audit_failures.inc()
        for fault in findings.faults:
            LOG.error("audit-trail-broken", kind=fault.kind, sequence=fault.sequence, told=fault.told)

    def _complain(self, error: Exception) -> None:
        """Once per problem, without the values that its text may hold."""
        trouble = trouble_of(error)
        place = extract_tb(error.__traceback__)[-1]
        problem = trouble.reason if trouble else f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        if problem != self._problem:
            LOG.error("audit-trail-not-kept", problem=problem)
        self._problem = problem
