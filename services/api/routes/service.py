"""The routes about the service itself: health, metrics and the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import GuardedRoute
from services.api.aggregates import in_fives
from services.api.answers import Health
from services.api.audience import items_for, signals_for
from services.api.casework.figures import first_breach_due, waiting
from services.api.db.engine import reading
from services.api.db.migrate import is_current
from services.api.db.tables import signals
from services.api.interests import last_loaded
from services.api.metrics import ApiMetrics
from services.api.openapi import document
from services.api.parts import PartsOf, parts_of
from services.api.problems import documented
from services.api.publishing.outbox import backlog
from services.api.readers.position import backlog as reads_backlog
from services.api.routes.answer import json_answer
from services.api.vault.listing import count_waiting

DOCUMENT = {"schema": {"type": "object"}, "example": {"openapi": "3.1.0", "info": {"title": "Doelbinding"}}}

BUREAU = "investigator"
"""The role by which what is for Bureau Integriteit is told from what is about readers."""

router = APIRouter(tags=["service"], route_class=GuardedRoute)


@router.get(
    "/v1/health/live",
    summary="Is the process up",
    response_description="It is",
    responses=documented() | {200: {"model": Health}},
)
async def live() -> Response:
    """Answers as long as the process does."""
    return json_answer({"status": "ok"})


@router.get(
    "/v1/health/ready",
    summary="Can requests be answered",
    response_description="They can",
    responses=documented(503) | {200: {"model": Health}},
)
async def ready(parts: PartsOf) -> Response:
    """Whether the database answers and has the tables of this release."""
    try:
        async with reading(parts.engine) as connection:
            current = await connection.run_sync(is_current)
    except SQLAlchemyError as error:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer.") from error
    if not current:
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE, "The database has the tables of another release; run: doelbinding migrate"
        )
    return json_answer({"status": "ok"})


@router.get("/metrics", include_in_schema=False)
async def metrics(parts: PartsOf) -> Response:
    """Counters of this process, and gauges as the database has them now."""
    fetched = parts.issuer and parts.issuer.keys.fetched_at
    parts.metrics.issuer_keys.set(fetched.timestamp() if fetched else 0)
    try:
        async with reading(parts.engine) as connection:
            await _gauge(connection, parts.metrics)
            await _gauge_work(connection, parts.metrics, parts.clock.now())
            if parts.reads is not None:
                unread = await reads_backlog(connection)
                parts.metrics.reads_pending.set(unread.pending)
                parts.metrics.oldest_read.set(unread.oldest.timestamp() if unread.oldest else 0)
        parts.metrics.database_up.set(1)
    except SQLAlchemyError:
        parts.metrics.database_up.set(0)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def _gauge(connection: AsyncConnection, to: ApiMetrics) -> None:
    loaded = await last_loaded(connection)
    to.interests_loaded.set(loaded.timestamp() if loaded else 0)
    waits = await backlog(connection)
    to.publications_pending.set(waits.pending)
    to.oldest_publication.set(waits.oldest.timestamp() if waits.oldest else 0)


async def _gauge_work(connection: AsyncConnection, to: ApiMetrics, now: datetime) -> None:
    """Counts of what is for Bureau Integriteit, in fives: without what is about readers, or one could subtract.

    The clock of a data breach is the exception: that it runs out must be seen whoever's it is.
    """
    is_open, others = signals.c.status == "open", signals_for(BUREAU)
    for pushed in (True, False):
        query = select(func.count()).select_from(signals).where(is_open, signals.c.pushed == pushed, others)
        to.open_signals.labels(str(pushed).lower()).set(in_fives((await connection.execute(query)).scalar_one()))
    seen = items_for(BUREAU)
    to.reveals_pending.set(in_fives(await count_waiting(connection, now, seen)))
    work = await waiting(connection, now, seen)
    to.four_eyes_pending.labels("second-assessment").set(in_fives(work.second_assessment))
    to.four_eyes_pending.labels("settlement").set(in_fives(work.settlement))
    to.four_eyes_pending.labels("outcome-confirmation").set(in_fives(work.confirmation))
    to.overdue_items.set(in_fives(work.overdue))
    to.breach_clocks.labels("running").set(in_fives(work.breaches_running))
    to.breach_clocks.labels("overdue").set(in_fives(work.breaches_overdue))
    due = await first_breach_due(connection)
    to.next_breach_due.set(due.timestamp() if due else 0)


@router.get(
    "/v1/openapi.json",
    summary="Read this document",
    response_description="The OpenAPI document",
    responses=documented() | {200: {"content": {"application/json": DOCUMENT}}},
)
async def openapi(request: Request) -> Response:
    """The contract of this API; public, and readable from any origin."""
    state = request.app.state
    if not hasattr(state, "document"):  # made once: it takes a second of the processor, and anybody may ask
        state.document = document(request.app, parts_of(request).settings.issuer)
    return json_answer(state.document, {"Access-Control-Allow-Origin": "*"})
