"""The page of an item: its story, the work on it, and the forms of what its reader may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api.access import GuardedRoute, Reader, ReaderOf
from services.api.casework import assignments
from services.api.casework.acting import Action, Do, act, saw
from services.api.casework.colleagues import colleagues_of
from services.api.casework.hindrances import HinderedError
from services.api.casework.view import item_view
from services.api.db.engine import reading
from services.api.need_to_know import item_for, signal_for
from services.api.pages.clocks import deadline_of, hours_until
from services.api.pages.fields import Fields
from services.api.pages.form_fields import Filled, fill
from services.api.pages.render import page
from services.api.pages.sent import sent_form
from services.api.pages.telling import record_telling, telling_of
from services.api.pages.work_forms import FORMS, WorkForm, forms_with
from services.api.parts import Parts, PartsOf
from services.api.routes.intake_items import ItemId

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

RELEASE = "release"
LONGEST_VERSION = 9


@dataclass(frozen=True)
class Tried:
    """A form that was sent and not carried out: which, what was typed, and what was wrong, by field or as a whole."""

    action: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    hindrance: str | None = None


@router.get("/items/{itemId}")
async def show_item(
    request: Request,
    item_id: ItemId,
    parts: PartsOf,
    reader: ReaderOf,
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One item with everything that its reader may see and do; `done` is what was recorded just before."""
    return await _item_page(request, item_id, parts, reader, Tried(), done=done if done in {*FORMS, RELEASE} else "")


@router.post("/items/{itemId}/{action}")
async def do_action(request: Request, item_id: ItemId, action: str, parts: PartsOf, reader: ReaderOf) -> Response:
    """Carry out what a form asks, and lead back to the item; what is wrong is told at its field."""
    sent = await sent_form(request)
    async with reading(parts.engine) as connection:
        forms = forms_with(await colleagues_of(connection, reader), reader.role)
    do, filled = _asked_for(action, sent, forms, parts)
    if filled.faults:
        tried = Tried(action, filled.given, filled.faults)
        return await _item_page(request, item_id, parts, reader, tried, HTTPStatus.BAD_REQUEST)
    try:
        await act(parts, reader, item_id, Action(action, do, saw(_version(sent))))
    except HinderedError as hindered:
        told = f"refusal-{hindered.code}"
        at_fields = dict.fromkeys(hindered.fields, told)
        tried = Tried(action, filled.given, at_fields, None if at_fields else told)
        return await _item_page(request, item_id, parts, reader, tried, hindered.status_code)
    return RedirectResponse(f"/items/{item_id}?done={action}#work", HTTPStatus.SEE_OTHER)


def _asked_for(action: str, sent: Fields, forms: Mapping[str, WorkForm], parts: Parts) -> tuple[Do, Filled]:
    """What carries the action out, and its form. Raises HTTPException 404 if there is no such action."""
    if action == RELEASE:
        (assignment_id, *_) = sent.get("assignmentId", [""])
        return lambda work: assignments.release(work, assignment_id), Filled({}, {})
    form = forms.get(action)
    if form is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    filled = fill(form.model, form.fields, sent, parts.settings.timezone)
    return form.doing(filled.model), filled


def _version(sent: Fields) -> int:
    """The version of the item that the form was made of; a form without one decides on nothing that there is."""
    (text, *_) = sent.get("version", [""])
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else -1


async def _item_page(
    request: Request, item_id: str, parts: Parts, reader: Reader, tried: Tried, status: int = 200, *, done: str = ""
) -> Response:
    now, timezone = parts.clock.now(), parts.settings.timezone
    async with reading(parts.engine) as connection:
        row = await item_for(connection, reader, item_id)
        case = await item_view(connection, reader, row, now, timezone)
        signal = await signal_for(connection, reader, row.signal_id)
        told = await telling_of(connection, reader, signal, timezone)
        forms = forms_with(await colleagues_of(connection, reader), reader.role)
    await record_telling(parts, reader, "item-page", told)
    clock, breach = case["clock"], case["dataBreach"]
    assert isinstance(clock, Mapping)  # noqa: S101 - as `item_view` makes it
    return page(
        request,
        "item.html",
        status,
        told=told.values,
        case=case,
        item=case["item"],
        forms=forms,
        tried=tried,
        done=done,
        deadline=deadline_of(clock["dueAt"], now, timezone),
        breach_clock=hours_until(breach["dueAt"], now) if isinstance(breach, Mapping) and breach["running"] else None,
        purpose="",
    )
