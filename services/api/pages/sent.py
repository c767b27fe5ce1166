"""A form that a browser sent into its fields, if it came from a page of ours."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

from services.api.pages.fields import Fields
from services.api.pages.sign_in import check_origin

LONGEST = 262_144
"""Four notes of the greatest length, every character of them encoded."""
MOST_FIELDS = 60


async def sent_form(request: Request) -> Fields:
    """The values of each field, in order; a field that was left empty is not there.

    Raises HTTPException: 403 if another site made the form, 413 if it is too large, 400 if it cannot be read.
    """
    check_origin(request)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too large.")
    try:
        fields = parse_qs(bytes(body).decode(), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form cannot be read.") from error
    found = {name: [_typed(value) for value in values] for name, values in fields.items()}
    return {name: kept for name, values in found.items() if (kept := [value for value in values if value])}


def _typed(value: str) -> str:
    """What was typed: browsers send the ends of lines as on a typewriter."""
    return value.replace("\r\n", "\n").strip()
