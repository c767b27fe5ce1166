"""A refusal to show somebody what is not theirs to see into an entry of the audit trail, and then into the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.responses import Response

from services.api.access import reader_of
from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.db.engine import writing
from services.api.parts import parts_of

Handler = Callable[[Request, Exception], Awaitable[Response]]

REASONS = {
    "interest": "You have an interest in what this is about: somebody else has to look at it. This has been recorded.",
    "no-employee": "Nobody can tell which employee you are, so no signals are shown to you. "
    "An administrator must have your account tell it, and load the interests of readers.",
    "unknown-reader": "Your interests are not known, so no signals are shown to you. "
    "An administrator must load the interests of readers, yours among them.",
    "rate": "You had as many people revealed, and searched for as many, in the last 24 hours as one reader may. Have a "
    "colleague search, or search again tomorrow. This has been recorded.",
    "audience": "This is for another role than yours: somebody else has to look at it. This has been recorded.",
    "not-assigned": "This is under investigation: only those whom a lead assigned to it may open it.",
}
"""Why a reader is refused; nothing is said about whom an interest is in."""


class RefusedError(HTTPException):
    """403 to a reader who may read signals, but not this one; the handler records it before it is answered."""

    def __init__(self, reason: str, object_kind: str, object_id: str | None) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, REASONS[reason])
        self.reason = reason
        self.object_kind = object_kind
        self.object_id = object_id


def recording(answer: Handler) -> Handler:
    """A handler of RefusedError that writes the refusal into the audit trail, and then answers."""

    async def handle(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101 - registered for this class alone
        parts, reader = parts_of(request), reader_of(request)
        told = entry_of(reader, "refused", error.object_kind, error.object_id, detail={"reason": error.reason})
        async with writing(parts.engine) as connection:
            await append(connection, [told], parts.clock.now())
        return await answer(request, error)

    return handle
