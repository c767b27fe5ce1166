"""Failures into problem+json (RFC 9457): what is wrong and where, and never what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from services.core.wire import camel

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong with a request; `pointer` is a JSON pointer, or the name of a parameter."""

    location: str
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """The body of every answer of 400 and above."""

    status: int
    title: str
    detail: str
    errors: list[Fault] | None = None


def problem(
    status: int, detail: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that tells the problem."""
    body = Problem(status=status, title=HTTPStatus(status).phrase, detail=detail, errors=list(faults) or None)
    content = msgspec.json.encode(body.model_dump(exclude_none=True))
    return Response(content, status, headers=headers, media_type=MEDIA_TYPE)


def fault_of(error: Mapping[str, object]) -> Fault:
    """One fault of pydantic, without the input; a name that the sender made up is left out as well."""
    place = error["loc"]
    location, *path = [str(part) for part in place] if isinstance(place, tuple) else ["body"]
    code, detail = str(error["type"]), str(error["msg"]).removeprefix("Value error, ")
    if code == "extra_forbidden":
        path, detail = path[:-1], "has a field or parameter that is not in the contract"
    if code == "json_invalid":
        path, detail = [], "must be JSON"
    if code == "model_attributes_type":
        detail = "must be a JSON object, sent with Content-Type: application/json"
    # pydantic names a field that was left out by its name in Python
    pointer = "".join(f"/{camel(part)}" for part in path) if location == "body" else ".".join(path)
    return Fault(location=location, pointer=pointer, code=code.replace("_", "-"), detail=detail)


async def answer_invalid(_request: Request, error: Exception) -> Response:
    """400 with all faults together."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    faults = [fault_of(fault) for fault in error.errors()]
    return problem(HTTPStatus.BAD_REQUEST, f"The request has {len(faults)} fault(s); nothing was done.", faults)


async def answer_http(_request: Request, error: Exception) -> Response:
    """The problem of an HTTPException, including those of the router."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    return problem(error.status_code, error.detail, headers=error.headers)


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The answers of 400 and above that a route can give, for the OpenAPI document."""
    known: dict[int | str, dict[str, object]] = {
        status: {"description": HTTPStatus(status).phrase, "model": Problem} for status in statuses
    }
    return {**known, "default": {"description": "Any other failure", "model": Problem}}
