"""Whom their role refuses is in the audit trail, with what they asked for, and nothing else that they typed."""

import pytest

from tests.unit.api.access_table import MAY, filled
from tests.unit.api.conftest import signal_id
from tests.world import BSNS

ITEM = f"i-{1:032x}"


def told(api):
    return [
        (row["actor"], row["object_kind"], row["object_id"], row["detail"]["reason"], row["detail"]["route"])
        for row in api.trail("refused")
    ]


@pytest.mark.parametrize(
    ("role", "url", "about", "route"),
    [
        ("admin", f"/v1/intake-items/{ITEM}", ("intake-item", ITEM), "GET /v1/intake-items/{itemId}"),
        ("admin", f"/v1/signals/{signal_id(1)}", ("signal", signal_id(1)), "GET /v1/signals/{signalId}"),
        ("soc", "/v1/signals", ("route", None), "GET /v1/signals"),
        ("lead", "/v1/audit-entries?objectId=s-1", ("route", None), "GET /v1/audit-entries"),
        ("detector", "/v1/reveals", ("route", None), "GET /v1/reveals"),
    ],
)
def test_a_wrong_role_is_refused_and_recorded_once(api, role, url, about, route):
    answer = api.get(url, role)
    assert (answer.status_code, answer.json()["detail"]) == (403, f"The role {role} has no access to this.")
    assert told(api) == [(f"token:{role}", *about, "role", route)]


def test_each_page_that_a_role_may_not_see_is_recorded_too(api):
    api.sign_in("investigator")
    answer = api.get("/deadlines", None, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Uw rol geeft hier geen toegang. Dit is vastgelegd." in answer.text
    assert told(api) == [("token:investigator", "route", None, "role", "GET /deadlines")]


@pytest.mark.parametrize("typed", [BSNS[0], f"{ITEM}x", "%00", "é"])
def test_what_is_no_id_is_not_kept(api, typed):
    assert api.get(f"/v1/intake-items/{typed}", "admin").status_code == 403
    assert told(api) == [("token:admin", "route", None, "role", "GET /v1/intake-items/{itemId}")]
    assert typed not in str(api.rows("SELECT * FROM audit_entries"))


def test_every_refusal_of_the_table_is_recorded(api):
    refused = [route for route in MAY if "soc" not in MAY[route] and filled(route)[1].startswith("/v1/")]
    for route in refused:
        assert api.call(*filled(route), "soc").status_code == 403
    assert len(refused) > 30
    assert len(told(api)) == len(refused)


def test_who_is_nobody_leaves_no_entry(api):
    assert api.get("/v1/signals", None).status_code == 401
    assert api.get("/v1/signals", headers={"Authorization": "Bearer nonsense"}, role=None).status_code == 401
    assert told(api) == []


def test_a_refusal_that_cannot_be_recorded_is_a_503(own_api):
    own_api.get("/v1/signals")
    own_api.rows("DROP TRIGGER audit_head_update")
    own_api.rows("UPDATE audit_head SET signature = x'00'")
    assert [own_api.get(url, "admin").status_code for url in ("/v1/signals", "/v1/intake-items")] == [503, 503]
