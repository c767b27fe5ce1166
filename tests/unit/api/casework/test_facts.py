"""The sheet of sanction factors, the queue's filters, the figures of all casework, and their metrics."""

import json
from datetime import timedelta

from services.api.casework.answers import Figures
from services.api.casework.fact_answers import SanctionFactors
from services.core.wire import to_wire
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, Desk, no_follow_up, verdict, with_people
from tests.unit.api.conftest import START, lookup

READING, LEADING = "p1-" + "a" * 32, "p1-" + "b" * 32


def sheet(desk, item):
    answer = desk.api.get(f"/v1/intake-items/{item}/sanction-factors")
    assert answer.status_code == 200, answer.text
    SanctionFactors.model_validate_json(answer.text)
    return answer.json()


def test_the_sheet_states_counts_with_their_rule_and_what_is_unknown(desk):
    evidence = [
        lookup(1, action="print", record_count=12, data_categories=["income"]),
        lookup(2, action="export", record_count=None, data_categories=["income", "medical"]),
        lookup(3, data_categories=None),
    ]
    told = sheet(desk, desk.opens(evidence=evidence, shared_count=2))
    assert told["consultations"] | {"firstLookupAt": 0, "lastLookupAt": 0} == {
        "lookupCount": 3,
        "momentCount": 2,
        "dayCount": 1,
        "countingRule": "moments-v1",
        "firstLookupAt": 0,
        "lastLookupAt": 0,
    }
    assert told["natureOfData"] == {
        "categories": [{"category": "income", "lookups": 2}, {"category": "medical", "lookups": 1}],
        "ofSignal": ["income"],
        "lookupsThatTellNone": 1,
    }
    assert told["sharing"] == {
        "ofSignal": 2,
        "prints": 1,
        "exports": 1,
        "records": 12,
        "lookupsThatTellNoRecords": 1,
    }
    assert told["instruction"] == {"statementOfConfidentiality": "unknown", "instruction": "unknown"}
    assert told["relation"] == {"known": "own", "rule": "own-file"}


def test_the_sheet_names_each_warning_and_what_came_after_it(desk):
    item = desk.opens()
    warning = {
        "employeeId": f"p1-{1:032x}",
        "givenAt": to_wire(START + timedelta(minutes=2)),
        "until": to_wire(START + timedelta(days=9)),
        "reason": "unlawful-use",
    }
    desk.api.call(
        "POST", "/v1/warnings", LEAD, content=json.dumps(warning), headers={"Content-Type": "application/json"}
    )
    (told,) = sheet(desk, item)["repetition"]["warnings"]
    assert (told["reason"], told["lookupsAfter"]) == ("unlawful-use", 2)


def test_repetition_is_unknown_where_a_signal_is_about_many(desk):
    assert sheet(desk, desk.opens(employee_id=None))["repetition"] == {"known": False, "warnings": []}


def test_a_missing_statement_is_what_a_register_says_of_instruction(desk):
    item = desk.opens(rule="no-confidentiality-statement", family="no-confidentiality-statement")
    assert sheet(desk, item)["instruction"]["statementOfConfidentiality"] == "no-statement-on-record"


def listed(desk, query, who=ONE):
    answer = desk.api.get(f"/v1/intake-items?{query}", who)
    assert answer.status_code == 200, answer.text
    return {item["signalId"][-1] for item in answer.json()["intakeItems"]}


def test_the_queue_is_filtered_by_state_work_and_deadline(desk):
    desk.opens(1)
    desk.assessed(desk.opens(2), verdict("investigation"), verdict("investigation"))
    desk.assessed(desk.opens(3), no_follow_up())
    suspended = desk.opens(4)
    desk.assessed(suspended, no_follow_up())
    desk.sends(LEAD, suspended, "suspensions", {"reason": "legal-proceedings"})
    assert listed(desk, "status=investigation") == {"2"}
    assert listed(desk, "status=in-assessment") == {"3", "4"}
    assert listed(desk, "assignedToMe=true") == {"2", "3", "4"}
    assert listed(desk, "assignedToMe=true", OTHER) == {"2"}
    assert listed(desk, "assignedToMe=false", OTHER) == {"1", "3", "4"}
    assert listed(desk, "overdue=true") == set()
    desk.api.clock.at += timedelta(weeks=14)
    desk.opens(5)
    assert listed(desk, "overdue=true") == {"1", "2", "3"}
    assert listed(desk, "overdue=false") == {"4", "5"}
    assert listed(desk, f"dueBefore={to_wire(desk.api.clock.now())}") == {"1", "2", "3"}
    assert listed(desk, "overdue=true&assignedToMe=true&status=investigation") == {"2"}


def concluded(desk, number, days):
    item = desk.under_investigation(number)
    desk.api.clock.at += timedelta(days=days)
    desk.decides(ONE, item, "outcome", desk.outcome())
    assert desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True}).status_code == 201


def test_the_figures_tell_lead_times_and_what_waits(desk):
    concluded(desk, 1, 63)
    concluded(desk, 2, 99)
    desk.assessed(desk.opens(3), no_follow_up())
    desk.assessed(desk.opens(4), no_follow_up(), verdict("investigation"))
    desk.decides(ONE, desk.under_investigation(5), "outcome", desk.outcome())
    desk.sends(ONE, desk.opens(6), "data-breach", {"knownAt": desk.api.clock.now() - timedelta(hours=80)})
    answer = desk.api.get("/v1/casework-figures", LEAD)
    figures = Figures.model_validate_json(answer.text)
    assert (figures.lead_time.investigations, figures.lead_time.within_thirteen_weeks) == (2, 1)
    assert figures.lead_time.average_weeks == round((63 + 99) / 14, 1)
    assert figures.lead_time.average_working_days == 56  # 45 weekdays less four public holidays, and 71
    assert (figures.second_assessment, figures.settlement, figures.confirmation) == (1, 1, 1)
    assert (figures.breaches_running, figures.breaches_overdue) == (1, 1)
    assert figures.items["concluded"] == 2
    desk.api.clock.at += timedelta(days=400)
    assert desk.api.get("/v1/casework-figures", LEAD).json()["leadTime"]["investigations"] == 0


def in_time(desk, item):
    within = desk.api.get("/v1/casework-figures", LEAD).json()["leadTime"]["withinThirteenWeeks"]
    return desk.view(item, LEAD)["clock"]["closedInTime"], within


def closed_after(desk, sent, *, suspended):
    """An item whose report was sent that long after it came, and which stood still between two moments."""
    item, begun = desk.under_investigation(), desk.api.clock.at
    start, end = suspended
    desk.api.clock.at = begun + start
    assert desk.sends(LEAD, item, "suspensions", {"reason": "awaiting-information"}).status_code == 201
    desk.api.clock.at = begun + end
    desk.sends(LEAD, item, "suspensions/_end")
    desk.api.clock.at = begun + max(end, sent)
    desk.decides(ONE, item, "outcome", desk.outcome(reportSentAt=begun + sent))
    assert desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True}).status_code == 201
    return item


def test_what_is_suspended_after_the_report_was_sent_makes_it_no_timelier(desk):
    item = closed_after(desk, timedelta(days=95), suspended=(timedelta(days=97), timedelta(days=107)))
    assert in_time(desk, item) == (False, 0)
    clock = desk.view(item, LEAD)["clock"]
    assert (clock["suspendedDays"], clock["weeks"]) == (0, 13.6)


def test_what_stood_still_before_counts_for_the_item_and_for_the_figures(desk):
    item = closed_after(desk, timedelta(days=95), suspended=(timedelta(days=10), timedelta(days=20)))
    assert in_time(desk, item) == (True, 1)


def test_the_last_evening_is_in_time_for_the_item_and_for_the_figures(desk):
    item = closed_after(desk, timedelta(days=91, hours=6), suspended=(timedelta(days=1), timedelta(days=1)))
    assert in_time(desk, item) == (True, 1)


def test_who_has_an_interest_in_an_item_does_not_find_it_counted(own_api):
    desk = Desk(with_people(own_api, {ONE: READING, LEAD: LEADING}))
    for reader in (READING, LEADING):
        desk.api.rows(f"INSERT INTO interest_readers (reader, loaded_at) VALUES ('{reader}', '2026-03-01')")
    concluded(desk, 2, 63)
    desk.opens(1)
    desk.sends(OTHER, desk.opens(3), "data-breach", {"knownAt": desk.api.clock.now() - timedelta(hours=80)})
    employees = {number: f"p1-{number:032x}" for number in (1, 2, 3)}
    everything = {who: figures(desk, who) for who in (OTHER, ONE, LEAD)}
    assert everything[OTHER] == everything[ONE] == everything[LEAD]
    for reader in (READING, LEADING):
        for employee in employees.values():
            values = f"'{reader}', 'team', '{employee}', 1"
            desk.api.rows(f"INSERT INTO interests (reader, kind, employee_id, standing) VALUES ({values})")
    assert figures(desk, OTHER) == everything[OTHER]
    for who in (ONE, LEAD):
        told = figures(desk, who)
        assert desk.api.get("/v1/intake-items", who).json()["intakeItems"] == []
        assert set(told["items"].values()) == {0}
        assert (told["overdue"], told["firstDue"], told["breachesRunning"], told["firstBreachDue"]) == (
            0,
            None,
            0,
            None,
        )
        assert told["leadTime"]["investigations"] == 0


def figures(desk, who):
    return desk.api.get("/v1/casework-figures", who).json()


def test_whose_interests_nobody_knows_is_told_no_figures(own_api):
    desk = Desk(with_people(own_api, {ONE: READING}))
    refused = desk.api.get("/v1/casework-figures", ONE)
    assert (refused.status_code, "interests are not known" in refused.json()["detail"]) == (403, True)


def test_metrics_tell_what_waits_and_what_is_late(desk):
    desk.assessed(desk.opens(1), no_follow_up())
    desk.sends(ONE, desk.opens(2), "data-breach", {"knownAt": desk.api.clock.now() - timedelta(hours=80)})
    desk.api.clock.at += timedelta(weeks=20)
    page = desk.api.get("/metrics", None).text
    for line in (
        'doelbinding_api_items_awaiting_second_person{step="second-assessment"} 5.0',
        'doelbinding_api_items_awaiting_second_person{step="settlement"} 0.0',
        "doelbinding_api_items_overdue 5.0",
        'doelbinding_api_data_breach_clocks{state="overdue"} 5.0',
    ):
        assert line in page, line
