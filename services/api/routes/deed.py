"""A request to act on an item into the action and its answer: the case as it stands afterwards, with its ETag."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import Depends, Path, Request, Response
from pydantic import StringConstraints

from services.api.access import reader_of
from services.api.casework.acting import Action, Do, Done, act
from services.api.casework.answers import CaseView
from services.api.once import Once, OnceOf
from services.api.parts import parts_of
from services.api.preconditions import IfMatch, require_match, tag_of
from services.api.problems import documented
from services.api.reads import record_reads
from services.api.routes.answer import JSON

ItemId = Annotated[
    str,
    StringConstraints(pattern=r"^i-[0-9a-f]{32}$"),
    Path(alias="itemId", description="The id of the item", examples=["i-3f0c1b4e6a524c0f9d6e0f7f4f1f2a10"]),
]

DONE: dict[int | str, dict[str, object]] = {
    201: {"model": CaseView},
    200: {"model": CaseView, "description": "It was done before; this is the case as it stands now"},
}
FAILURES = documented(400, 401, 403, 404, 409, 412, 422)
FAILURES_ON_VERSION = FAILURES | documented(428)


@dataclass(frozen=True)
class Deed:
    """One request that acts on an item."""

    request: Request
    item_id: str
    once: Once
    if_match: str | None

    async def done(self, name: str, do: Do, *, seen: bool = False) -> Response:
        """201 with the case, or 200 where the same was done before; `seen`: If-Match is needed (428)."""
        parts, reader = parts_of(self.request), reader_of(self.request)
        answers: list[Response] = []
        action = Action(
            name,
            do,
            partial(require_match, self.if_match, needed=seen),
            self.once.writing,
            lambda done: answers.append(self.once.answer(_answer(done))),
        )
        done = await act(parts, reader, self.item_id, action)
        await record_reads(parts, reader, "casework", [_signal_of(done)])
        return answers[-1]


async def deed_of(request: Request, item_id: ItemId, once: OnceOf, if_match: IfMatch = None) -> Deed:
    """The request as an action on an item."""
    return Deed(request, item_id, once, if_match)


DeedOf = Annotated[Deed, Depends(deed_of)]


def _answer(done: Done) -> Response:
    status = HTTPStatus.CREATED if done.changed else HTTPStatus.OK
    body = msgspec.json.encode(done.view)
    return Response(body, status, {"ETag": tag_of(body, done.version)}, JSON)


def _signal_of(done: Done) -> str:
    item = done.view["item"]
    assert isinstance(item, dict)  # noqa: S101 - as `item_view` makes it
    return str(item["signalId"])
