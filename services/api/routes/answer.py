"""Plain values into JSON answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from fastapi import Request, Response

JSON = "application/json"


def json_answer(content: object, headers: Mapping[str, str] | None = None) -> Response:
    """200 with the value as JSON."""
    return Response(msgspec.json.encode(content), headers=dict(headers or {}), media_type=JSON)


def tagged_answer(request: Request, content: object) -> Response:
    """200 with an ETag of the representation, or 304 where the asker already has it."""
    body = msgspec.json.encode(content)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    held = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in held or "*" in held:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=JSON)
