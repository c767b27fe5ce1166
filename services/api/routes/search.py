"""The route that finds the signals about one person whose BSN or employee id is known."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.api import signals
from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import SignalPage
from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.db.engine import reading, writing
from services.api.need_to_know import unconcerned
from services.api.paging import fetch_page
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.queries import PageQuery
from services.api.reads import record_reads
from services.api.routes.answer import json_answer
from services.api.vault.forms import SearchForm
from services.api.vault.pointing import refuse_interest
from services.api.vault.search import by_rank, person_of, signals_about

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

    Those in which you have an interest are left out. A POST, so that the number stands in no address and no
    log. The next page is asked with the same body.
    """
    person = person_of(parts.vault, form)
    now = parts.clock.now()
    entry = entry_of(reader, "search", "person", person.pseudonym, form.purpose, {"kind": person.kind})
    async with writing(parts.engine) as connection:
        await append(connection, [entry], now)
    async with reading(parts.engine) as connection:
        await refuse_interest(connection, reader, person)
        about = signals_about(person, await unconcerned(connection, reader))
        page = await fetch_page(connection, about, by_rank(person), parts.cursors, query)
    await record_reads(parts, reader, "search", [row.signal_id for row in page.rows], form.purpose)
    return json_answer({"signals": [signals.as_answer(row) for row in page.rows]}, page.links(request))
