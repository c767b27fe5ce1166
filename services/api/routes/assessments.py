"""The routes of assessment: two people who judge by themselves, and a third where they differ."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.api.access import GuardedRoute, ReaderOf
from services.api.casework import assessing
from services.api.casework.answers import Assessments
from services.api.casework.case import load_case
from services.api.casework.forms import NoteForm, VerdictForm
from services.api.casework.view import assessments_shown
from services.api.db.engine import reading
from services.api.need_to_know import item_for
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.reads import record_reads
from services.api.routes.answer import tagged_answer
from services.api.routes.deed import DONE, FAILURES, FAILURES_ON_VERSION, DeedOf, ItemId

router = APIRouter(prefix="/v1/intake-items/{itemId}", tags=["casework"], route_class=GuardedRoute)


@router.get(
    "/assessments",
    summary="Read the assessments of an item",
    response_description="Your own until both are in, then all",
    responses=documented(400, 401, 403, 404) | {200: {"model": Assessments}},
)
async def read_assessments(request: Request, item_id: ItemId, parts: PartsOf, reader: ReaderOf) -> Response:
    """Before both are in, nobody sees what the other found, why, or who it was; only how many were given."""
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
        case = await load_case(connection, row)
    await record_reads(parts, reader, "assessments", [row.signal_id])
    told = {"given": len(case.given), "complete": case.complete, "assessments": assessments_shown(case, reader)}
    return tagged_answer(request, told, row.version)


@router.post(
    "/assessments",
    status_code=201,
    summary="Assess an item",
    response_description="The case as it stands now",
    responses=FAILURES_ON_VERSION | DONE,
)
async def assess(form: VerdictForm, deed: DeedOf) -> Response:
    """By yourself, without seeing what the other person found. The second assessment decides, or makes it disputed.

    What was given stays; what is to be added goes into a note. Whoever assesses an item is assigned to it. Needs
    If-Match, which says what was read: no assessment covers looks that came after that.
    """
    return await deed.done("assess", lambda work: assessing.assess(work, form), seen=True)


@router.post(
    "/settlement",
    status_code=201,
    summary="Settle a disputed item",
    response_description="The case as it stands now",
    responses=FAILURES_ON_VERSION | DONE,
)
async def settle(form: VerdictForm, deed: DeedOf) -> Response:
    """For a lead, or an auditor where it is about a reader, who did not assess it.

    Needs If-Match, so that the decision rests on what was read.
    """
    return await deed.done("settle", lambda work: assessing.settle(work, form), seen=True)


@router.post(
    "/notes",
    status_code=201,
    summary="Add a note",
    response_description="The case as it stands now",
    responses=FAILURES | DONE,
)
async def add_note(form: NoteForm, deed: DeedOf) -> Response:
    """Plain text without names and numbers of people; before both assessments are in, only its writer sees it."""
    return await deed.done("note", lambda work: assessing.add_note(work, form))
