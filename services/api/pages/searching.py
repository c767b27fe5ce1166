"""The page on which one known person is looked for: a form that is sent, so that nobody stands in an address."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from services.api import signals
from services.api.access import GuardedRoute, ReaderOf
from services.api.pages.fields import Field, Fields
from services.api.pages.form_fields import Filled, fill
from services.api.pages.render import page
from services.api.pages.sent import sent_form
from services.api.parts import Parts, PartsOf
from services.api.queries import MOST, PageQuery
from services.api.vault.forms import SEARCH_PURPOSES, SearchForm
from services.api.vault.search import search

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

PEOPLE = ("bsn", "employeeId")
ASKED = (
    Field("bsn", "text", help="help-bsn"),
    Field("employeeId", "text", help="help-employeeId"),
    Field("purpose", "select", SEARCH_PURPOSES),
    Field("reason", "area", help="note-help"),
)
BETWEEN_DIGITS = str.maketrans("", "", " .-\u00a0")


@router.get("/search")
async def show_form(request: Request) -> Response:
    """What is asked before anybody is looked for."""
    return page(request, "search.html", asked=ASKED, filled=Filled({}, {}))


@router.post("/search")
async def look_for(request: Request, parts: PartsOf, reader: ReaderOf) -> Response:
    """The signals about this person, the highest score first; who it was is not shown again."""
    filled = _filled(await sent_form(request), parts)
    if not isinstance(filled.model, SearchForm):
        return page(request, "search.html", HTTPStatus.BAD_REQUEST, asked=ASKED, filled=filled)
    person, found = await search(parts, reader, filled.model, PageQuery(limit=MOST), "search-page")
    return page(
        request,
        "found.html",
        person=person,
        purpose=filled.model.purpose,
        signals=[signals.as_answer(row) for row in found.rows],
        more=found.next is not None,
    )


def _filled(sent: Fields, parts: Parts) -> Filled:
    """The form, or all that is wrong with it; the person is to be typed again."""
    plain = {
        name: [value.translate(BETWEEN_DIGITS) for value in values] if name == "bsn" else values
        for name, values in sent.items()
    }
    filled = fill(SearchForm, ASKED, plain, parts.settings.timezone)
    faults = dict(filled.faults)
    if ("bsn" in sent) == ("employeeId" in sent):
        faults = dict.fromkeys(PEOPLE, "fault-one-person") | faults
    kept = {name: value for name, value in filled.given.items() if name not in PEOPLE}
    in_order = {field.name: faults[field.name] for field in ASKED if field.name in faults}
    return Filled(kept, in_order, None if in_order else filled.model)
