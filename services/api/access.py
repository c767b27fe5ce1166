"""Who may use which route: bearer tokens into roles, checked before anything of a request is read."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute

from services.api.parts import Parts, parts_of
from services.api.sessions import COOKIE
from services.core.errors import DoelbindingError
from services.core.tokens import ACCOUNTS

READERS = frozenset({"investigator", "lead"})
"""Roles that read signals one by one."""
LEAD = frozenset({"lead"})
"""Settles what two people judged differently, and says who works on what."""
PAGE_READERS = READERS | {"auditor"}
"""Roles with work on the pages."""

ACCESS: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", "/v1/signals"): frozenset({"detector"}),
    ("GET", "/v1/signals"): READERS,
    ("GET", "/v1/signals/{signalId}"): READERS,
    ("GET", "/v1/signals/{signalId}/lookups"): READERS,
    ("GET", "/v1/intake-items"): READERS,
    ("GET", "/v1/intake-items/{itemId}"): READERS,
    ("GET", "/v1/intake-items/{itemId}/casework"): READERS,
    ("GET", "/v1/intake-items/{itemId}/assessments"): READERS,
    ("GET", "/v1/intake-items/{itemId}/sanction-factors"): READERS,
    ("POST", "/v1/intake-items/{itemId}/assessments"): READERS,
    ("POST", "/v1/intake-items/{itemId}/settlement"): LEAD,
    ("POST", "/v1/intake-items/{itemId}/notes"): READERS,
    ("POST", "/v1/intake-items/{itemId}/assignments"): LEAD,
    ("DELETE", "/v1/intake-items/{itemId}/assignments/{assignmentId}"): LEAD,
    ("POST", "/v1/intake-items/{itemId}/suspensions"): LEAD,
    ("POST", "/v1/intake-items/{itemId}/suspensions/_end"): LEAD,
    ("POST", "/v1/intake-items/{itemId}/outcome"): READERS,
    ("POST", "/v1/intake-items/{itemId}/outcome/confirmation"): READERS,
    ("POST", "/v1/intake-items/{itemId}/measures"): READERS,
    ("POST", "/v1/intake-items/{itemId}/line-intervention"): READERS,
    ("POST", "/v1/intake-items/{itemId}/data-breach"): READERS,
    ("POST", "/v1/intake-items/{itemId}/data-breach/notification"): READERS,
    ("POST", "/v1/intake-items/{itemId}/acknowledgements"): READERS,
    ("GET", "/v1/casework-figures"): READERS,
    ("POST", "/v1/warnings"): LEAD,
    ("PUT", "/v1/interests"): frozenset({"admin"}),
    ("POST", "/v1/signals/_search"): READERS,
    ("GET", "/v1/reveals"): READERS,
    ("POST", "/v1/reveals"): READERS,
    ("POST", "/v1/reveals/{revealId}/approval"): READERS,
    ("POST", "/v1/reveals/{revealId}/opening"): READERS,
    ("GET", "/v1/aggregates"): frozenset({"soc"}),
    ("GET", "/v1/audit-entries"): frozenset({"auditor"}),
    ("GET", "/v1/audit-roots"): frozenset({"auditor"}),
    ("GET", "/"): PAGE_READERS,
    ("GET", "/queue"): READERS,
    ("GET", "/signals/{signalId}"): READERS,
    ("GET", "/items/{itemId}"): READERS,
    ("GET", "/items/{itemId}/reveal"): READERS,
    ("POST", "/items/{itemId}/reveal"): READERS,
    ("GET", "/reveals"): READERS,
    ("POST", "/reveals/{revealId}/approval"): READERS,
    ("POST", "/reveals/{revealId}/opening"): READERS,
    ("GET", "/deadlines"): LEAD,
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
        ("POST", "/sign-out"),
        ("GET", "/static/{name}"),
        ("GET", "/theme/{name}"),
    }
)
"""Needs no token: nothing here is about a person, and only this machine can reach it."""


@dataclass(frozen=True)
class Reader:
    """Who asks: the subject of the token, as the audit trail names it, its role, and the person behind it.

    `employee` is the pseudonym of the reader as an employee of the agency; null where the account is no person's, or
    where the issuer does not tell. `local` accounts are those of this machine.
    """

    subject: str
    role: str
    employee: str | None = None
    local: bool = True


class GuardedRoute(APIRoute):
    """A route that checks the role first. One that stands in neither table cannot be made: denied by default."""

    def __init__(self, path: str, endpoint: Callable[..., object], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        for method in self.methods or ():
            if (method, path) not in ACCESS and (method, path) not in PUBLIC:
                raise DoelbindingError(f"{method} {path}: no roles in services/api/access.py")

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """The handler of the endpoint, behind the check."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if (request.method, self.path) not in PUBLIC:
                request.state.reader = admit(request, parts_of(request), ACCESS[request.method, self.path])
            return await answer(request)

        return guarded


def admit(request: Request, parts: Parts, roles: frozenset[str]) -> Reader:
    """Who asks, if one of the roles. Raises HTTPException: 401 or the sign-in page without a token, 403 otherwise."""
    of_pages = not request.url.path.startswith("/v1/")
    account = _session_account(request, parts) if of_pages else _bearer_account(request, parts)
    if account is None:
        raise _unknown(request, of_pages=of_pages)
    role = ACCOUNTS[account]
    if role not in roles:
        raise HTTPException(HTTPStatus.FORBIDDEN, f"The role {role} has no access to this.")
    return Reader(f"token:{account}", role, parts.people.get(account))


def account_of(token: str, tokens: Mapping[str, str]) -> str | None:
    """The account whose token this is; every token is compared, so that the time taken tells nothing."""
    given = token.encode()
    matches = [account for account, kept in tokens.items() if hmac.compare_digest(given, kept.encode())]
    return matches[0] if matches else None


def reader_of(request: Request) -> Reader:
    """Who was admitted to this request."""
    reader: Reader = request.state.reader
    return reader


ReaderOf = Annotated[Reader, Depends(reader_of)]


def _bearer_account(request: Request, parts: Parts) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return account_of(token.strip(), parts.tokens) if scheme.lower() == "bearer" else None


def _session_account(request: Request, parts: Parts) -> str | None:
    return parts.sessions.account(request.cookies.get(COOKIE, ""), parts.clock.now())


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
