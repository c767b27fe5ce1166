"""An investigation: who is on it, its clock, an outcome that another person confirms, and what was done about it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services.api.casework.answers import CaseView
from services.core.wire import to_wire
from tests.unit.api.casework.conftest import LEAD, NOTE, ONE, OTHER, Desk, codes, no_follow_up, verdict, with_people
from tests.unit.api.conftest import START, signal_id

THIRD = "token:lead"
EMPLOYEE = f"p1-{1:032x}"
FOUND = [{"area": "misuse-of-information", "subcategory": "unlawful-consultation"}]


def test_a_lead_assigns_and_releases(desk):
    item = desk.opens()
    assert desk.sends(LEAD, item, "assignments", {"assignee": f"token:{OTHER}"}).status_code == 201
    assert desk.sends(LEAD, item, "assignments", {"assignee": f"token:{OTHER}"}).status_code == 200
    (held,) = desk.view(item)["assignments"]
    assert (held["assignee"], held["via"], held["assignedBy"]) == (f"token:{OTHER}", "lead", f"token:{LEAD}")
    url = f"/v1/intake-items/{item}/assignments/{held['id']}"
    assert desk.api.call("DELETE", url, ONE).status_code == 403
    assert desk.api.call("DELETE", url, LEAD).status_code == 201
    assert desk.api.call("DELETE", url, LEAD).status_code == 200
    assert desk.view(item)["assignments"] == []
    assert desk.sends(LEAD, item, "assignments", {"assignee": f"token:{OTHER}"}).status_code == 201


@pytest.mark.parametrize("assignee", ["token:soc", "token:nobody", "oidc:someone"])
def test_only_accounts_that_may_read_are_assigned(desk, assignee):
    refused = desk.sends(LEAD, desk.opens(), "assignments", {"assignee": assignee})
    assert (refused.status_code, codes(refused)) == (400, [("unknown-assignee", "/assignee")])


def test_nobody_with_an_interest_is_assigned(own_api):
    desk = Desk(with_people(own_api, {OTHER: EMPLOYEE}))
    desk.api.rows(f"INSERT INTO interest_readers (reader, loaded_at) VALUES ('{EMPLOYEE}', '2026-03-01')")
    item = desk.opens(2)
    assert desk.sends(LEAD, item, "assignments", {"assignee": f"token:{OTHER}"}).status_code == 201
    desk.api.rows(
        f"INSERT INTO interests (reader, kind, employee_id, standing) VALUES ('{EMPLOYEE}', 'team', '{EMPLOYEE}', 1)"
    )
    refused = desk.sends(LEAD, desk.opens(1), "assignments", {"assignee": f"token:{OTHER}"})
    assert (refused.status_code, codes(refused)) == (400, [("assignee-with-interest", "/assignee")])


def test_the_clock_stands_still_while_it_is_suspended(desk):
    item = desk.opens()
    assert codes(desk.sends(LEAD, item, "suspensions", {"reason": "awaiting-information"})) == [("not-begun", "")]
    desk.decides(ONE, item, "assessments", verdict("investigation"))
    before = desk.view(item)["clock"]["dueAt"]
    assert desk.sends(LEAD, item, "suspensions", {"reason": "awaiting-information"}).status_code == 201
    assert desk.sends(LEAD, item, "suspensions", {"reason": "awaiting-information"}).status_code == 200
    assert codes(desk.sends(LEAD, item, "suspensions", {"reason": "legal-proceedings"})) == [("suspended-already", "")]
    clock = desk.view(item)["clock"]
    assert (clock["dueAt"], clock["suspendedSince"], clock["overdue"]) == (None, to_wire(desk.api.clock.now()), False)
    desk.api.clock.at += timedelta(days=21)
    assert desk.sends(LEAD, item, "suspensions/_end").status_code == 201
    assert desk.sends(LEAD, item, "suspensions/_end").status_code == 200
    clock = desk.view(item)["clock"]
    moved = datetime.fromisoformat(clock["dueAt"]) - datetime.fromisoformat(before)
    assert (clock["suspendedDays"], moved) == (21, timedelta(days=21))
    assert [row["reason"] for row in clock["suspensions"]] == ["awaiting-information"]


def test_only_a_lead_stops_the_clock(desk):
    item = desk.under_investigation()
    assert desk.sends(ONE, item, "suspensions", {"reason": "awaiting-information"}).status_code == 403
    assert codes(desk.sends(LEAD, item, "suspensions/_end")) == [("not-suspended", "")]


def test_an_item_that_ends_while_suspended_ends_the_suspension(desk):
    item = desk.opens()
    desk.decides(ONE, item, "assessments", no_follow_up())
    desk.sends(LEAD, item, "suspensions", {"reason": "awaiting-information"})
    desk.decides(OTHER, item, "assessments", no_follow_up())
    clock = desk.view(item)["clock"]
    assert (clock["suspendedSince"], clock["dueAt"], clock["closedInTime"]) == (None, None, True)


def test_an_outcome_holds_once_another_person_confirmed_it(desk):
    item = desk.under_investigation()
    desk.api.clock.at += timedelta(days=63)
    sent = desk.api.clock.now() - timedelta(days=1)
    found = desk.outcome(outcome="established", findings=FOUND, reportSentAt=sent)
    assert desk.sends(ONE, item, "outcome", found).status_code == 428
    assert desk.decides(ONE, item, "outcome", found).status_code == 201
    assert desk.decides(ONE, item, "outcome", found).status_code == 200
    assert desk.status(item) == "investigation"
    assert codes(desk.decides(ONE, item, "outcome/confirmation", {"agrees": True})) == [("confirmed-yourself", "")]
    done = desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True})
    assert done.status_code == 201, done.text
    assert desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True}).status_code == 200
    view = CaseView.model_validate_json(done.text)
    assert (view.item.status, view.outcome.state, view.clock.closed_at) == ("concluded", "confirmed", sent)
    assert (view.clock.closed_in_time, view.clock.weeks) == (True, 8.9)


def test_an_outcome_that_is_not_confirmed_is_found_anew(desk):
    item = desk.under_investigation()
    desk.decides(ONE, item, "outcome", desk.outcome())
    assert desk.decides(LEAD, item, "outcome/confirmation", {"agrees": False}).status_code == 400
    no = {"agrees": False, "note": "The second system was not looked at."}
    assert desk.decides(LEAD, item, "outcome/confirmation", no).status_code == 201
    view = desk.view(item)
    assert (view["item"]["status"], view["outcome"], len(view["rejectedOutcomes"])) == ("investigation", None, 1)
    assert desk.decides(ONE, item, "outcome", desk.outcome(note="Looked again.")).status_code == 201
    assert desk.decides(LEAD, item, "outcome/confirmation", {"agrees": True}).status_code == 201


def test_only_those_assigned_record_an_outcome(desk):
    item = desk.under_investigation()
    refused = desk.decides(LEAD, item, "outcome", desk.outcome())
    assert (refused.status_code, codes(refused)) == (403, [("not-assigned", "")])
    assert codes(desk.decides(ONE, desk.opens(2), "outcome", desk.outcome())) == [("not-under-investigation", "")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"outcome": "established"}, "/findings"),
        ({"findings": FOUND}, "/findings"),
        ({"outcome": "established", "findings": FOUND * 2}, "/findings"),
        ({"outcome": "established", "findings": [{"area": "other", "subcategory": "unlawful-use"}]}, "/findings/0"),
        ({"reportSentAt": START + timedelta(days=31)}, "/reportSentAt"),
        ({"reportSentAt": START - timedelta(days=1)}, "/reportSentAt"),
        ({"outcome": "guilty"}, "/outcome"),
    ],
)
def test_a_wrong_outcome_says_what_is_wrong(desk, changes, place):
    item = desk.under_investigation()
    answer = desk.decides(ONE, item, "outcome", desk.outcome(**changes))
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [place]


def test_the_database_itself_refuses_who_confirms_his_own_outcome(desk):
    item = desk.under_investigation()
    desk.decides(ONE, item, "outcome", desk.outcome())
    for judge, person in ((f"token:{ONE}", "x"), ("x", f"token:{ONE}")):
        with pytest.raises(IntegrityError):
            desk.api.rows(
                f"UPDATE outcomes SET state = 'confirmed', judged_by = '{judge}', judging_person = '{person}'"
            )


def measured(desk, item, who=ONE, **changes):
    body = {"kind": "conversation", "takenAt": desk.api.clock.now(), "decidedBy": "director"}
    return desk.sends(who, item, "measures", body | changes)


def test_a_measure_is_a_record_of_what_others_decided(desk):
    item = desk.concluded()
    assert measured(desk, item).status_code == 201
    assert measured(desk, item).status_code == 200
    assert codes(measured(desk, item, decidedBy="board")) == [("already-decided", "")]
    (taken,) = desk.view(item)["measures"]
    assert (taken["kind"], taken["decidedBy"], taken["warningId"]) == ("conversation", "director", None)


def test_a_written_warning_counts_when_the_same_employee_looks_again(desk):
    item = desk.concluded(outcome="established", findings=FOUND)
    until = desk.api.clock.now() + timedelta(days=365)
    assert measured(desk, item, LEAD, kind="written-warning").status_code == 400
    answer = measured(desk, item, LEAD, kind="written-warning", inForceUntil=until)
    assert answer.status_code == 201, answer.text
    (warning,) = desk.api.rows("SELECT id, employee_id, reason FROM warnings")
    assert (warning["employee_id"], warning["reason"]) == (EMPLOYEE, "unlawful-consultation")
    assert answer.json()["measures"][0]["warningId"] == warning["id"]
    desk.looks_again(
        lookups=(1, 2, 3, 60 * 24 * 31),
        last_lookup_at=START + timedelta(days=31),
        window_end=START + timedelta(days=32),
    )
    again = desk.api.get(f"/v1/intake-items/{desk.items(signal_id(1))[1]['id']}").json()
    assert again["priority"] == 82.5


def test_a_warning_that_is_recorded_already_is_not_recorded_twice(desk):
    item = desk.concluded()
    now = desk.api.clock.now()
    known = {"employeeId": EMPLOYEE, "givenAt": to_wire(now), "until": to_wire(now + timedelta(days=9))}
    desk.api.call("POST", "/v1/warnings", LEAD, json=known | {"reason": "other"})
    assert measured(desk, item, LEAD, kind="written-warning", inForceUntil=now + timedelta(days=9)).status_code == 201
    assert len(desk.api.rows("SELECT * FROM warnings")) == 1


def test_a_warning_needs_an_employee(desk):
    item = desk.opens(employee_id=None)
    desk.assessed(item, verdict("line-intervention"), verdict("line-intervention"))
    until = desk.api.clock.now() + timedelta(days=9)
    refused = measured(desk, item, LEAD, kind="written-warning", inForceUntil=until)
    assert codes(refused) == [("no-employee", "/kind")]


def test_a_written_warning_is_recorded_by_those_who_record_warnings(desk):
    item = desk.concluded()
    warning = {"kind": "written-warning", "inForceUntil": desk.api.clock.now() + timedelta(days=365)}
    refused = measured(desk, item, ONE, **warning)
    assert (refused.status_code, codes(refused)) == (403, [("lead-needed", "/kind")])
    assert desk.api.rows("SELECT * FROM warnings") == []
    assert measured(desk, item, LEAD, **warning).status_code == 201
    (entry,) = desk.api.trail("record-warning")
    assert (entry["object_kind"], entry["object_id"], entry["detail"]["items"]) == ("employee", EMPLOYEE, [])
    assert entry["detail"]["warning"] == desk.view(item)["measures"][0]["warningId"]


def test_no_measure_while_the_outcome_awaits_its_confirmation(desk):
    item = desk.under_investigation()
    for who in (ONE, LEAD):
        assert codes(measured(desk, item, who)) == [("not-measurable", "")]
    desk.decides(ONE, item, "outcome", desk.outcome())
    assert codes(measured(desk, item, LEAD)) == [("not-measurable", "")]


def test_no_measure_without_a_decision_that_it_belongs_to(desk):
    item = desk.opens()
    assert codes(measured(desk, item)) == [("not-measurable", "")]
    desk.assessed(item, no_follow_up(), no_follow_up())
    assert codes(measured(desk, item)) == [("not-measurable", "")]


def test_a_line_intervention_says_when_and_whom_it_went_to(desk):
    item = desk.opens()
    body = {"sentAt": desk.api.clock.now(), "sentTo": "team-manager"}
    assert codes(desk.sends(ONE, item, "line-intervention", body)) == [("not-ended-so", "")]
    desk.assessed(item, verdict("line-intervention"), verdict("line-intervention"))
    assert desk.sends(ONE, item, "line-intervention", body).status_code == 201
    assert desk.sends(ONE, item, "line-intervention", body).status_code == 200
    assert codes(desk.sends(ONE, item, "line-intervention", body | {"sentTo": "board"})) == [("already-decided", "")]
    assert desk.view(item)["lineIntervention"]["sentTo"] == "team-manager"


WAY = {
    ONE: ["note", "record-outcome", "refer-data-breach"],
    OTHER: ["note", "record-outcome", "refer-data-breach"],
    LEAD: ["note", "assign", "suspend", "refer-data-breach"],
}


@pytest.mark.parametrize("who", WAY)
def test_the_view_tells_what_its_reader_may_do(desk, who):
    assert desk.view(desk.under_investigation(), who)["actions"] == WAY[who]


def test_what_the_view_offers_is_what_is_accepted(desk):
    item = desk.opens()
    assert desk.view(item)["actions"] == ["assess", "note", "refer-data-breach"]
    desk.assessed(item, no_follow_up())
    assert desk.view(item)["actions"] == ["note", "refer-data-breach"]
    assert desk.view(item, OTHER)["actions"] == ["assess", "note", "refer-data-breach"]
    desk.decides(OTHER, item, "assessments", no_follow_up("criteria-not-met"))
    assert desk.view(item, LEAD)["actions"] == ["settle", "note", "assign", "suspend", "refer-data-breach"]


def test_the_history_tells_who_did_what_in_order(desk):
    item = desk.under_investigation()
    desk.sends(LEAD, item, "notes", {"note": NOTE})
    assert [(event["kind"], event["actor"]) for event in desk.view(item)["history"]] == [
        ("assess", f"token:{ONE}"),
        ("assess", f"token:{OTHER}"),
        ("note", f"token:{LEAD}"),
    ]
