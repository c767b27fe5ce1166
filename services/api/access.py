"""Who may use which route: bearer tokens into roles, checked before anything of a request is read."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from services.api.audience import LEADING
from services.api.cookies import held_cookie
from services.api.identity.errors import BadTokenError, IssuerAwayError, NoRoleError
from services.api.parts import Parts, parts_of
from services.api.reader import Reader, local_reader, reader_of
from services.api.refusals import RoleRefusedError
from services.api.sessions import COOKIE
from services.core.errors import DoelbindingError

__all__ = ["ACCESS", "PUBLIC", "READERS", "GuardedRoute", "Reader", "ReaderOf", "account_of", "admit", "reader_of"]

READERS = frozenset({"investigator"}) | LEADING
"""Roles that read signals one by one, each those that are for it (`need_to_know`)."""

ACCESS: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", "/v1/signals"): frozenset({"detector"}),
    ("GET", "/v1/signals"): READERS,
    ("GET", "/v1/signals/{signalId}"): READERS,
    ("GET", "/v1/signals/{signalId}/lookups"): READERS,
    ("GET", "/v1/intake-items"): READERS,
    ("GET", "/v1/intake-items/_events"): READERS,
    ("GET", "/v1/intake-items/{itemId}"): READERS,
    ("GET", "/v1/intake-items/{itemId}/casework"): READERS,
    ("GET", "/v1/intake-items/{itemId}/assessments"): READERS,
    ("GET", "/v1/intake-items/{itemId}/sanction-factors"): READERS,
    ("POST", "/v1/intake-items/{itemId}/assessments"): READERS,
    ("POST", "/v1/intake-items/{itemId}/settlement"): LEADING,
    ("POST", "/v1/intake-items/{itemId}/notes"): READERS,
    ("POST", "/v1/intake-items/{itemId}/assignments"): LEADING,
    ("DELETE", "/v1/intake-items/{itemId}/assignments/{assignmentId}"): LEADING,
    ("POST", "/v1/intake-items/{itemId}/suspensions"): LEADING,
    ("POST", "/v1/intake-items/{itemId}/suspensions/_end"): LEADING,
    ("POST", "/v1/intake-items/{itemId}/outcome"): READERS,
    ("POST", "/v1/intake-items/{itemId}/outcome/confirmation"): READERS,
    ("POST", "/v1/intake-items/{itemId}/measures"): READERS,
    ("POST", "/v1/intake-items/{itemId}/line-intervention"): READERS,
    ("POST", "/v1/intake-items/{itemId}/data-breach"): READERS,
    ("POST", "/v1/intake-items/{itemId}/data-breach/notification"): READERS,
    ("POST", "/v1/intake-items/{itemId}/data-breach/corrections"): READERS,
    ("POST", "/v1/intake-items/{itemId}/acknowledgements"): READERS,
    ("GET", "/v1/casework-figures"): READERS,
    ("POST", "/v1/warnings"): LEADING,
    ("PUT", "/v1/interests"): frozenset({"admin"}),
    ("POST", "/v1/signals/_search"): READERS,
    ("GET", "/v1/reveals"): READERS,
    ("POST", "/v1/reveals"): READERS,
    ("POST", "/v1/reveals/{revealId}/approval"): READERS,
    ("POST", "/v1/reveals/{revealId}/opening"): READERS,
    ("GET", "/v1/aggregates"): frozenset({"soc"}),
    ("GET", "/v1/audit-entries"): frozenset({"auditor"}),
    ("GET", "/v1/audit-roots"): frozenset({"auditor"}),
    ("GET", "/"): READERS,
    ("GET", "/queue"): READERS,
    ("GET", "/signals/{signalId}"): READERS,
    ("GET", "/items/{itemId}"): READERS,
    ("GET", "/items/{itemId}/reveal"): READERS,
    ("POST", "/items/{itemId}/reveal"): READERS,
    ("GET", "/reveals"): READERS,
    ("POST", "/reveals/{revealId}/approval"): READERS,
    ("POST", "/reveals/{revealId}/opening"): READERS,
    ("GET", "/search"): READERS,
    ("POST", "/search"): READERS,
    ("GET", "/deadlines"): LEADING,
    ("GET", "/audit"): frozenset({"auditor"}),
    ("POST", "/items/{itemId}/{action}"): READERS,
}
PUBLIC = frozenset(
    {
        ("GET", "/v1/health/live"),
        ("GET", "/v1/health/ready"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/metrics"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-in/oidc"),
        ("GET", "/sign-in/callback"),
        ("POST", "/sign-out"),
        ("GET", "/static/{name}"),
        ("GET", "/theme/{file}"),
    }
)
"""Needs no token: nothing here is about a person."""
ROLE_FAULTS = {
    "no-role": "The token names no role of Doelbinding; the issuer has to give the account one.",
    "several-roles": "The token names several roles of Doelbinding, and an account acts in one; "
    "the issuer has to take the others away.",
}
RETRY_AFTER_SECONDS = 10
"""As long as the issuer is not asked anew."""


class GuardedRoute(APIRoute):
    """A route that checks the role first. One that stands in neither table cannot be made: denied by default."""

    def __init__(self, path: str, endpoint: Callable[..., object], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        for method in self.methods or ():
            if (method, path) not in ACCESS and (method, path) not in PUBLIC:
                raise DoelbindingError(f"{method} {path}: no roles in services/api/access.py")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As ever, but what begins with an underscore is an operation (NLGov API Design Rules), and never an id."""
        match, found = super().matches(scope)
        if any(str(value).startswith("_") for value in found.get("path_params", {}).values()):
            return Match.NONE, {}
        return match, found

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """The handler of the endpoint, behind the check."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if (request.method, self.path) not in PUBLIC:
                await admit(request, parts_of(request), ACCESS[request.method, self.path], self.path)
            return await answer(request)

        return guarded


async def admit(request: Request, parts: Parts, roles: frozenset[str], path: str) -> Reader:
    """Who asks, if one of the roles that this path of a route is for; `reader_of` tells it from then on.

    Raises HTTPException: 401 or the sign-in page without a good token, 503 where the issuer is away and nobody can tell
    whether a token is good; RoleRefusedError (403, recorded) where the role of a known reader has no access.
    """
    of_pages = not request.scope["path"].startswith("/v1/")
    reader = parts.sessions.reader(held_cookie(request, COOKIE), parts.clock.now()) if of_pages else None
    if not of_pages and (token := _bearer(request)):
        reader = await reader_with(token, parts)
    if reader is None:
        raise _unknown(request, of_pages=of_pages)
    request.state.reader = reader
    await parts.known.saw(reader, parts.clock.now())
    if reader.role not in roles:
        raise RoleRefusedError(reader.role, f"{request.method} {path}", request.path_params)
    return reader


async def reader_with(token: str, parts: Parts) -> Reader | None:
    """Who sent a token; nothing where it is nobody's. With an issuer local tokens open nothing.

    But for the detector's, where the settings say so: it has no other way to sign in.
    """
    if parts.issuer is None:
        account = account_of(token, parts.tokens)
        return None if account is None else local_reader(account, parts.people)
    if parts.settings.local_detector and account_of(token, parts.tokens) == "detector":
        return local_reader("detector", {})
    try:
        person = await parts.issuer.bearer(token)
    except BadTokenError:
        return None
    except NoRoleError as error:
        await parts.known.lost(error.account, parts.clock.now())
        raise HTTPException(HTTPStatus.FORBIDDEN, ROLE_FAULTS[error.reason]) from error
    except IssuerAwayError as error:
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The issuer of the token does not answer, so nobody can tell whether it is good; try again later.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        ) from error
    return Reader(person.subject, person.role, person.employee, local=False)


def account_of(token: str, tokens: Mapping[str, str]) -> str | None:
    """The account whose token this is; every token is compared, so that the time taken tells nothing."""
    given = token.encode()
    matches = [account for account, kept in tokens.items() if hmac.compare_digest(given, kept.encode())]
    return matches[0] if matches else None


async def _reader(request: Request) -> Reader:  # a plain function would be sent to a thread, for each request
    return reader_of(request)


ReaderOf = Annotated[Reader, Depends(_reader)]


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _unknown(request: Request, *, of_pages: bool) -> HTTPException:
    if of_pages:
        wanted = f"{request.url.path}?{request.url.query}".removesuffix("?")
        place = f"/sign-in?next={quote(wanted)}"
        return HTTPException(HTTPStatus.SEE_OTHER, headers={"Location": place})
    challenge = 'Bearer realm="doelbinding"'
    if "Authorization" in request.headers:
        challenge += ', error="invalid_token"'
    return HTTPException(
        HTTPStatus.UNAUTHORIZED, "A valid bearer token is needed.", headers={"WWW-Authenticate": challenge}
    )
