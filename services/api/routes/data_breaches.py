"""The routes of data breaches: the referral to Bureau Gegevensbescherming, and what was decided there."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.api.access import GuardedRoute
from services.api.casework import breaches
from services.api.casework.forms import BreachForm, KnowledgeForm, NotificationForm
from services.api.routes.deed import DONE, FAILURES, DeedOf

router = APIRouter(prefix="/v1/intake-items/{itemId}/data-breach", tags=["casework"], route_class=GuardedRoute)


@router.post(
    "",
    status_code=201,
    summary="Refer a data breach",
    response_description="The case as it stands now",
    responses=FAILURES | DONE,
)
async def refer(form: BreachForm, deed: DeedOf) -> Response:
    """Starts the 72 hours of AVG art. 33 at the moment of knowledge. Facts may follow with the notification."""
    return await deed.done("refer-data-breach", lambda work: breaches.refer(work, form))


@router.post(
    "/notification",
    status_code=201,
    summary="Record what was decided on a data breach",
    response_description="The case as it stands now",
    responses=FAILURES | DONE,
)
async def notify(form: NotificationForm, deed: DeedOf) -> Response:
    """Notified, with the facts of art. 33(3) and the reason of a delay beyond 72 hours; or why it need not be.

    New facts may lead to another decision: the last holds, and all are kept.
    """
    return await deed.done("notify-data-breach", lambda work: breaches.notify(work, form))


@router.post(
    "/corrections",
    status_code=201,
    summary="Correct when a data breach became known",
    response_description="The case as it stands now",
    responses=FAILURES | DONE,
)
async def correct(form: KnowledgeForm, deed: DeedOf) -> Response:
    """With the reason; the 72 hours run from the corrected moment, and the earlier one is kept."""
    return await deed.done("correct-data-breach", lambda work: breaches.correct(work, form))
