"""Whoever has an interest, or another role than a signal is for, is refused on every route that names it."""

import json

import pytest

from services.core.reading import WITH_INTEREST
from services.core.tokens import ACCOUNTS
from tests.unit.api.access_table import MAY, NAMES, is_page
from tests.unit.api.conftest import START, running, signal_id

PEOPLE = {"investigator": "e-one", "second-investigator": "e-two", "lead": "e-three"}
OFFICER = {"second-auditor": "e-four"}
THEIRS, SOMEBODY, NOBODYS = ("p1-" + letter * 32 for letter in "abc")
INTERESTS = [(kind, {field: THEIRS}) for kind in ("self", "team", "relative") for field in ("employeeId", "subject")]
NOTE = "Seen the story and the evidence."
AT = START.isoformat()
BODIES = {
    "assessments": {"verdict": "investigation", "note": NOTE},
    "settlement": {"verdict": "investigation", "note": NOTE},
    "notes": {"note": NOTE},
    "assignments": {"assignee": "token:investigator"},
    "suspensions": {"reason": "legal-proceedings"},
    "outcome": {"outcome": "not-established", "findings": [], "reportSentAt": AT, "note": NOTE},
    "confirmation": {"agrees": True},
    "measures": {"kind": "none", "takenAt": AT, "decidedBy": "director"},
    "line-intervention": {"sentAt": AT, "sentTo": "director"},
    "data-breach": {"knownAt": AT},
    "corrections": {"knownAt": AT, "reason": NOTE},
    "notification": {"decision": "notified", "notifiedAt": AT},
}
"""What is sent where a route asks for a body, by the end of its path."""
NAMING = [route for route in MAY if "{itemId}" in route or "{signalId}" in route]


@pytest.fixture
def api(tmp_path, migrated, make_signal):
    """An API with a signal, at which all who read signals are employees with the same interest."""
    with running(tmp_path / "home", migrated, people=PEOPLE | OFFICER) as caller:
        caller.results(make_signal(1, employee_id=THEIRS, subject=None), make_signal(2, employee_id=SOMEBODY))
        caller.results(make_signal(3, employee_id=None, subject=THEIRS))
        caller.results(make_signal(4, rule=WITH_INTEREST, employee_id=THEIRS))
        yield caller


def load(api, kind, whom):
    interest = {"kind": kind, "employeeId": None, "subject": None} | whom
    readers = [{"reader": reader, "interests": [interest]} for reader in api.parts.people.values()]
    assert api.call("PUT", "/v1/interests", "admin", json={"readers": readers}).status_code == 200


def asked(api, route, signal, account=None):
    """Asks for this signal, or for its item, by an account or else in a role of Bureau Integriteit that is admitted."""
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal}'")
    method, path = route.split(" ")
    path = path.format(**NAMES | {"signalId": signal, "itemId": item["id"], "action": "note"})
    role = account or ("investigator" if "investigator" in MAY[route] else "lead")
    if is_page(route):
        api.sign_in(role)
        form = {"version": "1", "note": NOTE, "purpose": "assessment", "reason": NOTE} if method == "POST" else None
        asked_for = "?field=employee" if path.endswith("/reveal") else ""
        return api.call(method, path + asked_for, data=form, headers={"Origin": "http://api.test"})
    body = BODIES.get(path.rsplit("/", 1)[1]) if method == "POST" else None
    headers = {"If-Match": '"1"', "Content-Type": "application/json"}
    return api.call(method, path, role, content=body and json.dumps(body), headers=headers)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "whom"), INTERESTS)
def test_an_interest_closes_every_route_that_names_a_signal_or_an_item(api, kind, whom):
    load(api, kind, whom)
    signal = signal_id(1 if "employeeId" in whom else 3)
    for route in NAMING:
        answer = asked(api, route, signal)
        assert (answer.status_code, "interest" in answer.text) == (403, True), (route, answer.text)
        assert THEIRS not in answer.text
    refusals = api.rows("SELECT * FROM audit_entries WHERE action = 'refused'")
    assert len(refusals) == len(NAMING)
    assert api.rows("SELECT count(*) AS n FROM audit_entries WHERE action <> 'refused'") == [{"n": 1}]


def test_the_same_routes_are_open_where_there_is_no_interest(api):
    load(api, "self", {"employeeId": THEIRS})
    for route in NAMING:
        answer = asked(api, route, signal_id(2))
        assert answer.status_code != 400, (route, answer.text)
        assert "interest" not in answer.text, (route, answer.text)


def test_an_interest_of_an_auditor_closes_the_same_routes(api):
    load(api, "self", {"employeeId": THEIRS})
    for route in NAMING:
        answer = asked(api, route, signal_id(4), "second-auditor")
        assert (answer.status_code, "interest" in answer.text) == (403, True), (route, answer.text)
    assert len(api.rows("SELECT * FROM audit_entries WHERE action = 'refused'")) == len(NAMING)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("account", "signal", "own"), [("investigator", 4, 2), ("lead", 4, 2), ("auditor", 2, 4), ("third-auditor", 2, 4)]
)
def test_every_route_is_closed_to_those_whom_a_signal_is_not_for_and_open_to_the_others(api, account, signal, own):
    load(api, "self", {"employeeId": NOBODYS})
    routes = [route for route in NAMING if ACCOUNTS[account] in MAY[route]]
    for route in routes:
        refused = asked(api, route, signal_id(signal), account)
        assert (refused.status_code, "another role" in refused.text) == (403, True), (route, refused.text)
        assert WITH_INTEREST not in refused.text
        assert THEIRS not in refused.text
    assert api.trail("refused")[-1]["detail"]["reason"] == "audience"
    assert len(api.trail("refused")) == len(routes)
    for route in routes:
        allowed = asked(api, route, signal_id(own), account)
        assert (allowed.status_code < 500, "another role" in allowed.text) == (True, False), (route, allowed.text)


def test_somebody_with_an_interest_is_not_assigned_to_an_item(api):
    load(api, "team", {"employeeId": THEIRS})
    lead = api.parts.people["lead"]
    others = [{"reader": reader, "interests": []} for reader in api.parts.people.values() if reader == lead]
    interest = {"kind": "team", "employeeId": THEIRS, "subject": None}
    theirs = [{"reader": api.parts.people["investigator"], "interests": [interest]}]
    api.call("PUT", "/v1/interests", "admin", json={"readers": others + theirs})
    route = "POST /v1/intake-items/{itemId}/assignments"
    refused = api.call(*_as_lead(api, route), "lead", json=BODIES["assignments"])
    assert refused.status_code == 400, refused.text
    assert api.rows("SELECT * FROM assignments") == []


def _as_lead(api, route):
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(1)}'")
    return "POST", route.split(" ")[1].format(itemId=item["id"])


def test_an_item_under_investigation_is_for_those_who_work_on_it_and_for_leads(api):
    load(api, "self", {"employeeId": THEIRS})
    url = _as_lead(api, "POST /v1/intake-items/{itemId}")[1].replace(_item(api, 1), _item(api, 2))
    for account in ("lead", "investigator"):
        read = {"If-Match": api.get(url, account).headers["ETag"]}
        given = api.call("POST", f"{url}/assessments", account, json=BODIES["assessments"], headers=read)
        assert given.status_code == 201, given.text
    assert [api.get(url, account).status_code for account in PEOPLE] == [200, 403, 200]
    refused = api.get(url, "second-investigator")
    assert "only those whom a lead assigned" in refused.json()["detail"]
    sent = api.call("POST", f"{url}/assignments", "lead", json={"assignee": "token:second-investigator"})
    assert sent.status_code == 201, sent.text
    assert api.get(url, "second-investigator").status_code == 200


def _item(api, number):
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(number)}'")
    return item["id"]
