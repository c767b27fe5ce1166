"""Signing in with a local account's token in a form, which becomes a signed cookie; no token stands in a URL."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api.access import ACCESS, GuardedRoute, account_of
from services.api.cookies import give_cookie, take_cookie_back
from services.api.pages.render import page
from services.api.parts import PartsOf, parts_of
from services.api.sessions import COOKIE, LASTS, LocalSessions
from services.core.tokens import ACCOUNTS

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

PAGE_ROLES: frozenset[str] = frozenset().union(*(roles for (_, path), roles in ACCESS.items() if path[:4] != "/v1/"))
"""Roles that have pages to look at."""
OWN_PAGE = re.compile(
    r"(/|/queue|/search|/deadlines|/reveals|/audit|/signals/s-[0-9a-f]{32}|/items/i-[0-9a-f]{32})(\?[\w.,~+%&=-]{1,1000})?",
    re.ASCII,
)
"""Where signing in may lead: a page of ours, with the filters that were asked for."""
LONGEST_FORM = 4_096


@router.get("/sign-in")
async def show_form(request: Request, place: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form to paste a token in, or the way to the issuer."""
    return _form_page(request, own_page(place))


@router.post("/sign-in")
async def sign_in(request: Request, parts: PartsOf, place: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Start a session for the token's account, and go on to the page that was asked for."""
    check_origin(request)
    form = await _form(request)
    place = own_page(place)
    account = account_of(form.get("token", "").strip(), parts.tokens)
    local = parts.sessions if isinstance(parts.sessions, LocalSessions) else None
    if local is None or account is None or ACCOUNTS[account] not in PAGE_ROLES:
        return _form_page(request, place, refused=True)
    answer = RedirectResponse(place, HTTPStatus.SEE_OTHER)
    keep_session(request, answer, local.start(account, parts.clock.now()))
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, parts: PartsOf) -> Response:
    """End the session in this browser, and lead on to where the one at the issuer ends."""
    check_origin(request)
    answer: Response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    if parts.login is not None and (place := await parts.login.sign_out_url()):
        # a page of our own: the policy of the browser lets no form lead away from this site
        answer = page(request, "signed-out.html", place=place)
        answer.headers["Refresh"] = f"0; url={place}"
    take_cookie_back(request, answer, COOKIE, "strict")
    return answer


def keep_session(request: Request, answer: Response, session: str) -> None:
    """Give the browser the session along with an answer."""
    give_cookie(request, answer, COOKIE, session, LASTS, "strict")


def check_origin(request: Request) -> None:
    """Refuse a form that another site made: ours is where it came in, or our public URL. Raises HTTPException 403."""
    origin = urlsplit(request.headers.get("Origin", ""))
    public = urlsplit(parts_of(request).settings.public_url or "")
    ours = {(request.url.scheme, request.headers.get("Host", "")), (public.scheme, public.netloc)} - {("", "")}
    if (origin.scheme, origin.netloc) not in ours:
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


def _form_page(request: Request, place: str, *, refused: bool = False) -> Response:
    parts = parts_of(request)
    way = "token" if parts.issuer is None else "issuer" if parts.login else "none"
    status = HTTPStatus.FORBIDDEN if refused else HTTPStatus.OK
    return page(request, "sign-in.html", status, place=place, refused=refused, way=way)


def own_page(place: str) -> str:
    """The page that was asked for, if it is one of ours; else where work starts."""
    return place if OWN_PAGE.fullmatch(place) else "/"
