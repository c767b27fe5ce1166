"""The pages: the queue, and a signal's story."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api import queue
from services.api.access import GuardedRoute, Reader, ReaderOf
from services.api.audience import OFFICER
from services.api.casework.assignments import is_assigned
from services.api.db.engine import reading
from services.api.need_to_know import signal_for, unconcerned_items
from services.api.pages import assets, items, revealing, searching, sign_in, sign_in_oidc, watching
from services.api.pages.clocks import with_clocks
from services.api.pages.filters import read_filter
from services.api.pages.render import MENU, page
from services.api.pages.telling import record_telling, telling_of
from services.api.paging import fetch_page
from services.api.parts import Parts, PartsOf
from services.api.payloads import SignalId
from services.api.queries import PURPOSES, IntakeItemQuery, PageQuery, Purpose
from services.api.reads import record_reads
from services.api.refusals import RefusedError

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
router.include_router(sign_in.router)
router.include_router(assets.router)
router.include_router(revealing.router)
router.include_router(items.router)
router.include_router(watching.router)
router.include_router(searching.router)
router.include_router(sign_in_oidc.router)

LIST = "queue_list.html"


@router.get("/")
async def start(parts: PartsOf, reader: ReaderOf) -> Response:
    """The page where this reader's work starts: an auditor's is the queue while something awaits assessment there."""
    place = MENU[reader.role][0][0]
    if reader.role == OFFICER and await _something_awaits(parts, reader):
        place = "/queue"
    return RedirectResponse(place, HTTPStatus.SEE_OTHER)


async def _something_awaits(parts: Parts, reader: Reader) -> bool:
    """Whether the queue shows this reader anything; one whose interests nobody can tell has the audit trail alone."""
    chosen = read_filter({}, reader.role, parts.settings.timezone)
    async with reading(parts.engine) as connection:
        try:
            seen_by = await unconcerned_items(connection, reader)
        except RefusedError:
            return False
        conditions = (*seen_by, *chosen.conditions)
        wanted = queue.items_like(IntakeItemQuery(), reader, parts.clock.now(), conditions).limit(1)
        return (await connection.execute(wanted)).first() is not None


@router.get("/queue")
async def show_queue(
    request: Request,
    parts: PartsOf,
    reader: ReaderOf,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """What awaits an investigator; every signal shown is recorded as read. Wrong filters are told, and show nothing."""
    chosen = read_filter(request.query_params, reader.role, parts.settings.timezone)
    if chosen.query is None:
        nothing: dict[str, object] = {"items": [], "previous": None, "following": None}
        return page(request, "queue.html", HTTPStatus.BAD_REQUEST, part=LIST, told=nothing, filter=chosen)
    now, timezone = parts.clock.now(), parts.settings.timezone
    async with reading(parts.engine) as connection:
        seen_by = await unconcerned_items(connection, reader)
        wanted = queue.items_like(chosen.query, reader, now, (*seen_by, *chosen.conditions))
        found = await fetch_page(connection, wanted, queue.BY_PRIORITY, parts.cursors, PageQuery(cursor=cursor))
    await record_reads(parts, reader, "queue-page", [row.signal_id for row in found.rows])
    return page(
        request,
        "queue.html",
        part=LIST,
        filter=chosen,
        items=[with_clocks(queue.as_answer(row, mine=row.mine), now, timezone) for row in found.rows],
        previous=found.previous and found.target(request, found.previous),
        following=found.next and found.target(request, found.next),
    )


@router.get("/signals/{signalId}")
async def show_signal(
    request: Request,
    signal_id: Annotated[SignalId, Path(alias="signalId")],
    parts: PartsOf,
    reader: ReaderOf,
    purpose: Annotated[Purpose | None, Query()] = None,
) -> Response:
    """The story of one signal; one that was not pushed first asks for the purpose."""
    async with reading(parts.engine) as connection:
        row = await signal_for(connection, reader, signal_id)
        told = await telling_of(connection, reader, row, parts.settings.timezone)
        item = await queue.item_of(connection, signal_id)
        mine = item is not None and await is_assigned(connection, item.id, reader.subject)
    if not row.pushed and purpose is None:
        return page(request, "purpose.html", HTTPStatus.BAD_REQUEST, purposes=PURPOSES, path=request.url.path)
    await record_telling(parts, reader, "signal-page", told, purpose)
    return page(
        request,
        "signal.html",
        told=told.values,
        item=item and queue.as_answer(item, mine=mine),
        purpose=f"?purpose={purpose}" if purpose else "",
    )
