"""The routes of an investigation: who works on it, its clock, its outcome, and what was done about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import StringConstraints

from services.api.access import GuardedRoute
from services.api.casework import assignments, concluding, suspending, withdrawals
from services.api.casework.forms import (
    AssignmentForm,
    ConfirmationForm,
    LineInterventionForm,
    MeasureForm,
    OutcomeForm,
    SuspensionForm,
)
from services.api.routes.deed import DONE, FAILURES, FAILURES_ON_VERSION, DeedOf

router = APIRouter(prefix="/v1/intake-items/{itemId}", tags=["casework"], route_class=GuardedRoute)

AssignmentId = Annotated[
    str,
    StringConstraints(pattern=r"^g-[0-9a-f]{32}$"),
    Path(alias="assignmentId", description="The id of the assignment"),
]
NOW = "The case as it stands now"


@router.post(
    "/assignments",
    status_code=201,
    summary="Assign somebody to an item",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def assign(form: AssignmentForm, deed: DeedOf) -> Response:
    """From an investigation on, only those assigned and leads open an item."""
    return await deed.done("assign", lambda work: assignments.assign(work, form))


@router.delete(
    "/assignments/{assignmentId}",
    status_code=201,
    summary="Take somebody off an item",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def release(assignment_id: AssignmentId, deed: DeedOf) -> Response:
    """What was given stays; that the assignment was there stays in the history."""
    return await deed.done("release", lambda work: assignments.release(work, assignment_id))


@router.post(
    "/suspensions",
    status_code=201,
    summary="Stop the clock of an item",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def suspend(form: SuspensionForm, deed: DeedOf) -> Response:
    """From now on, for a reason; as long as it stands still the item has no end of its thirteen weeks."""
    return await deed.done("suspend", lambda work: suspending.suspend(work, form))


@router.post(
    "/suspensions/_end",
    status_code=201,
    summary="Let the clock of an item run on",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def resume(deed: DeedOf) -> Response:
    """The thirteen weeks end as many calendar days later as the clock stood still."""
    return await deed.done("resume", suspending.resume)


@router.post(
    "/outcome",
    status_code=201,
    summary="Record what an investigation found",
    response_description=NOW,
    responses=FAILURES_ON_VERSION | DONE,
)
async def record_outcome(form: OutcomeForm, deed: DeedOf) -> Response:
    """By somebody who is assigned; it holds once another person has confirmed it. Needs If-Match."""
    return await deed.done("record-outcome", lambda work: concluding.record_outcome(work, form), seen=True)


@router.post(
    "/outcome/confirmation",
    status_code=201,
    summary="Confirm or reject an outcome",
    response_description=NOW,
    responses=FAILURES_ON_VERSION | DONE,
)
async def confirm_outcome(form: ConfirmationForm, deed: DeedOf) -> Response:
    """By another person, a lead or somebody assigned. Confirmed, it concludes the item. Needs If-Match."""
    return await deed.done("confirm-outcome", lambda work: concluding.confirm_outcome(work, form), seen=True)


@router.post(
    "/measures",
    status_code=201,
    summary="Record a measure that was taken",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def record_measure(form: MeasureForm, deed: DeedOf) -> Response:
    """What others decided, as a record: nothing here advises a measure.

    It belongs to a confirmed outcome or a line intervention. A written warning counts as an earlier one when the same
    employee looks again; it is recorded by those who record warnings.
    """
    return await deed.done("record-measure", lambda work: concluding.record_measure(work, form))


@router.post(
    "/line-intervention",
    status_code=201,
    summary="Record that the line was asked to act",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def record_line_intervention(form: LineInterventionForm, deed: DeedOf) -> Response:
    """When, and which function; once, on an item that ended so."""
    return await deed.done("record-line-intervention", lambda work: concluding.record_line_intervention(work, form))


@router.post(
    "/acknowledgements",
    status_code=201,
    summary="Acknowledge that a signal was withdrawn or came back",
    response_description=NOW,
    responses=FAILURES | DONE,
)
async def acknowledge(deed: DeedOf) -> Response:
    """Those who work on an item say that they saw it; before that they decide nothing more on it."""
    return await deed.done("acknowledge-withdrawal", withdrawals.acknowledge)
