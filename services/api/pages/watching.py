"""The pages of those who watch: the audit trail for auditors, and the deadlines of casework for those who lead it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from services.api.access import GuardedRoute, Reader, ReaderOf
from services.api.audit import listing
from services.api.audit.entries import entry_of
from services.api.casework.figures import casework_figures
from services.api.casework.notes import masked
from services.api.db.engine import reading
from services.api.pages.moments import day_of
from services.api.pages.render import page
from services.api.paging import fetch_page
from services.api.parts import Parts, PartsOf

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

TEXTS = ("actor", "action", "objectId")
DAYS = ("from", "to")
LONGEST = 200
PART = "audit_list.html"
ROOTS = 5
"""How many of the newest roots stand on the page; all are at GET /v1/audit-roots."""
NEWEST_ROOTS = tuple(order.column.desc() for order in listing.BY_NUMBER.order)


@router.get("/audit")
async def show_audit(
    request: Request, parts: PartsOf, reader: ReaderOf, cursor: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """The audit trail, the newest first; wrong filters are told, and show nothing. Looking here is itself recorded."""
    given = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in (*TEXTS, *DAYS)}
    query, faults = _query(given, cursor, parts.settings.timezone)
    if query is None:
        given = {name: masked(value) for name, value in given.items()}
        nothing: dict[str, object] = {"entries": [], "previous": None, "following": None, "roots": []}
        return page(request, "audit.html", HTTPStatus.BAD_REQUEST, part=PART, told=nothing, given=given, faults=faults)
    async with reading(parts.engine) as connection:
        like, order = await listing.entries_for(connection, reader, query)
        found = await fetch_page(connection, like, order, parts.cursors, query)
        entries = await listing.as_answers(connection, reader, found.rows)
    await parts.trail.record([entry_of(reader, "read", "audit-trail", None, detail={"asked": query.filters})])
    return page(
        request,
        "audit.html",
        part=PART,
        given=given,
        faults=faults,
        entries=entries,
        roots=await _newest_roots(request, parts, reader),
        previous=found.previous and found.target(request, found.previous),
        following=found.next and found.target(request, found.next),
    )


@router.get("/deadlines")
async def show_deadlines(request: Request, parts: PartsOf, reader: ReaderOf) -> Response:
    """What waits, what is late and how long investigations took: counts, about nobody."""
    now = parts.clock.now()
    async with reading(parts.engine) as connection:
        figures = await casework_figures(connection, reader, now, parts.settings.timezone)
    await parts.trail.record([entry_of(reader, "read", "casework-figures", None)])
    return page(request, "deadlines.html", figures=figures)


async def _newest_roots(request: Request, parts: Parts, reader: Reader) -> list[Mapping[str, object]]:
    """None where a script asks for the list of entries alone; looking at them is recorded too."""
    if "HX-Request" in request.headers:
        return []
    async with reading(parts.engine) as connection:
        rows = (await connection.execute(listing.roots_listed().order_by(*NEWEST_ROOTS).limit(ROOTS))).all()
    await parts.trail.record([entry_of(reader, "read", "audit-roots", None)])
    return [listing.as_root_answer(row) for row in rows]


def _query(
    given: Mapping[str, str], cursor: str | None, timezone: ZoneInfo
) -> tuple[listing.AuditQuery | None, dict[str, str]]:
    """The query, or nothing and per field the text of what is wrong; days are the agency's, both included."""
    wanted: dict[str, object] = {name: given[name] for name in TEXTS if given[name]} | {"cursor": cursor}
    faults: dict[str, str] = {}
    for name in DAYS:
        try:
            wanted |= {name: _midnight(given[name], timezone, after=name == "to")} if given[name] else {}
        except ValueError:
            faults[name] = "fault-date"
    if faults:
        return None, faults
    try:
        return listing.AuditQuery.model_validate(wanted), {}
    except ValidationError as error:
        named = {str(fault["loc"][0]) for fault in error.errors(include_input=False)}
        return None, {name: "fault-period" if name in DAYS else "fault-text" for name in given if name in named}


def _midnight(text: str, timezone: ZoneInfo, *, after: bool) -> str:
    day: date = day_of(text) + timedelta(days=1 if after else 0)
    return datetime.combine(day, time(), timezone).isoformat()
