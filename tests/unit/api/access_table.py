"""Who may use which route, written by hand from the design: the tests hold the application to it."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.access import GuardedRoute

DETECTOR, SOC, INVESTIGATOR, LEAD = {"detector"}, {"soc"}, {"investigator"}, {"lead"}
AUDITOR, ADMIN, NOBODY = {"auditor"}, {"admin"}, set[str]()
READERS, LEADING = INVESTIGATOR | LEAD | AUDITOR, LEAD | AUDITOR

MAY: Mapping[str, set[str]] = {
    "POST /v1/signals": DETECTOR,
    "GET /v1/signals": READERS,
    "GET /v1/signals/{signalId}": READERS,
    "GET /v1/signals/{signalId}/lookups": READERS,
    "GET /v1/intake-items": READERS,
    "GET /v1/intake-items/_events": READERS,
    "GET /v1/intake-items/{itemId}": READERS,
    "GET /v1/intake-items/{itemId}/casework": READERS,
    "GET /v1/intake-items/{itemId}/assessments": READERS,
    "POST /v1/intake-items/{itemId}/assessments": READERS,
    "POST /v1/intake-items/{itemId}/settlement": LEADING,
    "POST /v1/intake-items/{itemId}/notes": READERS,
    "POST /v1/intake-items/{itemId}/assignments": LEADING,
    "DELETE /v1/intake-items/{itemId}/assignments/{assignmentId}": LEADING,
    "POST /v1/intake-items/{itemId}/suspensions": LEADING,
    "POST /v1/intake-items/{itemId}/suspensions/_end": LEADING,
    "POST /v1/intake-items/{itemId}/outcome": READERS,
    "POST /v1/intake-items/{itemId}/outcome/confirmation": READERS,
    "POST /v1/intake-items/{itemId}/measures": READERS,
    "POST /v1/intake-items/{itemId}/line-intervention": READERS,
    "POST /v1/intake-items/{itemId}/acknowledgements": READERS,
    "POST /v1/intake-items/{itemId}/data-breach": READERS,
    "POST /v1/intake-items/{itemId}/data-breach/notification": READERS,
    "POST /v1/intake-items/{itemId}/data-breach/corrections": READERS,
    "GET /v1/intake-items/{itemId}/sanction-factors": READERS,
    "GET /v1/casework-figures": READERS,
    "POST /v1/signals/_search": READERS,
    "GET /v1/reveals": READERS,
    "POST /v1/reveals": READERS,
    "POST /v1/reveals/{revealId}/approval": READERS,
    "POST /v1/reveals/{revealId}/opening": READERS,
    "POST /v1/warnings": LEADING,
    "PUT /v1/interests": ADMIN,
    "GET /v1/aggregates": SOC,
    "GET /v1/audit-entries": AUDITOR,
    "GET /v1/audit-roots": AUDITOR,
    "GET /": READERS,
    "GET /queue": READERS,
    "GET /signals/{signalId}": READERS,
    "GET /items/{itemId}": READERS,
    "POST /items/{itemId}/{action}": READERS,
    "GET /items/{itemId}/reveal": READERS,
    "POST /items/{itemId}/reveal": READERS,
    "GET /reveals": READERS,
    "POST /reveals/{revealId}/approval": READERS,
    "POST /reveals/{revealId}/opening": READERS,
    "GET /search": READERS,
    "POST /search": READERS,
    "GET /deadlines": LEADING,
    "GET /audit": AUDITOR,
}
"""The roles of each route; every other role, and whoever shows no token, is refused."""
OPEN = {
    "GET /v1/health/live",
    "GET /v1/health/ready",
    "GET /v1/openapi.json",
    "GET /metrics",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/oidc",
    "GET /sign-in/callback",
    "POST /sign-out",
    "GET /static/{name}",
    "GET /theme/{file}",
}
"""Needs no token."""
NAMES = {
    "signalId": "s-00000000000000000000000000000001",
    "itemId": "i-00000000000000000000000000000001",
    "revealId": "r-00000000000000000000000000000001",
    "assignmentId": "g-00000000000000000000000000000001",
    "action": "assess",
    "name": "style.css",
    "file": "theme.css",
}
"""What stands for the names in a path; a route with another name in it is added here."""


def routes_of(app: object) -> list[str]:
    """Every route of an application with each of its methods, as `GET /v1/signals`; HEAD and OPTIONS are not ours."""
    found = [f"{method} {route.path}" for route in _flat(app) for method in (getattr(route, "methods", None) or ())]
    return sorted(set(found))


def filled(route: str) -> tuple[str, str]:
    """Method and path of a route, with something in the place of each name."""
    method, path = route.split(" ")
    return method, path.format(**NAMES)


def is_page(route: str) -> bool:
    return not route.split(" ")[1].startswith("/v1/")


def unguarded(app: object) -> list[str]:
    """Routes that check no role at all."""
    return [route.path for route in _flat(app) if not isinstance(route, GuardedRoute)]


def _flat(router: object) -> list[object]:
    """The routes of a router, and of the routers that it includes."""
    found: list[object] = []
    for route in router.routes:
        found += _flat(route.original_router) if hasattr(route, "original_router") else [route]
    return found
