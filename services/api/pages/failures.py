"""Failures into a page where a person asked for one, and into problem+json everywhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.api.pages.render import page

Handler = Callable[[Request, Exception], Awaitable[Response]]
TOLD = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def answer(as_problem: Handler) -> Handler:
    """The handler of a failure, that answers browsers with a page."""

    async def handle(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
        if status < HTTPStatus.BAD_REQUEST:
            return Response(status_code=status, headers=getattr(error, "headers", None))
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("Accept", ""):
            return await as_problem(request, error)
        text = f"failed-{status}" if status in TOLD else "failed-other"
        return page(request, "failed.html", status, explanation=text)

    return handle
