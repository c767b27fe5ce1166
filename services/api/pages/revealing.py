"""The pages of reveals: asking for an identity, and the second pair of eyes above a number of them a day."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api.access import GuardedRoute, Reader, ReaderOf
from services.api.db.engine import reading
from services.api.need_to_know import item_for, unconcerned_items
from services.api.pages.fields import Field
from services.api.pages.form_fields import Filled, fill
from services.api.pages.render import page
from services.api.pages.sent import sent_form
from services.api.paging import fetch_page
from services.api.parts import Parts, PartsOf
from services.api.payloads import Name
from services.api.reads import record_reads
from services.api.refusals import RefusedError
from services.api.routes.intake_items import ItemId
from services.api.routes.reveals import RevealId
from services.api.vault import listing, reveals
from services.api.vault.forms import FIELDS, PURPOSES, RevealForm, RevealQuery

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

ASKED = (
    Field("purpose", "select", PURPOSES),
    Field("reason", "area", help="note-help"),
    Field("caseNumber", "text", optional=True),
)
POINTED = (Field("itemId", "text"), Field("field", "select", FIELDS), Field("lookupId", "text", optional=True))
PART = "reveal_part.html"
TOLD = {
    HTTPStatus.NOT_FOUND: "reveal-missing",
    HTTPStatus.CONFLICT: "reveal-conflict",
}
"""Why nothing was revealed, by the status of the refusal."""

FieldName = Annotated[str, Query(alias="field", max_length=40)]
LookupId = Annotated[Name | None, Query(alias="lookupId")]


@router.get("/items/{itemId}/reveal")
async def show_form(
    request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf, field: FieldName, lookup_id: LookupId = None
) -> Response:
    """What is asked before an identity is shown."""
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
    if field not in FIELDS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    await record_reads(parts, reader, "reveal-page", [row.signal_id])
    return _form(request, item_id, field, lookup_id, Filled({}, {}))


@router.post("/items/{itemId}/reveal")
async def ask(
    request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf, field: FieldName, lookup_id: LookupId = None
) -> Response:
    """Show the identity this once, or say that another person must agree first; logged before it is answered."""
    async with reading(parts.engine) as connection:
        await item_for(connection, reader, item_id)  # before a fault of the form is told
    pointed = {"itemId": [item_id], "field": [field], **({"lookupId": [lookup_id]} if lookup_id else {})}
    filled = fill(RevealForm, (*ASKED, *POINTED), {**await sent_form(request), **pointed}, parts.settings.timezone)
    if not isinstance(filled.model, RevealForm):
        return _form(request, item_id, field, lookup_id, filled, HTTPStatus.BAD_REQUEST)
    try:
        outcome = await reveals.ask(parts, reader, filled.model)
    except RefusedError:
        raise
    except HTTPException as refused:
        hindrance = TOLD.get(HTTPStatus(refused.status_code))
        if hindrance is None:
            raise
        return _form(request, item_id, field, lookup_id, filled, refused.status_code, hindrance)
    return _shown(request, outcome)


@router.get("/reveals")
async def show_reveals(
    request: Request,
    parts: PartsOf,
    reader: ReaderOf,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    hindrance: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What waits for another person's agreement, and one's own requests."""
    now = parts.clock.now()
    own_query = RevealQuery.model_validate({"cursor": cursor})
    async with reading(parts.engine) as connection:
        seen = await unconcerned_items(connection, reader)
        waiting_query = RevealQuery(status="pending")
        waiting = await fetch_page(
            connection,
            listing.reveals_like(waiting_query, reader, seen, now),
            listing.NEWEST_FIRST,
            parts.cursors,
            waiting_query,
        )
        own = await fetch_page(
            connection,
            listing.reveals_like(own_query, reader, seen, now),
            listing.NEWEST_FIRST,
            parts.cursors,
            own_query,
        )
    await record_reads(parts, reader, "reveals-page", sorted({row.signal_id for row in (*waiting.rows, *own.rows)}))
    return page(
        request,
        "reveals.html",
        waiting=[listing.as_answer(row) for row in waiting.rows if row.asked_by != reader.subject],
        own=[listing.as_answer(row) for row in own.rows],
        previous=own.previous and own.target(request, own.previous),
        following=own.next and own.target(request, own.next),
        hindrance=hindrance if hindrance in TOLD.values() else "",
    )


@router.post("/reveals/{revealId}/approval")
async def approve(request: Request, reveal_id: RevealId, parts: PartsOf, reader: ReaderOf) -> Response:
    """The second pair of eyes."""
    await sent_form(request)
    return await _tried(request, parts, reader, reveal_id, opening=False)


@router.post("/reveals/{revealId}/opening")
async def open_approved(request: Request, reveal_id: RevealId, parts: PartsOf, reader: ReaderOf) -> Response:
    """Show what was approved, once."""
    await sent_form(request)
    return await _tried(request, parts, reader, reveal_id, opening=True)


async def _tried(request: Request, parts: Parts, reader: Reader, reveal_id: str, *, opening: bool) -> Response:
    try:
        if opening:
            return _shown(request, await reveals.open_approved(parts, reader, reveal_id))
        await reveals.approve(parts, reader, reveal_id)
    except RefusedError:
        raise
    except HTTPException as refused:
        hindrance = TOLD.get(HTTPStatus(refused.status_code))
        if hindrance is None:
            raise
        return RedirectResponse(f"/reveals?hindrance={hindrance}", HTTPStatus.SEE_OTHER)
    return RedirectResponse("/reveals", HTTPStatus.SEE_OTHER)


def _form(
    request: Request,
    item_id: str,
    field: str,
    lookup_id: str | None,
    filled: Filled,
    status: int = 200,
    hindrance: str = "",
) -> Response:
    values = {"item_id": item_id, "field": field, "lookup_id": lookup_id, "filled": filled, "asked": ASKED}
    return page(request, "reveal.html", status, part=PART, told=values, hindrance=hindrance, outcome=None)


def _shown(request: Request, outcome: reveals.Revealed) -> Response:
    status = HTTPStatus.ACCEPTED if outcome.value is None else HTTPStatus.OK
    values = {"item_id": outcome.reveal.item_id, "field": outcome.reveal.field, "outcome": outcome}
    return page(request, "reveal.html", status, part=PART, told=values, hindrance="")
