"""The routes of signals: delivered by the detector, read by investigators."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from sqlalchemy.exc import IntegrityError

from services.api import signals
from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import IntakeResults, LookupPage, SignalPage, StoredSignal
from services.api.db.engine import reading, writing
from services.api.db.types import AnyRow
from services.api.intake.batch import SignalBatch
from services.api.intake.store import receive
from services.api.need_to_know import signal_for, unconcerned
from services.api.paging import Page, fetch_page
from services.api.parts import PartsOf
from services.api.payloads import SignalId
from services.api.problems import documented
from services.api.publishing.outbox import enqueue
from services.api.queries import DetailQuery, LookupQuery, SignalQuery
from services.api.reads import record_reads
from services.api.routes.answer import JSON, json_answer, tagged_json
from services.api.signals import Told
from services.api.vault.identities import keep

router = APIRouter(prefix="/v1/signals", tags=["signals"], route_class=GuardedRoute)

SignalRow = TypeVar("SignalRow", AnyRow, Told)
SignalIdPath = Annotated[SignalId, Path(alias="signalId", description="The id that the detector gave it")]


@router.post(
    "",
    summary="Deliver signals",
    response_description="What became of each signal",
    responses=documented(400, 401, 403, 409, 413) | {200: {"model": IntakeResults}},
)
async def deliver(batch: SignalBatch, parts: PartsOf) -> Response:
    """Store revisions of signals, all or none; equal content is a no-op and older news is ignored."""
    try:
        async with writing(parts.engine) as connection:
            verdicts = await receive(connection, batch.signals, parts.clock.now(), parts.settings.timezone)
            await keep(connection, batch.identities, parts.clock.now())
            if parts.publisher is not None:
                await enqueue(connection, verdicts, parts.clock.now())
    except IntegrityError as error:
        raise HTTPException(
            HTTPStatus.CONFLICT, "The same signal was stored by another delivery at this moment; deliver again."
        ) from error
    if parts.publisher is not None:
        parts.publisher.wake()
    for identity in batch.identities:
        parts.metrics.identities.labels("readable" if parts.vault.can_open(identity.key_id) else "unreadable").inc()
    for verdict in verdicts:
        parts.metrics.intake.labels(verdict.result).inc()
    return json_answer(
        {
            "results": [
                {
                    "signalId": verdict.signal.signal_id,
                    "result": verdict.result,
                    "revision": verdict.known.revision,
                }
                for verdict in verdicts
            ]
        }
    )


@router.get(
    "",
    summary="List signals by score",
    response_description="A page of signals",
    responses=documented(400, 401, 403) | {200: {"model": SignalPage}},
)
async def list_signals(
    request: Request, query: Annotated[SignalQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """Signals that were pushed; the others need a purpose. Every signal shown is recorded as read."""
    if not query.pushed:
        need_purpose(query)
    async with reading(parts.engine) as connection:
        like = signals.signals_like(query, await unconcerned(connection, reader))
        page = await fetch_page(connection, like, signals.BY_RANK, parts.cursors, query)
    await record_reads(parts, reader, "signals", [row.signal_id for row in page.rows], query.purpose)
    return told_answer(page, request)


@router.get(
    "/{signalId}",
    summary="Read one signal",
    response_description="The signal",
    responses=documented(400, 401, 403, 404) | {200: {"model": StoredSignal}},
)
async def read_signal(
    request: Request,
    signal_id: SignalIdPath,
    query: Annotated[DetailQuery, Query()],
    parts: PartsOf,
    reader: ReaderOf,
) -> Response:
    """The current revision; one that was not pushed needs a purpose."""
    async with reading(parts.engine) as connection:
        row = readable(await signal_for(connection, reader, signal_id), query)
    await record_reads(parts, reader, "signal", [signal_id], query.purpose)
    return tagged_json(request, signals.as_json(row).encode())


@router.get(
    "/{signalId}/lookups",
    summary="List the lookups that a signal rests on",
    response_description="A page of lookups",
    responses=documented(400, 401, 403, 404) | {200: {"model": LookupPage}},
)
async def list_lookups(
    request: Request,
    signal_id: SignalIdPath,
    query: Annotated[LookupQuery, Query()],
    parts: PartsOf,
    reader: ReaderOf,
) -> Response:
    """The evidence of the current revision, the most telling lookup first."""
    async with reading(parts.engine) as connection:
        readable(await signal_for(connection, reader, signal_id), query)
        listing = signals.evidence_listing(signal_id)
        rows = signals.evidence_of(signal_id)
        page = await fetch_page(connection, rows, listing, parts.cursors, query)
    await record_reads(parts, reader, "lookups", [signal_id], query.purpose)
    return json_answer({"lookups": [row.body for row in page.rows]}, page.links(request))


def told_answer(page: Page[Told] | Page[AnyRow], request: Request) -> Response:
    """A page of rows that hold TOLD."""
    told = ",".join([signals.as_json(row) for row in page.rows])
    return Response(f'{{"signals":[{told}]}}'.encode(), headers=dict(page.links(request)), media_type=JSON)


def readable(row: SignalRow, query: DetailQuery) -> SignalRow:
    """The signal, if it may be read for this purpose. Raises HTTPException 400 where one is missing."""
    if not row.pushed:
        need_purpose(query)
    return row


def need_purpose(query: DetailQuery) -> None:
    """Refuse to show signals that were not pushed unless it is said why (GDPR art. 5(1)(b))."""
    if query.purpose is None:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST,
            "A signal that was not pushed is shown only for a purpose: give the parameter purpose.",
        )
