"""Failures into a page where a person asked for one, and into problem+json everywhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import psycopg
import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import DatabaseError
from starlette.exceptions import HTTPException

from services.api import problems
from services.api.audit.standing import BROKEN_ADVICE, BrokenTrailError
from services.api.db.trouble import trouble_of
from services.api.pages.render import page
from services.api.parts import parts_of
from services.api.refusals import RefusedError

Handler = Callable[[Request, Exception], Awaitable[Response]]
LOG = structlog.get_logger()
RETRY_AFTER_SECONDS = 1
"""Those who ask again have back-offs of their own; this only keeps the first one from coming at once."""
TROUBLES = (DatabaseError, sqlite3.DatabaseError, psycopg.DatabaseError)
"""The latter two where nobody wraps them: while connecting, and from statements that go to the driver itself."""
UNRECORDED = (
    "What is done here is first recorded in the audit trail, and that cannot be done at present; nothing was stored or "
    "shown. An administrator must mend that."
)
TOLD = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def answer(as_problem: Handler) -> Handler:
    """The handler of a failure, that answers browsers with a page."""

    async def handle(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
        if status < HTTPStatus.BAD_REQUEST:
            return Response(status_code=status, headers=getattr(error, "headers", None))
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("Accept", ""):
            return await as_problem(request, error)
        return page(request, "failed.html", status, explanation=_explanation(error, status))

    return handle


def _explanation(error: Exception, status: int) -> str:
    """The key of the text that says to a person what was wrong."""
    if isinstance(error, RefusedError):
        return f"refused-{error.reason}"
    return f"failed-{status}" if status in TOLD else "failed-other"


async def answer_trouble(request: Request, error: Exception) -> Response:
    """503, or 507 where there is no room, while the database is locked, full or away; other failures go on as such."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    LOG.error("database-unavailable", reason=trouble.reason, advice=trouble.advice)
    failure = HTTPException(trouble.status, trouble.told, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    return await answer(problems.answer_http)(request, failure)


async def answer_unrecorded(request: Request, error: Exception) -> Response:
    """503: what is decided or revealed is in the audit trail or is not done, and nothing can be added to the trail."""
    assert isinstance(error, BrokenTrailError)  # noqa: S101 - registered for this class alone
    LOG.error("audit-trail-not-written", reason=str(error), advice=BROKEN_ADVICE)
    parts_of(request).metrics.audit_refused.inc()
    failure = HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, UNRECORDED)
    return await answer(problems.answer_http)(request, failure)
