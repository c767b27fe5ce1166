"""Plain values into JSON answers."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from fastapi import Request, Response

from services.api.preconditions import tag_of

JSON = "application/json"


def json_answer(content: object, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """The value as JSON."""
    return Response(msgspec.json.encode(content), status, headers=dict(headers or {}), media_type=JSON)


def tagged_answer(request: Request, content: object, version: int | None = None) -> Response:
    """200 with an ETag of the representation, or 304 where the asker already has it.

    With a version, the ETag can be sent back as If-Match of what changes this.
    """
    return tagged_json(request, msgspec.json.encode(content), version)


def tagged_json(request: Request, body: bytes, version: int | None = None) -> Response:
    """The same of what is JSON already."""
    tag = tag_of(body, version)
    held = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in held or "*" in held:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=JSON)
