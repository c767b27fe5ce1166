"""A data breach: 72 hours from the moment of knowledge, the facts that a notification needs, and what was decided."""

from datetime import timedelta

import pytest

from services.api.casework.answers import CaseView
from services.core.wire import to_wire
from tests.unit.api.casework.conftest import NOTE, ONE, OTHER, codes
from tests.unit.api.conftest import lookup

FACTS = {"nature": NOTE, "contact": "The privacy desk.", "consequences": NOTE, "measures": NOTE}


def ago(desk, **time):
    return desk.api.clock.now() - timedelta(**time)


def test_the_clock_runs_from_the_moment_of_knowledge(desk):
    item = desk.opens()
    known = ago(desk, hours=10)
    assert desk.sends(ONE, item, "data-breach", {"knownAt": known}).status_code == 201
    assert desk.sends(ONE, item, "data-breach", {"knownAt": known}).status_code == 200
    breach = desk.view(item)["dataBreach"]
    assert breach["dueAt"] == to_wire(known + timedelta(hours=72))
    assert (breach["secondsLeft"], breach["overdue"]) == (62 * 3600, False)
    assert desk.api.get(f"/v1/intake-items/{item}").json()["dataBreachDueAt"] == breach["dueAt"]
    desk.api.clock.at += timedelta(hours=63)
    assert desk.view(item)["dataBreach"]["overdue"] is True
    assert codes(desk.sends(OTHER, item, "data-breach", {"knownAt": ago(desk, hours=1)})) == [("referred-already", "")]


def test_the_evidence_already_tells_part_of_what_is_needed(desk):
    evidence = [
        lookup(1, record_count=40, action="export", data_categories=["income", "medical"]),
        lookup(2, record_count=None, data_categories=None),
        lookup(3, data_categories=["identity"]),
    ]
    item = desk.opens(evidence=evidence)
    answer = desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1), "persons": 3})
    breach = CaseView.model_validate_json(answer.text).data_breach
    assert (breach.from_evidence.persons, breach.from_evidence.records) == (1, 41)
    assert breach.from_evidence.lookups_that_tell_no_records == 1
    assert breach.from_evidence.categories == ["identity", "income", "medical"]
    assert (breach.stated.persons, breach.missing) == (3, ["nature", "contact", "consequences", "measures"])


def test_a_notification_needs_its_facts_wherever_they_were_given(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1), "nature": NOTE, "contact": NOTE})
    told = {"decision": "notified", "notifiedAt": ago(desk, minutes=5), "consequences": NOTE}
    refused = desk.sends(OTHER, item, "data-breach/notification", told)
    assert (refused.status_code, codes(refused)) == (400, [("facts-missing", "/measures")])
    assert desk.sends(OTHER, item, "data-breach/notification", told | {"measures": NOTE}).status_code == 201
    assert desk.sends(OTHER, item, "data-breach/notification", told | {"measures": NOTE}).status_code == 200
    breach = desk.view(item)["dataBreach"]
    assert (breach["decision"], breach["running"], breach["missing"]) == ("notified", False, [])
    assert desk.api.get(f"/v1/intake-items/{item}").json()["dataBreachDueAt"] is None


def test_a_late_notification_says_why(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=80), **FACTS})
    told = {"decision": "notified", "notifiedAt": desk.api.clock.now()}
    refused = desk.sends(ONE, item, "data-breach/notification", told)
    assert (refused.status_code, codes(refused)) == (400, [("delay-unexplained", "/delayReason")])
    late = desk.sends(
        ONE, item, "data-breach/notification", told | {"delayReason": "It was found in a re-scoring run."}
    )
    assert late.status_code == 201
    assert desk.audit(item)[-1]["detail"]["late"] is True


def test_it_may_be_decided_that_no_notification_is_required(desk):
    item = desk.opens()
    assert codes(
        desk.sends(ONE, item, "data-breach/notification", {"decision": "not-required", "reason": "no-breach"})
    ) == [("no-breach-referred", "")]
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1)})
    body = {"decision": "not-required", "reason": "risk-unlikely"}
    assert desk.sends(ONE, item, "data-breach/notification", body).status_code == 201
    assert codes(desk.sends(OTHER, item, "data-breach/notification", body)) == [("already-decided", "")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"decision": "notified"}, "/notifiedAt"),
        ({"decision": "not-required"}, "/reason"),
        ({"decision": "not-required", "reason": "no-breach", "delayReason": NOTE}, "/delayReason"),
        ({"decision": "not-required", "reason": "no-breach", "notifiedAt": "2026-03-31T00:00:00Z"}, "/notifiedAt"),
        ({"decision": "notified", "notifiedAt": "2026-03-31T00:00:00Z", "reason": "no-breach"}, "/reason"),
        ({"decision": "notified", "notifiedAt": "2026-05-01T00:00:00Z", **FACTS}, "/notifiedAt"),
        ({"decision": "notified", "notifiedAt": "2026-03-01T00:00:00Z", **FACTS}, "/notifiedAt"),
    ],
)
def test_a_wrong_notification_says_what_is_wrong(desk, body, place):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=40)})
    answer = desk.sends(ONE, item, "data-breach/notification", body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [place]


def test_knowledge_does_not_lie_in_the_future(desk):
    item = desk.opens()
    answer = desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=-1)})
    assert (answer.status_code, codes(answer)) == (400, [("wrong-time", "/knownAt")])
