"""Signing in at the issuer: the browser is sent there, and comes back as somebody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.api.access import GuardedRoute
from services.api.cookies import give_cookie, held_cookie, take_cookie_back
from services.api.identity.errors import BadTokenError, IssuerAwayError, NoRoleError
from services.api.identity.login import CALLBACK, HANDSHAKE, LASTS, Login, SignInError
from services.api.pages.render import page
from services.api.pages.sign_in import PAGE_ROLES, keep_session, own_page
from services.api.parts import Parts, PartsOf
from services.api.reader import Reader
from services.api.sessions import IssuerSessions

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

LOG = structlog.get_logger()
REFUSED = {
    SignInError: (HTTPStatus.BAD_REQUEST, "sign-in-again"),
    BadTokenError: (HTTPStatus.FORBIDDEN, "sign-in-untrusted"),
    NoRoleError: (HTTPStatus.FORBIDDEN, "sign-in-no-role"),
    IssuerAwayError: (HTTPStatus.SERVICE_UNAVAILABLE, "sign-in-away"),
}
"""What is told to somebody who cannot be signed in, by why."""


@router.get("/sign-in/oidc")
async def ask(request: Request, parts: PartsOf, place: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Send the browser to the issuer."""
    login, _ = _signing_in(parts)
    try:
        url, cookie = await login.begin(own_page(place), parts.clock.now())
    except IssuerAwayError as error:
        return _refused(request, error)
    answer = RedirectResponse(url, HTTPStatus.SEE_OTHER)
    # lax: the way back begins at the issuer, and a strict cookie would stay behind
    give_cookie(request, answer, HANDSHAKE, cookie, LASTS, "lax")
    return answer


@router.get(CALLBACK)
async def come_back(request: Request, parts: PartsOf) -> Response:
    """Start a session for whom the issuer says it is, by a page that leads on to the one that was asked for."""
    login, sessions = _signing_in(parts)
    try:
        reader, place = await _signed_in(request, parts, login)
    except (SignInError, BadTokenError, NoRoleError, IssuerAwayError) as error:
        answer = _refused(request, error)
    else:
        # a page of our own, as the strict session cookie is not sent along a redirect that began at the issuer
        answer = page(request, "signed-in.html", place=own_page(place))
        answer.headers["Refresh"] = f"0; url={own_page(place)}"
        keep_session(request, answer, sessions.start(reader, parts.clock.now()))
    take_cookie_back(request, answer, HANDSHAKE, "lax")
    return answer


async def _signed_in(request: Request, parts: Parts, login: Login) -> tuple[Reader, str]:
    """Who is back from the issuer, and the page that was asked for. Raises as `Login.finish` does."""
    now = parts.clock.now()
    try:
        person, place = await login.finish(held_cookie(request, HANDSHAKE), request.query_params, now)
    except NoRoleError as error:
        await parts.known.lost(error.account, now)
        raise
    reader = Reader(person.subject, person.role, person.employee, local=False)
    await parts.known.saw(reader, now)
    if reader.role not in PAGE_ROLES:
        raise NoRoleError("no-role", reader.subject)
    return reader, place


def _signing_in(parts: Parts) -> tuple[Login, IssuerSessions]:
    if parts.login is None or not isinstance(parts.sessions, IssuerSessions):
        raise HTTPException(HTTPStatus.NOT_FOUND, "Nobody signs in at an issuer here.")
    return parts.login, parts.sessions


def _refused(request: Request, error: Exception) -> Response:
    status, text = REFUSED[type(error)]
    LOG.warning("sign-in-refused", why=type(error).__name__, told=str(error))
    return page(request, "failed.html", status, explanation=text)
