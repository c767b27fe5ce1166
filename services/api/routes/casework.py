"""The routes that read casework: one case as its reader may see it, its sheet of facts, and the figures of all."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.api.access import GuardedRoute, ReaderOf
from services.api.casework.answers import CaseView, Figures
from services.api.casework.fact_answers import SanctionFactors
from services.api.casework.figures import casework_figures
from services.api.casework.sanction_factors import sanction_factors
from services.api.casework.view import item_view
from services.api.db.engine import reading
from services.api.need_to_know import item_for
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.reads import record_reads
from services.api.routes.answer import json_answer, tagged_answer
from services.api.routes.deed import ItemId

router = APIRouter(prefix="/v1", tags=["casework"], route_class=GuardedRoute)


@router.get(
    "/intake-items/{itemId}/casework",
    summary="Read the case of an item",
    response_description="The case, as you may see it",
    responses=documented(400, 401, 403, 404) | {200: {"model": CaseView}},
)
async def read_case(request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf) -> Response:
    """All that was done on an item, its clocks, and what you may do now; the ETag goes into If-Match."""
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
        view = await item_view(connection, reader, row, parts.clock.now(), parts.settings.timezone)
    await record_reads(parts, reader, "casework", [row.signal_id])
    return tagged_answer(request, view, row.version)


@router.get(
    "/intake-items/{itemId}/sanction-factors",
    summary="Read the sheet of sanction factors",
    response_description="The facts of each factor",
    responses=documented(400, 401, 403, 404) | {200: {"model": SanctionFactors}},
)
async def read_sanction_factors(request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf) -> Response:
    """Facts alone, with what is unknown told as unknown; no sanction is advised."""
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
        facts = await sanction_factors(connection, row)
    await record_reads(parts, reader, "sanction-factors", [row.signal_id])
    return tagged_answer(request, facts, row.version)


@router.get(
    "/casework-figures",
    summary="Read the figures of casework",
    response_description="Counts and lead times",
    responses=documented(400, 401, 403) | {200: {"model": Figures}},
)
async def read_figures(parts: PartsOf, reader: ReaderOf) -> Response:
    """What waits, what is late, how long the investigations of the last 365 days took.

    Of the items that your lists show.
    """
    async with reading(parts.engine) as connection:
        figures = await casework_figures(connection, reader, parts.clock.now(), parts.settings.timezone)
    return json_answer(figures)
