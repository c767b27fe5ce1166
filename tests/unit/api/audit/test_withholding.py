"""An auditor does not learn from the trail that he, his team or his relatives are looked into."""

import json
from datetime import timedelta

import pytest

from tests.unit.api.casework.conftest import no_follow_up
from tests.unit.api.conftest import a_signal, lookup, running, signal_id
from tests.unit.api.test_officers import WITH_INTEREST
from tests.unit.api.vault.conftest import EMPLOYEE_ID, Desk

COLLEAGUE, RELATIVE = "p1-" + "c" * 32, "p1-" + "d" * 32
REASON = "Vermoeden van misbruik"


@pytest.fixture
def desk(tmp_path, migrated):
    """An auditor who is an employee with a colleague and a relative, and a signal about each of these three."""
    with running(tmp_path / "home", migrated, people={"auditor": EMPLOYEE_ID}) as api:
        desk = Desk(api)
        knows(desk)
        desk.deliver(desk.signal(1), a_signal(2, employee_id=COLLEAGUE), a_signal(3, subject=RELATIVE), a_signal(4))
        yield desk


def knows(desk):
    interests = [
        {"kind": "self", "employeeId": me(desk), "subject": None},
        {"kind": "team", "employeeId": COLLEAGUE, "subject": None},
        {"kind": "relative", "employeeId": None, "subject": RELATIVE},
    ]
    register = {"readers": [{"reader": me(desk), "interests": interests}]}
    assert desk.api.call("PUT", "/v1/interests", "admin", json=register).status_code == 200


def me(desk):
    return desk.name("employee", EMPLOYEE_ID)


def item_of(desk, number):
    (row,) = desk.api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(number)}'")
    return row["id"]


def search(desk, who=EMPLOYEE_ID):
    body = {"purpose": "investigation", "employeeId": who, "reason": REASON}
    assert desk.api.call("POST", "/v1/signals/_search", "investigator", json=body).status_code == 200


def entries(desk, who="auditor", **query):
    answer = desk.api.get("/v1/audit-entries?limit=200", who, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["auditEntries"]


def by_others(found):
    return [entry for entry in found if entry["actor"] != "token:auditor" and entry["action"] != "load-interests"]


def told(found):
    return [(entry["action"], entry["objectId"], entry["detail"].get("withheld")) for entry in by_others(found)]


def test_a_search_for_him_names_neither_him_nor_the_reason(desk):
    search(desk)
    found = entries(desk)
    assert ("search", None, "interest") in told(found)
    assert me(desk) not in json.dumps(by_others(found))
    assert REASON not in json.dumps(found)
    (whole,) = entries(desk, "second-auditor", action="search")
    assert (whole["objectId"], whole["detail"]["reason"]) == (me(desk), REASON)


def test_what_is_withheld_keeps_its_place_its_actor_and_its_hashes(desk):
    search(desk)
    (withheld,) = entries(desk, action="search")
    (whole,) = entries(desk, "second-auditor", action="search")
    kept = ("sequence", "at", "actor", "role", "action", "objectKind", "purpose", "payloadHash", "hash")
    assert {name: withheld[name] for name in kept} == {name: whole[name] for name in kept}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_is_done_with_signals_and_items_about_him_and_his_does_not_name_them(desk, number):
    item = item_of(desk, number)
    desk.api.get(f"/v1/signals/{signal_id(number)}")
    etag = desk.api.get(f"/v1/intake-items/{item}/casework").headers["ETag"]
    given = {"headers": {"If-Match": etag}, "json": no_follow_up()}
    assert desk.api.call("POST", f"/v1/intake-items/{item}/assessments", "investigator", **given).status_code == 201
    found = entries(desk)
    assert item not in json.dumps(found)
    assert signal_id(number) not in json.dumps(found)
    assert told(found).count(("assess", None, "interest")) == 1
    assert {withheld for action, _, withheld in told(found) if action in ("read", "assess")} == {"interest"}


def test_a_reveal_of_him_names_nobody(desk):
    assert desk.ask(itemId=item_of(desk, 1)).status_code == 201
    found = entries(desk)
    assert ("reveal", None, "interest") in told(found)
    assert me(desk) not in json.dumps(by_others(found))


def test_lists_leave_out_what_is_about_him_without_a_word(desk):
    desk.api.get("/v1/signals")
    (entry,) = by_others(entries(desk))
    assert entry["detail"]["signals"] == [signal_id(4)]
    assert "withheld" not in entry["detail"]
    (whole,) = by_others(entries(desk, "second-auditor", action="read", actor="token:investigator"))
    assert set(whole["detail"]["signals"]) == {signal_id(number) for number in range(1, 5)}


def test_the_filter_on_an_object_tells_nothing_either(desk):
    search(desk)
    desk.api.get("/v1/signals")
    for number in (1, 2, 3):
        desk.api.get(f"/v1/signals/{signal_id(number)}")
        desk.api.get(f"/v1/intake-items/{item_of(desk, number)}/casework")
    asked = [me(desk), COLLEAGUE, RELATIVE, *(signal_id(n) for n in (1, 2, 3)), *(item_of(desk, n) for n in (1, 2, 3))]
    for object_id in asked:
        digits = object_id.rpartition("-")[2]
        for spelt in (object_id, f"x-{digits}", f"p2-{digits}", f"s-{digits}"):
            assert by_others(entries(desk, objectId=spelt)) == [], spelt
            assert desk.api.get("/v1/audit-entries", "second-auditor", params={"objectId": spelt}).status_code == 200
    assert len(entries(desk, "second-auditor", objectId=me(desk))) == 1
    assert len(entries(desk, objectId=signal_id(4))) == 1


def test_that_another_auditor_looked_into_him_is_withheld(desk):
    entries(desk, "second-auditor", objectId=me(desk))
    entries(desk, "second-auditor", actor="token:auditor")
    entries(desk, "second-auditor", action="search")
    found = by_others(entries(desk))
    assert [entry["detail"] for entry in found] == [
        {"asked": {"action": "search"}},
        {"withheld": "interest"},
        {"withheld": "interest"},
    ]


def test_what_he_did_himself_is_shown_to_him(desk):
    about_me = desk.signal(9, rule=WITH_INTEREST, family=WITH_INTEREST)
    desk.deliver(about_me)
    assert desk.api.get(f"/v1/signals/{signal_id(9)}", "auditor").status_code == 403
    (refused,) = [entry for entry in entries(desk) if entry["action"] == "refused"]
    assert (refused["objectId"], refused["detail"]["reason"]) == (signal_id(9), "interest")
    assert len(entries(desk, objectId=signal_id(9))) == 1


def test_whose_interests_were_not_loaded_does_not_see_himself_at_least(tmp_path, migrated):
    with running(tmp_path / "home", migrated, people={"auditor": EMPLOYEE_ID}) as api:
        desk = Desk(api)
        many = desk.signal(5, employee_id=None, evidence=[lookup(1, employee_id=me(desk)), lookup(2), lookup(3)])
        desk.deliver(desk.signal(1), many)
        search(desk)
        for number in (1, 5):
            api.get(f"/v1/signals/{signal_id(number)}")
        assert {entry["objectId"] for entry in by_others(entries(desk))} == {None}
        assert by_others(entries(desk, objectId=me(desk))) == []


def test_the_page_withholds_the_same(desk):
    search(desk)
    desk.api.get(f"/v1/signals/{signal_id(1)}")
    desk.api.sign_in("auditor")
    page = desk.api.get("/audit", None, headers={"Accept": "text/html"}).text
    assert REASON not in page
    assert me(desk) not in page.replace(f"employee:</span> <code>{me(desk)}", "")
    assert signal_id(1)[:14] not in page
    assert "u hebt een belang" in page
    found = desk.api.get(f"/audit?objectId={me(desk)}", None, headers={"Accept": "text/html"}).text
    assert "token:investigator" not in found


def test_a_long_page_of_long_lists_is_asked_about(desk, monkeypatch):
    monkeypatch.setattr("services.api.audit.concern.AT_ONCE", 2)
    desk.api.get("/v1/signals")
    search(desk)
    desk.api.clock.at += timedelta(hours=1)
    found = json.dumps(by_others(entries(desk)))
    assert signal_id(4) in found
    assert not any(name in found for name in (signal_id(1), signal_id(2), signal_id(3), me(desk)))
