"""A refusal to show somebody what is not theirs to see into an entry of the audit trail, and then into the answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.responses import Response

from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.db.engine import writing
from services.api.parts import parts_of
from services.api.reader import reader_of

Handler = Callable[[Request, Exception], Awaitable[Response]]

REASONS = {
    "interest": "You have an interest in what this is about: somebody else has to look at it. This has been recorded.",
    "no-employee": "Nobody can tell which employee you are, so no signals are shown to you. "
    "An administrator must have your account tell it, and load the interests of readers.",
    "unknown-reader": "Your interests are not known, so no signals are shown to you. "
    "An administrator must load the interests of readers, yours among them.",
    "role": "Your role has no access to this.",
    "rate": "You had as many people revealed, and searched for as many, in the last 24 hours as one reader may. Have a "
    "colleague search, or search again tomorrow. This has been recorded.",
    "audience": "This is for another role than yours: somebody else has to look at it. This has been recorded.",
    "not-assessed": "You may yet assess this item yourself, without knowing what others ask or think. Assess it first, "
    "or leave this to somebody who did.",
    "not-assigned": "This is under investigation: only those whom a lead assigned to it may open it.",
    "own-request": "Another person must approve what you asked for yourself. This has been recorded.",
    "other-asked": "Only the one who asked can open it. This has been recorded.",
}
"""Why a reader is refused; nothing is said about whom an interest is in."""
NAMED = {"itemId": "intake-item", "signalId": "signal"}
"""What a path may name, and how the audit trail calls it."""
ID = re.compile(r"[is]-[0-9a-f]{32}")


class RefusedError(HTTPException):
    """403 to a reader who may read signals, but not this one; the handler records it before it is answered."""

    route: str | None = None
    """What was asked for, where that is all there is to tell."""

    def __init__(self, reason: str, object_kind: str, object_id: str | None) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, REASONS[reason])
        self.reason = reason
        self.object_kind = object_kind
        self.object_id = object_id


class RoleRefusedError(RefusedError):
    """403 to a reader whose role has no access to a route, whatever is asked for there."""

    def __init__(self, role: str, route: str, named: Mapping[str, object]) -> None:
        """Of what the path names only ids are kept: anything else may be typed there."""
        kind, value = next(((NAMED[name], str(value)) for name, value in named.items() if name in NAMED), ("", ""))
        super().__init__("role", *((kind, value) if ID.fullmatch(value) else ("route", None)))
        self.detail = f"The role {role} has no access to this."
        self.route = route


def recording(answer: Handler) -> Handler:
    """A handler of RefusedError that writes the refusal into the audit trail, and then answers."""

    async def handle(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101 - registered for this class alone
        parts, reader = parts_of(request), reader_of(request)
        detail = {"reason": error.reason} | ({"route": error.route} if error.route else {})
        told = entry_of(reader, "refused", error.object_kind, error.object_id, detail=detail)
        async with writing(parts.engine) as connection:
            await append(connection, [told], parts.clock.now())
        return await answer(request, error)

    return handle
