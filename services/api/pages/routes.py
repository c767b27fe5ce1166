"""The pages: the queue, a signal's story, and the stylesheet they share."""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api import families, queue, signals
from services.api.access import GuardedRoute, ReaderOf
from services.api.casework.assignments import is_assigned
from services.api.db.engine import reading
from services.api.need_to_know import apart_from, signal_for, unconcerned
from services.api.pages import captions, frame, sign_in, sign_in_oidc
from services.api.pages.filters import read_filter
from services.api.pages.render import page
from services.api.pages.story import story_of
from services.api.paging import fetch_page
from services.api.parts import PartsOf
from services.api.payloads import SignalId
from services.api.queries import PURPOSES, PageQuery, Purpose
from services.api.reads import record_reads

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
router.include_router(sign_in.router)
router.include_router(sign_in_oidc.router)

STATIC = {"style.css": "text/css; charset=utf-8"}


@router.get("/")
async def start() -> Response:
    """The queue is where work starts."""
    return RedirectResponse("/queue", HTTPStatus.SEE_OTHER)


@router.get("/queue")
async def show_queue(
    request: Request,
    parts: PartsOf,
    reader: ReaderOf,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """What awaits an investigator; every signal shown is recorded as read. Wrong filters are told, and show nothing."""
    chosen = read_filter(request.query_params, parts.settings.timezone)
    if chosen.query is None:
        return page(
            request, "queue.html", HTTPStatus.BAD_REQUEST, filter=chosen, items=[], previous=None, following=None
        )
    async with reading(parts.engine) as connection:
        seen_by = await unconcerned(connection, reader)
        wanted = queue.items_like(chosen.query, reader, parts.clock.now(), seen_by)
        found = await fetch_page(connection, wanted, queue.BY_PRIORITY, parts.cursors, PageQuery(cursor=cursor))
    await record_reads(parts, reader, "queue-page", [row.signal_id for row in found.rows])
    return page(
        request,
        "queue.html",
        filter=chosen,
        items=[queue.as_answer(row, mine=row.mine) for row in found.rows],
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
        lookups = (await connection.execute(signals.evidence_of(signal_id))).all()
        revisions = await signals.latest_revisions(connection, signal_id)
        family = await families.family_of(connection, row, apart_from(reader))
        item = await queue.item_of(connection, signal_id)
        mine = item is not None and await is_assigned(connection, item.id, reader.subject)
    if not row.pushed and purpose is None:
        return page(request, "purpose.html", HTTPStatus.BAD_REQUEST, purposes=PURPOSES, path=request.url.path)
    await record_reads(parts, reader, "signal-page", [signal_id], purpose)
    if shown := family.shown(purpose):
        await record_reads(parts, reader, "family-page", [relative.signal_id for relative in shown], purpose)
    signal = signals.as_answer(row)
    story = story_of(signal, [lookup.body for lookup in lookups], parts.settings.timezone)
    return page(
        request,
        "signal.html",
        signal=signal,
        story=story,
        revisions=revisions,
        family=family,
        item=item and queue.as_answer(item, mine=mine),
        purpose=f"?purpose={purpose}" if purpose else "",
        frame=vars(frame),
        captions=vars(captions),
    )


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """A file that the pages need."""
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    content = files("services.api.pages").joinpath("static", name).read_bytes()
    return Response(content, media_type=STATIC[name])
