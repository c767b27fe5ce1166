"""The routes of reveals: an identity is asked for, approved by another person where many are asked, and opened once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.api.access import GuardedRoute, ReaderOf
from services.api.db.engine import reading
from services.api.need_to_know import unconcerned_items
from services.api.paging import fetch_page
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.reads import record_reads
from services.api.routes.answer import json_answer
from services.api.vault import listing, reveals
from services.api.vault.answers import Reveal, Revealed, RevealPage
from services.api.vault.forms import RevealForm, RevealQuery, RevealRef

router = APIRouter(prefix="/v1/reveals", tags=["reveals"], route_class=GuardedRoute)

RevealId = Annotated[RevealRef, Path(alias="revealId", description="The id that the API gave the request")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Reveal an identity",
    response_description="The identity, shown this once",
    responses=documented(400, 401, 403, 404, 409)
    | {
        201: {"model": Revealed},
        202: {"model": Reveal, "description": "Another person must approve it first"},
    },
)
async def ask(form: RevealForm, parts: PartsOf, reader: ReaderOf) -> Response:
    """Who an item, or a lookup of its evidence, is about; logged before it is answered.

    Above a number of reveals a day another person must approve each: 202, and the request waits. Asking the same again
    meanwhile gives the request that waits.
    """
    outcome = await reveals.ask(parts, reader, form)
    if outcome.value is None:
        return _answer(listing.as_answer(outcome.reveal), HTTPStatus.ACCEPTED)
    return _answer(_shown(outcome), HTTPStatus.CREATED)


@router.get(
    "",
    summary="List requests for identities",
    response_description="A page of requests",
    responses=documented(400, 401, 403) | {200: {"model": RevealPage}},
)
async def list_reveals(
    request: Request, query: Annotated[RevealQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """Your own, the newest first; with `status=pending` everybody's that wait for approval.

    Those of others on an item that you may yet assess are left out.
    """
    async with reading(parts.engine) as connection:
        seen = await unconcerned_items(connection, reader)
        like = listing.reveals_like(query, reader, seen, parts.clock.now())
        page = await fetch_page(connection, like, listing.NEWEST_FIRST, parts.cursors, query)
    await record_reads(parts, reader, "reveals", sorted({row.signal_id for row in page.rows}))
    return json_answer({"reveals": [listing.as_answer(row) for row in page.rows]}, page.links(request))


@router.post(
    "/{revealId}/approval",
    summary="Approve another person's request",
    response_description="The request, approved",
    responses=documented(400, 401, 403, 404, 409) | {200: {"model": Reveal}},
)
async def approve(reveal_id: RevealId, parts: PartsOf, reader: ReaderOf) -> Response:
    """The second pair of eyes; whoever approves sees no identity. Not for the one who asked, nor for somebody who may
    yet assess the item."""
    return json_answer(listing.as_answer(await reveals.approve(parts, reader, reveal_id)))


@router.post(
    "/{revealId}/opening",
    summary="Open what was approved",
    response_description="The identity, shown this once",
    responses=documented(400, 401, 403, 404, 409) | {200: {"model": Revealed}},
)
async def open_approved(reveal_id: RevealId, parts: PartsOf, reader: ReaderOf) -> Response:
    """For the one who asked, once; logged before it is answered."""
    return json_answer(_shown(await reveals.open_approved(parts, reader, reveal_id)))


def _shown(outcome: reveals.Revealed) -> dict[str, object]:
    return {"id": outcome.reveal.id, "kind": outcome.reveal.kind, "value": outcome.value}


def _answer(content: object, status: HTTPStatus) -> Response:
    answer = json_answer(content)
    answer.status_code = status
    return answer
