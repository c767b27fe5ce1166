"""The routes of the intake queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints

from services.api import queue
from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import IntakeItem, IntakeItemPage
from services.api.casework.assignments import is_assigned
from services.api.db.engine import reading
from services.api.need_to_know import item_for, unconcerned_items
from services.api.paging import fetch_page
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.queries import IntakeItemQuery
from services.api.reads import record_reads
from services.api.routes.answer import json_answer, tagged_answer

router = APIRouter(prefix="/v1/intake-items", tags=["intake-items"], route_class=GuardedRoute)

ItemId = Annotated[str, StringConstraints(pattern=r"^i-[0-9a-f]{32}$"), Path(alias="itemId")]


@router.get(
    "",
    summary="List the intake queue",
    response_description="A page of items",
    responses=documented(400, 401, 403) | {200: {"model": IntakeItemPage}},
)
async def list_items(
    request: Request, query: Annotated[IntakeItemQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """The most urgent first; among equals the one that waits longest."""
    async with reading(parts.engine) as connection:
        seen_by = await unconcerned_items(connection, reader)
        like = queue.items_like(query, reader, parts.clock.now(), seen_by)
        page = await fetch_page(connection, like, queue.BY_PRIORITY, parts.cursors, query)
    await record_reads(parts, reader, "intake-items", [row.signal_id for row in page.rows])
    return json_answer({"intakeItems": [queue.as_answer(row, mine=row.mine) for row in page.rows]}, page.links(request))


@router.get(
    "/{itemId}",
    summary="Read one item of the queue",
    response_description="The item",
    responses=documented(400, 401, 403, 404) | {200: {"model": IntakeItem}},
)
async def read_item(request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf) -> Response:
    """One item, with the outline of its signal."""
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
        mine = await is_assigned(connection, item_id, reader.subject)
    await record_reads(parts, reader, "intake-item", [row.signal_id])
    return tagged_answer(request, queue.as_answer(row, mine=mine), row.version)
