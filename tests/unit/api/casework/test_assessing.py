"""Two people assess by themselves; a lead who did not settles what they differ on."""

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError

from services.api.casework.answers import Assessments, CaseView
from services.core.wire import to_wire
from tests.unit.api.casework.conftest import LEAD, NOTE, ONE, OTHER, Desk, codes, no_follow_up, verdict, with_people


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (no_follow_up(), no_follow_up(), "no-follow-up"),
        (no_follow_up(), no_follow_up("too-little-concrete"), "disputed"),
        (verdict("line-intervention"), verdict("line-intervention"), "line-intervention"),
        (verdict("investigation"), verdict("investigation"), "investigation"),
        (verdict("investigation"), no_follow_up(), "disputed"),
    ],
)
def test_two_that_agree_decide_and_two_that_differ_are_a_dispute(desk, first, second, status):
    assert desk.assessed(desk.opens(), first, second) == status


def test_one_person_decides_nothing(desk):
    item = desk.opens()
    assert desk.assessed(item, no_follow_up()) == "in-assessment"
    again = desk.decides(ONE, item, "assessments", verdict("investigation"))
    assert (again.status_code, codes(again)) == (409, [("already-assessed", "")])
    assert desk.status(item) == "in-assessment"


def test_an_assessment_names_what_was_read(desk):
    item = desk.opens()
    stale = {"If-Match": desk.etag(item, ONE)}
    for nothing in ({}, {"If-Match": "*"}):
        refused = desk.sends(ONE, item, "assessments", no_follow_up(), **nothing)
        assert (refused.status_code, "send its ETag" in refused.json()["detail"]) == (428, True)
    desk.looks_again()
    assert desk.sends(ONE, item, "assessments", no_follow_up(), **stale).status_code == 412
    assert desk.status(item) == "received"
    assert desk.decides(ONE, item, "assessments", no_follow_up()).status_code == 201


def test_the_same_assessment_again_changes_nothing_and_says_so(desk):
    item = desk.opens()
    assert desk.decides(ONE, item, "assessments", no_follow_up()).status_code == 201
    before = desk.view(item)
    repeat = desk.decides(ONE, item, "assessments", no_follow_up())
    assert repeat.status_code == 200
    assert repeat.json() == before
    assert len([entry for entry in desk.audit(item) if entry["action"] == "assess"]) == 1


def test_nobody_sees_what_the_other_found_before_giving_his_own(desk):
    item = desk.opens()
    first = verdict("investigation", "The first one found XYZZY.")
    desk.decides(ONE, item, "assessments", first)
    desk.sends(ONE, item, "notes", {"note": "A remark of XYZZY."})
    for who in (OTHER, LEAD):
        for place in ("casework", "assessments"):
            told = desk.api.get(f"/v1/intake-items/{item}/{place}", who).text
            assert "XYZZY" not in told
            assert f"token:{ONE}" not in told
            assert '"investigation"' not in told.replace('"items"', "")
        assert desk.view(item, who)["assessment"]["given"] == 1
    assert [row["note"] for row in desk.view(item, ONE)["assessment"]["all"]] == [first["note"]]
    desk.decides(OTHER, item, "assessments", verdict("line-intervention"))
    told = desk.view(item, OTHER)
    assert [row["assessor"] for row in told["assessment"]["all"]] == [f"token:{ONE}", f"token:{OTHER}"]
    assert [row["note"] for row in told["notes"]] == ["A remark of XYZZY."]


def test_nobody_reads_what_the_other_wrote_of_a_data_breach_before_giving_his_own(desk):
    item = desk.opens()
    desk.decides(ONE, item, "assessments", verdict("investigation"))
    told = {"nature": "XYZZY: an investigation is needed.", "persons": 3, "knownAt": desk.api.clock.now()}
    desk.sends(ONE, item, "data-breach", told)
    for who in (OTHER, LEAD):
        text = desk.api.get(f"/v1/intake-items/{item}/casework", who).text
        assert ("XYZZY" in text, f"token:{ONE}" in text) == (False, False)
        assert CaseView.model_validate_json(text).history == []
        breach = desk.view(item, who)["dataBreach"]
        assert (breach["withheld"], breach["running"], breach["secondsLeft"]) == (True, True, 72 * 3600)
        assert (breach["stated"]["persons"], breach["referredAt"]) == (3, to_wire(desk.api.clock.now()))
        assert "nature" not in breach["missing"]
    assert desk.view(item, ONE)["dataBreach"]["stated"]["nature"] == told["nature"]
    facts = {"contact": NOTE, "consequences": NOTE, "measures": NOTE}
    notified = desk.sends(
        OTHER, item, "data-breach/notification", facts | {"decision": "notified", "notifiedAt": desk.api.clock.now()}
    )
    assert (notified.status_code, "XYZZY" in notified.text) == (201, False)
    desk.decides(OTHER, item, "assessments", verdict("line-intervention"))
    told = desk.view(item, OTHER)
    assert (told["dataBreach"]["withheld"], told["dataBreach"]["referredBy"]) == (False, f"token:{ONE}")
    assert told["dataBreach"]["stated"]["nature"].startswith("XYZZY")
    assert [event["kind"] for event in told["history"]][1:3] == ["refer-data-breach", "notify-data-breach"]


def test_who_acknowledged_a_withdrawal_is_not_told_before_one_gave_his_own(desk):
    item = desk.opens()
    desk.decides(ONE, item, "assessments", no_follow_up())
    desk.withdraws()
    desk.sends(ONE, item, "acknowledgements")
    assert f"token:{ONE}" not in desk.api.get(f"/v1/intake-items/{item}/casework", OTHER).text
    assert f"token:{ONE}" in desk.api.get(f"/v1/intake-items/{item}/casework", ONE).text


def test_the_second_sees_how_many_looks_the_first_read_and_not_who_or_what(desk):
    item = desk.opens()
    desk.decides(ONE, item, "assessments", verdict("investigation"))
    desk.looks_again(lookups=(1, 2, 3, 4, 5, 6))
    told = desk.view(item, OTHER)
    assert (told["item"]["lookupCount"], told["assessment"]["all"]) == (6, [])
    assert told["assessment"]["readings"] == [{"ordinal": 1, "revision": 1, "lookupCount": 3}]
    desk.decides(OTHER, item, "assessments", verdict("investigation"))
    told = desk.view(item, ONE)["assessment"]
    assert [row["revision"] for row in told["all"]] == [1, 2]
    assert told["decidedRevision"] == 1


def test_who_assesses_is_assigned(desk):
    item = desk.opens()
    desk.decides(ONE, item, "assessments", no_follow_up())
    mine = {who: desk.api.get(f"/v1/intake-items/{item}", who).json()["mine"] for who in (ONE, OTHER)}
    assert mine == {ONE: True, OTHER: False}


def test_a_dispute_is_settled_by_a_lead_who_assessed_neither(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    settled = desk.decides(LEAD, item, "settlement", verdict("line-intervention"))
    assert settled.status_code == 201, settled.text
    view = settled.json()
    assert (view["item"]["status"], view["assessment"]["settlement"]["assessor"]) == (
        "line-intervention",
        f"token:{LEAD}",
    )
    CaseView.model_validate_json(settled.text)


def test_a_lead_who_assessed_does_not_settle(desk):
    item = desk.opens()
    desk.decides(LEAD, item, "assessments", verdict("investigation"))
    desk.decides(ONE, item, "assessments", no_follow_up())
    refused = desk.decides(LEAD, item, "settlement", no_follow_up())
    assert (refused.status_code, codes(refused)) == (409, [("assessed-yourself", "")])
    assert desk.status(item) == "disputed"


def test_investigators_do_not_settle(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    assert desk.decides(ONE, item, "settlement", no_follow_up()).status_code == 403


def test_a_settlement_rests_on_what_was_read(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    stale = desk.etag(item)
    assert desk.sends(LEAD, item, "settlement", no_follow_up()).status_code == 428
    desk.sends(ONE, item, "notes", {"note": "Something that the lead has to see."})
    assert desk.sends(LEAD, item, "settlement", no_follow_up(), **{"If-Match": stale}).status_code == 412
    assert desk.status(item) == "disputed"
    fresh = {"If-Match": desk.etag(item)}
    assert desk.sends(LEAD, item, "settlement", no_follow_up(), **fresh).status_code == 201
    assert desk.sends(LEAD, item, "settlement", no_follow_up(), **fresh).status_code == 200
    other = desk.sends(LEAD, item, "settlement", verdict("investigation"), **fresh)
    assert codes(other) == [("already-decided", "")]


def test_what_has_ended_is_assessed_no_more(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up(), no_follow_up())
    late = desk.decides(LEAD, item, "assessments", verdict("investigation"))
    assert (late.status_code, codes(late)) == (409, [("not-under-assessment", "")])


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"verdict": "no-follow-up", "note": NOTE}, ["/reason"]),
        ({"verdict": "investigation", "reason": "lawful", "note": NOTE}, ["/reason"]),
        ({"verdict": "guilty", "note": NOTE}, ["/verdict"]),
        ({"verdict": "no-follow-up", "reason": "bored", "note": ""}, ["/note", "/reason"]),
        ({"verdict": "investigation", "note": "  \n"}, ["/note"]),
        ({"verdict": "investigation", "note": "x" * 4_001}, ["/note"]),
        ({"verdict": "investigation", "note": "a\x00b"}, ["/note"]),
        ({"verdict": "investigation", "note": NOTE, "advice": "dismiss"}, [""]),
    ],
)
def test_a_wrong_assessment_says_what_is_wrong_and_leaves_nothing(desk, body, places):
    item = desk.opens()
    answer = desk.decides(ONE, item, "assessments", body)
    assert answer.status_code == 400
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == places
    assert desk.status(item) == "received"


def test_a_decision_and_a_refusal_are_in_the_audit_trail_without_free_text(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up(note="The first text."), no_follow_up(note="The second text."))
    desk.decides(LEAD, item, "assessments", no_follow_up(note="The third text."))
    told = [(entry["actor"], entry["action"], entry["detail"].get("status")) for entry in desk.audit(item)]
    assert told == [
        (f"token:{ONE}", "assess", "in-assessment"),
        (f"token:{OTHER}", "assess", "no-follow-up"),
        (f"token:{LEAD}", "refused", None),
    ]
    assert desk.audit(item)[-1]["detail"] == {"action": "assess", "code": "not-under-assessment"}
    assert "text" not in str(desk.api.rows("SELECT * FROM audit_entries"))
    assert "text" not in str(desk.api.rows("SELECT * FROM item_events"))


def test_the_database_itself_refuses_a_third_and_a_second_by_one_person(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    insert = (
        "INSERT INTO assessments (id, item_id, round, ordinal, assessor, person, role, verdict, reason, note, given_at)"
        f" VALUES ('a-{{0}}', '{item}', 1, {{1}}, '{{2}}', '{{3}}', '{{4}}', 'investigation', NULL, 'x', '2026-03-01')"
    )
    wrong = [
        ("third", 2, "x", "x", "investigator"),
        ("fourth", 4, "x", "x", "lead"),
        ("self", 3, f"token:{ONE}", "x", "lead"),
        ("same-person", 3, "token:else", f"token:{ONE}", "lead"),
        ("no-lead", 3, "x", "x", "investigator"),
    ]
    for values in wrong:
        with pytest.raises(IntegrityError) as refused:
            desk.api.rows(insert.format(*values))
        assert isinstance(refused.value.orig, sqlite3.IntegrityError)
    desk.api.rows(insert.format("settled", 3, "token:lead", "token:lead", "lead"))


def test_two_accounts_of_one_employee_are_one_pair_of_eyes(own_api):
    people = {ONE: "p1-" + "a" * 32, OTHER: "p1-" + "a" * 32}
    desk = Desk(with_people(own_api, people))
    known = "INSERT INTO interest_readers (reader, loaded_at) VALUES ('{}', '2026-03-01')"
    desk.api.rows(known.format(people[ONE]))
    item = desk.opens()
    desk.assessed(item, no_follow_up())
    second = desk.decides(OTHER, item, "assessments", no_follow_up())
    assert second.status_code == 200
    assert desk.status(item) == "in-assessment"
    other = desk.decides(OTHER, item, "assessments", verdict("investigation"))
    assert codes(other) == [("already-assessed", "")]


def test_answers_have_the_shape_of_the_contract(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up(), verdict("investigation"))
    CaseView.model_validate_json(desk.api.get(f"/v1/intake-items/{item}/casework").text)
    Assessments.model_validate_json(desk.api.get(f"/v1/intake-items/{item}/assessments").text)


def test_an_item_that_is_not_there_is_told_so(desk):
    assert desk.sends(ONE, "i-" + "0" * 32, "assessments", no_follow_up()).status_code == 404


def test_the_item_that_a_delivery_changed_has_another_etag(desk):
    item = desk.opens()
    before = desk.etag(item)
    desk.revises(score=80.0)
    assert desk.etag(item) != before
    held = {"If-None-Match": desk.etag(item)}
    assert desk.api.get(f"/v1/intake-items/{item}/casework", LEAD, headers=held).status_code == 304
