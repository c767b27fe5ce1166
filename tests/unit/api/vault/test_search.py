"""Who knows a person's number finds the signals about this person, and the number stays nowhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID
from tests.world import BSNS


def search(desk, url="/v1/signals/_search", role="investigator", **form):
    return desk.api.call("POST", url, role, json={"purpose": "investigation", "reason": "Een vraag."} | form)


@pytest.fixture
def stored(empty_desk):
    """Signals about one person and about another, one of them not pushed."""
    other = empty_desk.name("bsn", BSNS[1])
    signals = [
        empty_desk.signal(1, score=70.0),
        empty_desk.signal(2, score=60.0, pushed=False),
        empty_desk.signal(3, score=50.0, subject=other),
    ]
    assert empty_desk.deliver(*signals).status_code == 200
    return empty_desk


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [int(one["signalId"][2:], 16) for one in answer.json()["signals"]]


def test_signals_about_a_citizen_or_an_employee_are_found_pushed_or_not(stored):
    assert numbers(search(stored, bsn=BSN)) == [1, 2]
    assert numbers(search(stored, bsn=BSNS[1])) == [3]
    assert numbers(search(stored, employeeId=EMPLOYEE_ID)) == [1, 2, 3]
    assert numbers(search(stored, bsn=BSNS[7])) == []


def test_pages_go_on_with_the_same_question_and_with_no_other(stored):
    first = search(stored, "/v1/signals/_search?limit=2", employeeId=EMPLOYEE_ID)
    after = first.links["next"]["url"]
    assert BSN not in after
    assert EMPLOYEE_ID not in after
    assert numbers(first) + numbers(search(stored, after, employeeId=EMPLOYEE_ID)) == [1, 2, 3]
    assert search(stored, after, bsn=BSN).status_code == 400


def test_each_question_is_logged_by_pseudonym_whatever_was_found(stored):
    search(stored, bsn=BSN)
    search(stored, bsn=BSNS[7])
    entries = stored.api.rows("SELECT object_id, purpose FROM audit_entries WHERE action = 'search' ORDER BY sequence")
    asked = [stored.name("bsn", BSN), stored.name("bsn", BSNS[7])]
    assert [(row["object_id"], row["purpose"]) for row in entries] == [(name, "investigation") for name in asked]
    assert BSN not in stored.everything()


@pytest.mark.parametrize(
    "wrong",
    [
        {"bsn": "960000001"},
        {"bsn": "96000001"},
        {"bsn": "٩٦٠٠٠٠٠٠٨"},
        {"bsn": BSN, "employeeId": EMPLOYEE_ID},
        {},
        {"bsn": BSN, "purpose": "curiosity"},
        {"bsn": BSN, "reason": None},
        {"bsn": BSN, "reason": " "},
        {"bsn": BSNS[3], "reason": f"burger {BSN[:3]}-{BSN[3:6]}-{BSN[6:]}"},
        {"employeeId": ""},
        {"employeeId": "a\x00b"},
    ],
)
def test_a_question_that_is_not_right_is_refused_without_repeating_it(stored, wrong):
    answer = search(stored, **wrong)
    assert answer.status_code == 400
    assert not any(str(value) in answer.text for value in wrong.values() if value not in ("", " ", None, "curiosity"))
    assert stored.api.rows("SELECT * FROM audit_entries WHERE action = 'search'") == []


def test_a_reason_of_several_lines_is_in_the_trail_on_one(stored):
    assert search(stored, employeeId=EMPLOYEE_ID, reason="asked\r\nby\u0095 phone ").status_code == 200
    (asked,) = stored.api.trail("search")
    assert asked["detail"]["reason"] == "asked by phone"


def limit_of(desk):
    return desk.api.parts.settings.reveals_per_day


def test_without_a_reason_nobody_is_looked_for(stored):
    form = {"purpose": "investigation", "bsn": BSN}
    answer = stored.api.call("POST", "/v1/signals/_search", "investigator", json=form)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/reason")


def test_who_goes_through_a_list_of_employees_is_stopped_before_the_signals_are_unmasked(stored):
    for number in range(limit_of(stored)):
        assert numbers(search(stored, employeeId=f"medewerker-{number}")) == []
    refused = search(stored, employeeId=EMPLOYEE_ID)
    assert refused.status_code == 403
    assert "Have a colleague search" in refused.json()["detail"]
    assert len(stored.api.trail("search")) == limit_of(stored)
    (told,) = stored.api.trail("refused")
    assert (told["object_id"], told["detail"]) == (stored.name("employee", EMPLOYEE_ID), {"reason": "rate"})
    assert numbers(search(stored, role="second-investigator", employeeId=EMPLOYEE_ID)) == [1, 2, 3]
    stored.api.clock.at += timedelta(hours=24)
    assert numbers(search(stored, employeeId=EMPLOYEE_ID)) == [1, 2, 3]
    assert len(stored.api.rows("SELECT * FROM searches WHERE asked_by = 'token:investigator'")) == 1


def test_searches_and_reveals_count_together(desk):
    for _ in range(limit_of(desk) - 1):
        assert search(desk, bsn=BSN).status_code == 200
    assert desk.ask().status_code == 201
    assert search(desk, bsn=BSN).status_code == 403
    assert desk.ask(field="subject").status_code == 202


def test_who_had_as_many_revealed_as_one_may_searches_no_more(desk):
    desk.use_up()
    assert search(desk, bsn=BSN).status_code == 403


def test_a_further_page_of_a_search_is_no_search_for_another_person(stored):
    for _ in range(limit_of(stored)):
        first = search(stored, "/v1/signals/_search?limit=2", employeeId=EMPLOYEE_ID)
    after = first.links["next"]["url"]
    assert numbers(search(stored, after, employeeId=EMPLOYEE_ID)) == [3]
    assert search(stored, after, bsn=BSN).status_code == 400


def test_of_many_searches_at_once_no_more_than_the_limit_are_answered(stored):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: search(stored, bsn=BSN), range(limit_of(stored) + 4)))
    assert sorted(answer.status_code for answer in answers) == [200] * limit_of(stored) + [403] * 4


def test_what_counts_is_found_along_indexes(stored):
    for query, index in (
        ("SELECT count(*) FROM reveals WHERE asked_by = 'x' AND opened_at > '2026'", "ix_reveals_opened"),
        ("SELECT count(*) FROM searches WHERE asked_by = 'x' AND asked_at > '2026'", "ix_searches_of_reader"),
    ):
        (step,) = stored.api.rows(f"EXPLAIN QUERY PLAN {query}")
        assert index in str(step["detail"])
