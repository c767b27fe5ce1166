"""Signing in with a token in a form, which becomes a signed cookie; a token never stands in a URL."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api.access import PAGE_READERS, GuardedRoute, account_of
from services.api.pages.render import page
from services.api.parts import PartsOf
from services.api.sessions import COOKIE, LASTS
from services.core.tokens import ACCOUNTS

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

OWN_PAGE = re.compile(
    r"(/|/queue|/deadlines|/reveals|/audit|/signals/s-[0-9a-f]{32}|/items/i-[0-9a-f]{32})(\?[\w.,~+%&=-]{1,1000})?",
    re.ASCII,
)
"""Where signing in may lead: a page of ours, with the filters that were asked for."""
LONGEST_FORM = 4_096


@router.get("/sign-in")
async def show_form(request: Request, place: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form to paste a token in."""
    return page(request, "sign-in.html", place=_own(place), refused=False)


@router.post("/sign-in")
async def sign_in(request: Request, parts: PartsOf, place: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Start a session for the token's account, and go on to the page that was asked for."""
    check_origin(request)
    form = await _form(request)
    place = _own(place)
    account = account_of(form.get("token", "").strip(), parts.tokens)
    if account is None or ACCOUNTS[account] not in PAGE_READERS:
        return page(request, "sign-in.html", HTTPStatus.FORBIDDEN, place=place, refused=True)
    answer = RedirectResponse(place, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        parts.sessions.start(account, parts.clock.now()),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session in this browser."""
    check_origin(request)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def check_origin(request: Request) -> None:
    """Refuse a form that another site made. Raises HTTPException 403."""
    origin = urlsplit(request.headers.get("Origin", ""))
    if (origin.scheme, origin.netloc) != (request.url.scheme, request.headers.get("Host", "")):
        raise HTTPException(HTTPStatus.FORBIDDEN, "The form must come from this site.")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small urlencoded form. Raises HTTPException 413 if it is a large one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too large.")
    fields = parse_qs(bytes(body).decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _own(place: str) -> str:
    return place if OWN_PAGE.fullmatch(place) else "/"
