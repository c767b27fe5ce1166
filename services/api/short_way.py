"""The two reads that are done most, answered without the layers that a request else goes through.

The same checks, records and answers as by the routes of services/api/routes/signals.py, which take whatever is not
plain: a fault in a parameter, a signal that is not there or not for this reader, an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api import problems
from services.api.access import ACCESS, admit
from services.api.pages import failures
from services.api.parts import Parts
from services.api.queries import DetailQuery, Query, SignalQuery
from services.api.reader import Reader
from services.api.reads import record_reads
from services.api.refusals import RefusedError
from services.api.routes import signals as routes
from services.api.routes.answer import tagged_json
from services.api.signals import as_json
from services.api.teller import SignalTeller

Wanted = TypeVar("Wanted", bound=Query)
LIST, ONE = "/v1/signals", "/v1/signals/{signalId}"
SIGNAL = re.compile(r"/v1/signals/(s-[0-9a-f]{32})")
ROUTES: Mapping[str, APIRoute] = {
    route.path: route for route in routes.router.routes if isinstance(route, APIRoute) and route.methods == {"GET"}
}


class ShortWay:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._teller = SignalTeller(parts.direct)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        one = None if path == LIST else SIGNAL.fullmatch(path)
        if path != LIST and one is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = ROUTES[LIST if one is None else ONE]
        answer = await self._answer(Request(scope), one and one[1])
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request, signal_id: str | None) -> Response | None:
        """As the handlers of the application would answer; None where it is passed on."""
        try:
            return await (self._list(request) if signal_id is None else self._one(request, signal_id))
        except RefusedError:  # refused again, and recorded, by the layers that this way leaves out
            return None
        except HTTPException as error:
            return await failures.answer(problems.answer_http)(request, error)
        except failures.TROUBLES as error:
            return await failures.answer_trouble(request, error)

    async def _list(self, request: Request) -> Response | None:
        reader = await self._admitted(request, LIST)
        query = _read(SignalQuery, request)
        if query is None:
            return None
        if not query.pushed:
            routes.need_purpose(query)
        page = await self._teller.page(reader, query, self._parts.cursors)
        if page is None:
            return None
        await record_reads(self._parts, reader, "signals", [row.signal_id for row in page.rows], query.purpose)
        return routes.told_answer(page, request)

    async def _one(self, request: Request, signal_id: str) -> Response | None:
        reader = await self._admitted(request, ONE)
        query = _read(DetailQuery, request)
        row = await self._teller.one(reader, signal_id) if query else None
        if query is None or row is None:
            return None
        routes.readable(row, query)
        await record_reads(self._parts, reader, "signal", [signal_id], query.purpose)
        return tagged_json(request, as_json(row).encode())

    async def _admitted(self, request: Request, path: str) -> Reader:
        return await admit(request, self._parts, ACCESS["GET", path], path)


def _read(model: type[Wanted], request: Request) -> Wanted | None:
    """The parameters, where each is given once and without a fault."""
    given = request.query_params
    try:
        return model.model_validate(dict(given)) if len(given) == len(given.multi_items()) else None
    except ValidationError:
        return None
