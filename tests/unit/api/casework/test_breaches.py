"""A data breach: 72 hours from the moment of knowledge, the facts that a notification needs, and what was decided."""

from datetime import timedelta

import pytest

from services.api.casework.answers import CaseView
from services.core.wire import to_wire
from tests.unit.api.casework.conftest import NOTE, ONE, OTHER, codes
from tests.unit.api.conftest import lookup

FACTS = {"nature": NOTE, "contact": "The privacy desk.", "consequences": NOTE, "measures": NOTE}


WHY = "The desk had been told a day before."


def ago(desk, **time):
    return desk.api.clock.now() - timedelta(**time)


def correct(desk, item, known_at):
    return desk.sends(OTHER, item, "data-breach/corrections", {"knownAt": known_at, "reason": WHY})


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
    assert codes(desk.sends(ONE, item, "data-breach/notification", WITHOUT)) == [("no-breach-referred", "")]
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1)})
    body = {"decision": "not-required", "reason": "risk-unlikely", "motivation": "One file; the data were not kept."}
    assert desk.sends(ONE, item, "data-breach/notification", body).status_code == 201
    breach = desk.view(item)["dataBreach"]
    assert (breach["decision"], breach["motivation"], breach["running"]) == ("not-required", body["motivation"], False)


def test_new_facts_lead_to_another_decision_and_both_are_kept(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1), **FACTS})
    no = {"decision": "not-required", "reason": "risk-unlikely", "motivation": "Nothing was kept."}
    assert desk.sends(ONE, item, "data-breach/notification", no).status_code == 201
    assert desk.sends(ONE, item, "data-breach/notification", no).status_code == 200
    assert "notify-data-breach" in desk.view(item)["actions"]
    yes = {"decision": "notified", "notifiedAt": desk.api.clock.now(), "nature": "It was printed after all."}
    answer = desk.sends(OTHER, item, "data-breach/notification", yes)
    assert answer.status_code == 201, answer.text
    breach = CaseView.model_validate_json(answer.text).data_breach
    assert (breach.decision, breach.reason, breach.motivation) == ("notified", None, None)
    assert [(row.number, row.decision, row.motivation) for row in breach.decisions] == [
        (1, "not-required", None),
        (2, "notified", None),
    ]
    assert [row["motivation"] for row in desk.view(item, ONE)["dataBreach"]["decisions"]] == [no["motivation"], None]
    trail = [entry["detail"] for entry in desk.audit(item) if entry["action"] == "notify-data-breach"]
    assert [(detail["number"], detail["decision"]) for detail in trail] == [(1, "not-required"), (2, "notified")]
    (first, second) = desk.api.rows("SELECT facts FROM breach_decisions ORDER BY number")
    assert (NOTE in first["facts"], "printed" in first["facts"], "printed" in second["facts"]) == (True, False, True)


def test_a_wrong_moment_of_knowledge_is_corrected_and_both_are_kept(desk):
    item = desk.opens()
    known, right = ago(desk, hours=10), ago(desk, hours=40)
    assert codes(correct(desk, item, right)) == [("no-breach-referred", "")]
    desk.sends(ONE, item, "data-breach", {"knownAt": known})
    assert codes(correct(desk, item, known)) == [("same-moment", "/knownAt")]
    assert codes(correct(desk, item, ago(desk, hours=-1))) == [("wrong-time", "/knownAt")]
    assert correct(desk, item, right).status_code == 201
    assert correct(desk, item, right).status_code == 200
    breach = desk.view(item, ONE)["dataBreach"]
    due = to_wire(right + timedelta(hours=72))
    assert (breach["knownAt"], breach["dueAt"], breach["secondsLeft"]) == (to_wire(right), due, 32 * 3600)
    (told,) = breach["corrections"]
    assert (told["knownBefore"], told["knownAt"]) == (to_wire(known), to_wire(right))
    assert desk.view(item, OTHER)["dataBreach"]["corrections"][0]["reason"] == WHY
    assert desk.api.get(f"/v1/intake-items/{item}").json()["dataBreachDueAt"] == due
    entry = desk.audit(item)[-1]
    assert entry["action"] == "correct-data-breach"
    assert (entry["detail"]["knownBefore"], entry["detail"]["knownAt"]) == (to_wire(known), to_wire(right))
    assert WHY not in str(entry)


def test_a_correction_can_show_that_a_notification_was_late(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=10), **FACTS})
    notified = {"decision": "notified", "notifiedAt": ago(desk, hours=1)}
    desk.sends(ONE, item, "data-breach/notification", notified)
    assert codes(correct(desk, item, ago(desk, minutes=5))) == [("wrong-time", "/knownAt")]
    assert desk.view(item)["dataBreach"]["late"] is False
    assert correct(desk, item, ago(desk, hours=80)).status_code == 201
    breach = desk.view(item)["dataBreach"]
    assert (breach["late"], breach["running"], breach["missing"]) == (True, False, ["delayReason"])
    assert desk.api.get(f"/v1/intake-items/{item}").json()["dataBreachDueAt"] is None
    why = {"delayReason": "It was first dated by when the desk read of it."}
    assert desk.sends(ONE, item, "data-breach/notification", notified | why).status_code == 201
    assert desk.view(item)["dataBreach"]["missing"] == []


def test_who_may_yet_assess_is_shown_decisions_and_corrections_without_their_texts(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1)})
    no = {"decision": "not-required", "reason": "no-breach", "motivation": "XYZZY"}
    desk.sends(ONE, item, "data-breach/notification", no)
    desk.sends(ONE, item, "data-breach/corrections", {"knownAt": ago(desk, hours=2), "reason": "XYZZY"})
    text = desk.api.get(f"/v1/intake-items/{item}/casework", OTHER).text
    assert ("XYZZY" in text, f"token:{ONE}" in text, "no-breach" in text) == (False, False, False)
    breach = CaseView.model_validate_json(text).data_breach
    assert (breach.withheld, breach.decision, len(breach.corrections)) == (True, "not-required", 1)


def test_the_same_decision_by_another_person_is_a_decision_of_its_own(desk):
    item = desk.opens()
    desk.sends(ONE, item, "data-breach", {"knownAt": ago(desk, hours=1)})
    no = {"decision": "not-required", "reason": "no-breach", "motivation": NOTE}
    for who in (ONE, OTHER):
        assert desk.sends(who, item, "data-breach/notification", no).status_code == 201
    rows = desk.api.rows("SELECT number, decided_by FROM breach_decisions ORDER BY number")
    assert [tuple(row.values()) for row in rows] == [(1, f"token:{ONE}"), (2, f"token:{OTHER}")]


WITHOUT = {"decision": "not-required", "reason": "no-breach", "motivation": NOTE}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"decision": "notified"}, "/notifiedAt"),
        (WITHOUT | {"reason": None}, "/reason"),
        (WITHOUT | {"motivation": None}, "/motivation"),
        (WITHOUT | {"delayReason": NOTE}, "/delayReason"),
        (WITHOUT | {"notifiedAt": "2026-03-31T00:00:00Z"}, "/notifiedAt"),
        ({"decision": "notified", "notifiedAt": "2026-03-31T00:00:00Z", "motivation": NOTE}, "/motivation"),
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
