"""What a token tells of an account: its role, and the employee whose interests count."""

from __future__ import annotations

import re

import pytest

from services.api.followers import Followers
from tests.oidc.conftest import issued, with_token
from tests.oidc.provider import ROLES
from tests.unit.api.access_table import MAY, NAMES, OPEN, is_page, routes_of


@pytest.mark.parametrize("roles", [None, [], ["printer-users"], "", {"lead": True}, 5, [["lead"]], ["Lead"]], ids=str)
def test_a_token_without_a_role_of_ours_opens_nothing(api, signed, roles):
    answer = with_token(api, signed(roles=roles))
    assert answer.status_code == 403
    assert "no role" in answer.json()["detail"]


def test_a_token_with_two_roles_of_ours_opens_nothing(api, signed):
    answer = with_token(api, signed(roles=["lead", "investigator"]))
    assert answer.status_code == 403
    assert "several roles" in answer.json()["detail"]


@pytest.mark.parametrize("roles", [["lead", "printer-users"], "lead", "printer-users lead", ["lead", 5, None]], ids=str)
@pytest.mark.usefixtures("known")
def test_roles_of_others_beside_ours_do_not_matter(api, signed, roles):
    assert with_token(api, signed(roles=roles)).status_code == 200


@pytest.mark.parametrize("changes", [{"role_claim": "realm_access.roles", "employee_claim": "hr.number"}])
@pytest.mark.usefixtures("known")
def test_claims_may_lie_within_claims(api, signed):
    told = {"realm_access": {"roles": ["lead"]}, "hr": {"number": "e-lead"}, "roles": None, "employee_id": None}
    assert with_token(api, signed(**told)).status_code == 200
    assert with_token(api, signed(**told | {"realm_access": ["roles"]})).status_code == 403
    assert with_token(api, signed(**told | {"hr": "e-lead"})).status_code == 403


@pytest.mark.parametrize("employee", [None, "", 17, ["e-lead"], "e-somebody-else"], ids=str)
@pytest.mark.usefixtures("known")
def test_somebody_whose_interests_nobody_can_tell_sees_no_signals(api, delivered, signed, employee):
    for url in ("/v1/signals", f"/v1/signals/{delivered['signalId']}", "/v1/intake-items"):
        answer = with_token(api, signed(employee_id=employee), url=url)
        assert answer.status_code == 403
        assert "An administrator must" in answer.json()["detail"]
        assert "p1-" not in answer.text


@pytest.mark.usefixtures("known")
def test_the_trail_names_an_account_by_a_code_and_an_employee_not_at_all(api, delivered, signed):
    with_token(api, signed(sub="j.jansen@example.org"), url=f"/v1/signals/{delivered['signalId']}")
    with_token(api, signed(sub="another-account", employee_id="e-lead"), url="/v1/intake-items/i-" + "0" * 32)
    with_token(api, signed(sub="j.jansen@example.org", employee_id="e-unknown"))
    with_token(api, signed(sub="another-account", employee_id="e-unknown"))
    rows = api.rows("SELECT * FROM audit_entries")
    actors = {row["actor"] for row in rows}
    assert all(re.fullmatch(r"oidc:[0-9a-f]{32}", actor) for actor in actors)
    assert len({row["actor"] for row in rows if row["action"] == "refused"}) == 1
    assert not {"jansen", "e-lead", "e-unknown"} & set(re.findall(r"e-\w+|jansen", str(rows)))


@pytest.mark.parametrize("changes", [{"local_detector": False}, {"local_detector": True}], ids=str)
def test_local_tokens_open_nothing_but_the_detectors_where_the_settings_say_so(api, changes):
    for account in api.parts.tokens:
        status = api.get("/v1/signals", account).status_code
        assert status == (403 if account == "detector" and changes["local_detector"] else 401), account


@pytest.mark.usefixtures("known")
def test_each_route_of_the_api_admits_the_same_roles_as_with_local_accounts(api, delivered, monkeypatch):
    monkeypatch.setattr(Followers, "closing", property(lambda _: True))  # else who follows the news never gets an end
    names = {"signalId": delivered["signalId"]}
    for role in ROLES:
        token = issued(api, role)
        for route in (each for each in routes_of(api.app) if each not in OPEN and not is_page(each)):
            method, path = route.split(" ")[0], route.split(" ")[1].format(**NAMES | names)
            answer = with_token(api, token, method, path)
            refused = answer.status_code == 403 and "has no access" in answer.json()["detail"]
            assert refused == (role not in MAY[route]), (role, route, answer.text)
            assert answer.status_code not in {401, 500, 503}
