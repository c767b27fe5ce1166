"""Every route against every role: what is not granted is denied."""

import itertools

import pytest
from fastapi import APIRouter

from services.api.access import ACCESS, PUBLIC, GuardedRoute
from services.core.errors import DoelbindingError
from services.core.tokens import ROLES

SIGNAL = "s-00000000000000000000000000000001"
FILLED = {
    "{signalId}": SIGNAL,
    "{itemId}": "i-00000000000000000000000000000001",
    "/theme/{name}": "/theme/theme.css",
    "{name}": "style.css",
}
API_ROUTES = [route for route in ACCESS if route[1].startswith("/v1/")]
PAGE_ROUTES = [route for route in ACCESS if not route[1].startswith("/v1/")]


def filled(path):
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


@pytest.fixture
def sent(api, make_signal):
    api.results(make_signal(1))
    return api


def test_each_route_admits_exactly_its_roles(sent):
    for (method, path), role in itertools.product(API_ROUTES, ROLES):
        status = sent.call(method, filled(path), role).status_code
        admitted = role in ACCESS[method, path]
        assert (status != 403) == admitted, (method, path, role, status)
        assert status not in {401, 500}


def test_without_a_known_token_each_api_route_answers_401(sent):
    bad = [{}, *({"Authorization": value} for value in ("Bearer", "Bearer nonsense", "Basic eA==", "Bearer é"))]
    for (method, path), headers in itertools.product(API_ROUTES, bad):
        answer = sent.call(method, filled(path), headers={name: value.encode() for name, value in headers.items()})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_pages_send_everybody_without_a_session_to_the_sign_in(sent):
    for method, path in PAGE_ROUTES:
        answer = sent.call(method, filled(path), "investigator")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")


def test_a_session_of_the_pages_opens_no_api_route(sent):
    sent.sign_in()
    assert sent.get("/queue", None).status_code == 200
    assert sent.get("/v1/signals", None).status_code == 401


@pytest.mark.parametrize("role", ["investigator", "lead"])
def test_readers_sign_in_to_the_pages(api, role):
    assert api.sign_in(role).headers["Location"] == "/queue"
    assert api.get("/queue", None).status_code == 200


@pytest.mark.parametrize("role", ["detector", "soc", "auditor", "admin"])
def test_other_roles_do_not_sign_in(api, role):
    answer = api.sign_in(role)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_what_is_public_needs_no_token(api):
    for method, path in PUBLIC - {("POST", "/sign-in"), ("POST", "/sign-out")}:
        assert api.call(method, filled(path)).status_code == 200, path


def test_a_route_without_roles_cannot_be_made():
    with pytest.raises(DoelbindingError, match="GET /v1/secrets: no roles"):
        APIRouter(route_class=GuardedRoute).get("/v1/secrets")(lambda: None)


def test_a_caller_without_access_learns_nothing_about_a_body(api):
    answer = api.call("POST", "/v1/signals", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401
