"""The route that finds the signals about one person whose BSN or employee id is known."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.api import signals
from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import SignalPage
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.queries import PageQuery
from services.api.routes.answer import json_answer
from services.api.vault.forms import SearchForm
from services.api.vault.search import search as found_about

router = APIRouter(prefix="/v1/signals", tags=["signals"], route_class=GuardedRoute)


@router.post(
    "/_search",
    summary="Find the signals about one person",
    response_description="A page of signals, the highest score first",
    responses=documented(400, 401, 403) | {200: {"model": SignalPage}},
)
async def search(
    request: Request, form: SearchForm, query: Annotated[PageQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """Signals whose employee or subject this is, pushed or not; logged with the pseudonym, whatever is found.

    Counts in the number of reveals a day; above it a search is refused (403), and a colleague has to search. Those in
    which you have an interest are left out. A POST, so that the number stands in no address and no log. The next page
    is asked with the same body.
    """
    _, page = await found_about(parts, reader, form, query, "search")
    return json_answer({"signals": [signals.as_answer(row) for row in page.rows]}, page.links(request))
