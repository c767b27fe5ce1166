"""The route of counts for security operations."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.api.access import GuardedRoute
from services.api.aggregates import count_signals
from services.api.answers import Aggregates
from services.api.db.engine import reading
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.routes.answer import json_answer

router = APIRouter(prefix="/v1/aggregates", tags=["aggregates"], route_class=GuardedRoute)


@router.get(
    "",
    summary="Count signals",
    response_description="Counts per rule, class, status, pushed and severity",
    responses=documented(401, 403) | {200: {"model": Aggregates}},
)
async def read_aggregates(parts: PartsOf) -> Response:
    """Counts alone; groups about fewer than 5 people are folded into `other`."""
    async with reading(parts.engine) as connection:
        return json_answer(await count_signals(connection))
