"""Who may use which route, written by hand from the design: the tests hold the application to it."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.access import GuardedRoute

DETECTOR, SOC, INVESTIGATOR, LEAD = {"detector"}, {"soc"}, {"investigator"}, {"lead"}
AUDITOR, ADMIN, NOBODY = {"auditor"}, {"admin"}, set[str]()
BUREAU = INVESTIGATOR | LEAD

MAY: Mapping[str, set[str]] = {
    "POST /v1/signals": DETECTOR,
    "GET /v1/signals": BUREAU,
    "GET /v1/signals/{signalId}": BUREAU,
    "GET /v1/signals/{signalId}/lookups": BUREAU,
    "GET /v1/intake-items": BUREAU,
    "GET /v1/intake-items/_events": BUREAU,
    "GET /v1/intake-items/{itemId}": BUREAU,
    "GET /v1/intake-items/{itemId}/casework": BUREAU,
    "GET /v1/intake-items/{itemId}/assessments": BUREAU,
    "POST /v1/intake-items/{itemId}/assessments": BUREAU,
    "POST /v1/intake-items/{itemId}/settlement": LEAD,
    "POST /v1/intake-items/{itemId}/notes": BUREAU,
    "POST /v1/intake-items/{itemId}/assignments": LEAD,
    "DELETE /v1/intake-items/{itemId}/assignments/{assignmentId}": LEAD,
    "POST /v1/intake-items/{itemId}/suspensions": LEAD,
    "POST /v1/intake-items/{itemId}/suspensions/_end": LEAD,
    "POST /v1/intake-items/{itemId}/outcome": BUREAU,
    "POST /v1/intake-items/{itemId}/outcome/confirmation": BUREAU,
    "POST /v1/intake-items/{itemId}/measures": BUREAU,
    "POST /v1/intake-items/{itemId}/line-intervention": BUREAU,
    "POST /v1/intake-items/{itemId}/acknowledgements": BUREAU,
    "POST /v1/intake-items/{itemId}/data-breach": BUREAU,
    "POST /v1/intake-items/{itemId}/data-breach/notification": BUREAU,
    "GET /v1/intake-items/{itemId}/sanction-factors": BUREAU,
    "GET /v1/casework-figures": BUREAU,
    "POST /v1/signals/_search": BUREAU,
    "GET /v1/reveals": BUREAU,
    "POST /v1/reveals": BUREAU,
    "POST /v1/reveals/{revealId}/approval": BUREAU,
    "POST /v1/reveals/{revealId}/opening": BUREAU,
    "POST /v1/warnings": LEAD,
    "PUT /v1/interests": ADMIN,
    "GET /v1/aggregates": SOC,
    "GET /v1/audit-entries": AUDITOR,
    "GET /v1/audit-roots": AUDITOR,
    "GET /": BUREAU | AUDITOR,
    "GET /queue": BUREAU,
    "GET /signals/{signalId}": BUREAU,
    "GET /items/{itemId}": BUREAU,
    "POST /items/{itemId}/{action}": BUREAU,
    "GET /items/{itemId}/reveal": BUREAU,
    "POST /items/{itemId}/reveal": BUREAU,
    "GET /reveals": BUREAU,
    "POST /reveals/{revealId}/approval": BUREAU,
    "POST /reveals/{revealId}/opening": BUREAU,
    "GET /search": BUREAU,
    "POST /search": BUREAU,
    "GET /deadlines": LEAD,
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
