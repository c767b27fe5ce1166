"""Every route against every role, no token, and a session: what is not granted by the table is denied."""

import pytest
from fastapi import APIRouter

from services.api.access import GuardedRoute
from services.api.followers import Followers
from services.api.main import bare_app
from services.api.sessions import COOKIE
from services.core.errors import DoelbindingError
from services.core.tokens import ACCOUNTS, ROLES
from tests.unit.api.access_table import MAY, OPEN, filled, is_page, routes_of, unguarded

ROUTES = routes_of(bare_app())
BEHIND = [route for route in ROUTES if route not in OPEN]
OF_API = [route for route in BEHIND if not is_page(route)]
OF_PAGES = [route for route in BEHIND if is_page(route)]


@pytest.fixture
def sent(api, make_signal, monkeypatch):
    monkeypatch.setattr(Followers, "closing", property(lambda _: True))  # else who follows the news never gets an end
    api.results(make_signal(1))
    return api


def denied(answer, role):
    return answer.status_code == 403 and answer.json()["detail"] == f"The role {role} has no access to this."


def with_session(api, account, route):
    method, path = filled(route)
    session = api.parts.sessions.start(account, api.clock.now())
    return api.call(method, path, headers={"Cookie": f"{COOKIE}={session}", "Origin": "http://api.test"})


def test_the_table_names_every_route_and_no_other():
    assert set(ROUTES) == set(MAY) | OPEN
    assert unguarded(bare_app()) == []


@pytest.mark.parametrize("route", OF_API)
def test_each_route_of_the_api_admits_exactly_its_roles(sent, route):
    for account, role in ACCOUNTS.items():
        answer = sent.call(*filled(route), account)
        assert denied(answer, role) == (role not in MAY[route]), (account, answer.text)
        assert answer.status_code not in {401, 500, 503}


@pytest.mark.parametrize("route", OF_PAGES)
def test_each_page_admits_exactly_its_roles(sent, route):
    for account, role in ACCOUNTS.items():
        answer = with_session(sent, account, route)
        assert denied(answer, role) == (role not in MAY[route]), (account, answer.text)
        assert not answer.headers.get("Location", "").startswith("/sign-in")
        assert answer.status_code not in {401, 500, 503}


@pytest.mark.parametrize("route", OF_API)
def test_without_a_known_token_each_api_route_answers_401(sent, route):
    bad = ("", "Bearer", "Bearer nonsense", "Basic eA==", "Bearer é", "Bearer a.b.c")
    for headers in ({}, *({"Authorization": value.encode()} for value in bad if value)):
        answer = sent.call(*filled(route), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("route", OF_API)
def test_a_session_of_the_pages_opens_no_api_route(sent, route):
    for account in ACCOUNTS:
        assert with_session(sent, account, route).status_code == 401


@pytest.mark.parametrize("route", OF_PAGES)
def test_the_pages_send_everybody_without_a_session_to_the_sign_in(sent, route):
    for account in (None, *ACCOUNTS):
        answer = sent.call(*filled(route), account)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("route", sorted(OPEN))
def test_what_is_open_asks_for_no_token(api, route):
    answer = api.call(*filled(route), headers={"Origin": "http://api.test"})
    assert answer.status_code != 401
    assert not answer.headers.get("Location", "").startswith("/sign-in?")
    assert route == "GET /v1/openapi.json" or "p1-" not in answer.text  # whose examples hold made-up pseudonyms


def test_the_roles_see_what_the_design_gives_them():
    seen = {role: {route for route, roles in MAY.items() if role in roles} for role in ROLES}
    assert seen["soc"] == {"GET /v1/aggregates"}
    assert seen["auditor"] - seen["lead"] == {"GET /v1/audit-entries", "GET /v1/audit-roots", "GET /audit"}
    assert seen["admin"] == {"PUT /v1/interests"}
    assert seen["detector"] == {"POST /v1/signals"}
    for role in ("soc", "admin", "detector"):
        assert not {route for route in seen[role] if route.startswith("GET") and ("signal" in route or "item" in route)}
    assert seen["investigator"] <= seen["lead"] <= seen["auditor"]


@pytest.mark.parametrize(("role", "start"), [("investigator", "/queue"), ("lead", "/queue"), ("auditor", "/audit")])
def test_readers_sign_in_to_the_page_where_their_work_starts(api, role, start):
    assert api.sign_in(role).headers["Location"] == "/"
    assert api.get("/", None).headers["Location"] == start
    assert api.get(start, None).status_code == 200


@pytest.mark.parametrize("role", [role for role in ROLES if not any(role in MAY[route] for route in OF_PAGES)])
def test_roles_without_pages_do_not_sign_in(api, role):
    answer = api.sign_in(role)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_route_without_roles_cannot_be_made():
    with pytest.raises(DoelbindingError, match="GET /v1/secrets: no roles"):
        APIRouter(route_class=GuardedRoute).get("/v1/secrets")(lambda: None)


def test_a_caller_without_access_learns_nothing_about_a_body(api):
    answer = api.call("POST", "/v1/signals", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401
