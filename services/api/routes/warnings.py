"""The route of warnings: what an employee was told before, recorded by somebody who leads."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Response
from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy.exc import IntegrityError

from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import StoredWarning
from services.api.audience import is_for
from services.api.audit.trail import append
from services.api.intake.warnings import WARNING_REASONS, Warned, record_warning
from services.api.need_to_know import refuse_interest_in
from services.api.once import OnceOf
from services.api.parts import PartsOf
from services.api.payloads import Instant, OneOf, Pseudonym, Strict
from services.api.problems import documented
from services.api.reads import record_reads
from services.api.routes.answer import json_answer
from services.core.wire import to_wire

router = APIRouter(prefix="/v1/warnings", tags=["warnings"], route_class=GuardedRoute)


class GivenWarning(Strict):
    """A warning that an employee was given."""

    employee_id: Annotated[Pseudonym, Field(description="The employee as the signals carry them.")]
    given_at: Annotated[Instant, Field(description="When the employee was warned; lookups from then on repeat.")]
    until: Annotated[Instant, Field(description="Until when the warning is in force.")]
    reason: Annotated[str, OneOf(WARNING_REASONS)]

    @field_validator("until")
    @classmethod
    def _after_it_was_given(cls, until: Instant, info: ValidationInfo) -> Instant:
        given_at = info.data.get("given_at")
        if given_at is not None and until <= given_at:
            raise ValueError("must lie after givenAt")
        return until


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Record a warning",
    response_description="The warning as recorded",
    responses=documented(400, 401, 403, 409, 422) | {201: {"model": StoredWarning}},
)
async def give_warning(given: GivenWarning, parts: PartsOf, reader: ReaderOf, once: OnceOf) -> Response:
    """Signals of this employee with lookups while the warning is in force move up in the queue, now and later.

    Of those, the ones that are for your role are counted. The detector learns nothing of it: the scores of signals stay
    as they are.
    """
    now = parts.clock.now()
    if given.given_at > now:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "givenAt lies in the future; a warning is recorded once given.")
    warned = Warned(given.employee_id, given.given_at, given.until, given.reason)
    async with once.writing() as connection:
        await refuse_interest_in(connection, reader, warned.employee_id)
        try:
            recorded = await record_warning(connection, warned, reader, now)
        except IntegrityError as error:
            raise HTTPException(HTTPStatus.CONFLICT, "This warning is recorded already.") from error
        shown = [signal_id for signal_id, rule in recorded.rules.items() if is_for(reader.role, rule)]
        told = {"id": recorded.warning_id, **vars(warned), "recorded_by": reader.subject, "recorded_at": now}
        told["items_changed"] = len(shown)
        await append(connection, [recorded.entry], now)
        answer = once.answer(json_answer(to_wire(told), status=HTTPStatus.CREATED))
    await record_reads(parts, reader, "warning", shown)
    return answer
