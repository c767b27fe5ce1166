"""The route of interests: which readers may not look at whom, as the registers say."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy.exc import IntegrityError

from services.api.access import GuardedRoute, ReaderOf
from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.db.engine import writing
from services.api.interests import InterestRegister, LoadedInterests, replace_interests
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.routes.answer import json_answer
from services.core.wire import to_wire

router = APIRouter(prefix="/v1/interests", tags=["interests"], route_class=GuardedRoute)


@router.put(
    "",
    summary="Replace the interests of readers",
    response_description="What is known now",
    responses=documented(400, 401, 403, 409, 413) | {200: {"model": LoadedInterests}},
)
async def put_interests(register: InterestRegister, parts: PartsOf, reader: ReaderOf) -> Response:
    """The whole register at once, in the place of what was known; a reader who is not in it may read no signals.

    The command `doelbinding interests` works it out from the registers of employees and relations.
    """
    now = parts.clock.now()
    try:
        async with writing(parts.engine) as connection:
            loaded = await replace_interests(connection, register, now)
            entry = entry_of(reader, "load-interests", "interests", None, detail=loaded.told)
            await append(connection, [entry], now)
    except IntegrityError as error:
        raise HTTPException(
            HTTPStatus.CONFLICT, "Interests were loaded by somebody else at this moment; load them again."
        ) from error
    return json_answer(to_wire(loaded.answer))
