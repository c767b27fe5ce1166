"""A warning in force moves the signals of that employee up in the queue, and leaves their score alone."""

import json
from datetime import timedelta

import pytest

from services.core.wire import to_wire
from tests.unit.api.conftest import START, signal_id

EMPLOYEE = f"p1-{1:032x}"


@pytest.fixture
def warn(api):
    """Records a warning as a role; times are minutes after START."""

    def post(start=0, end=60 * 24 * 365, role="lead", **changes):
        body = {
            "employeeId": EMPLOYEE,
            "givenAt": to_wire(START + timedelta(minutes=start)),
            "until": to_wire(START + timedelta(minutes=end)),
            "reason": "unlawful-consultation",
        }
        content = json.dumps(body | changes)
        return api.call("POST", "/v1/warnings", role, content=content, headers={"Content-Type": "application/json"})

    return post


def queue(api):
    return api.get("/v1/intake-items").json()["intakeItems"]


def priorities(api):
    return [(item["signalId"], item["priority"]) for item in queue(api)]


def test_a_warning_is_recorded_by_a_lead_with_who_and_when(api, warn):
    answer = warn()
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["employeeId"], told["reason"], told["recordedBy"]) == (EMPLOYEE, "unlawful-consultation", "token:lead")
    assert told["recordedAt"] == to_wire(api.clock.now())
    assert [row["id"] for row in api.rows("SELECT id FROM warnings")] == [told["id"]]


@pytest.mark.parametrize("role", ["investigator", "detector", "soc", "admin"])
def test_nobody_else_records_warnings(warn, role):
    assert warn(role=role).status_code == 403


def test_what_was_in_the_queue_moves_up_and_keeps_its_score(api, warn, make_signal):
    api.results(make_signal(1, score=62.5), make_signal(2, score=70.0))
    assert priorities(api) == [(signal_id(2), 70.0), (signal_id(1), 62.5)]
    assert warn().json()["itemsChanged"] == 1
    assert priorities(api) == [(signal_id(1), 82.5), (signal_id(2), 70.0)]
    assert queue(api)[0]["score"] == 62.5
    assert api.get(f"/v1/signals/{signal_id(1)}").json()["score"] == 62.5


def test_what_comes_after_the_warning_stands_high_at_once(api, warn, make_signal):
    warn()
    api.results(make_signal(1, score=62.5))
    assert priorities(api) == [(signal_id(1), 82.5)]


def test_the_factor_tells_how_many_lookups_came_after_the_warning(api, warn, make_signal):
    api.results(make_signal(1, score=62.5))
    warn(start=2)
    (item,) = queue(api)
    assert item["priorityFactors"] == [
        {"factor": "score", "value": "62.5", "points": 62.5},
        {"factor": "repeat-after-warning", "value": "2", "points": 20.0},
    ]


@pytest.mark.parametrize(("start", "end", "moves"), [(3, 4, True), (4, 5, False), (0, 1, False), (0, 2, True)])
def test_a_warning_counts_from_when_it_is_given_until_it_ends(api, warn, make_signal, start, end, moves):
    api.results(make_signal(1, score=62.5))
    warn(start=start, end=end)
    assert (priorities(api)[0][1] > 62.5) == moves


def test_a_new_revision_keeps_what_the_warning_adds(api, warn, make_signal):
    api.results(make_signal(1, score=62.5))
    warn()
    api.results(make_signal(1, score=71.5, as_of=START + timedelta(hours=9)))
    assert priorities(api) == [(signal_id(1), 91.5)]


def test_two_warnings_add_once(api, warn, make_signal):
    api.results(make_signal(1, score=62.5))
    warn()
    assert warn(reason="unlawful-sharing").json()["itemsChanged"] == 0
    assert priorities(api) == [(signal_id(1), 82.5)]


def test_a_signal_of_many_employees_is_left_where_it_is(api, warn, make_signal):
    api.results(make_signal(1, score=62.5, employee_id=None))
    assert warn().json()["itemsChanged"] == 0
    assert priorities(api) == [(signal_id(1), 62.5)]


def test_the_same_warning_twice_is_told(warn):
    assert warn().status_code == 201
    assert warn().status_code == 409


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"until": to_wire(START)}, "/until"),
        ({"reason": "dismissal"}, "/reason"),
        ({"employeeId": "e123"}, "/employeeId"),
        ({"givenAt": "yesterday"}, "/givenAt"),
    ],
)
def test_a_wrong_warning_says_what_is_wrong(api, warn, changes, place):
    answer = warn(**changes)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [place]
    assert api.rows("SELECT id FROM warnings") == []


def test_a_warning_of_tomorrow_is_refused(api, warn):
    tomorrow = to_wire(api.clock.now() + timedelta(days=1))
    answer = warn(givenAt=tomorrow, until=to_wire(api.clock.now() + timedelta(days=2)))
    assert (answer.status_code, "future" in answer.json()["detail"]) == (400, True)


def test_recording_is_in_the_trail_with_the_signals_it_touched(api, warn, make_signal):
    api.results(make_signal(1))
    warn()
    (entry,) = api.trail()
    assert (entry["actor"], entry["detail"]) == ("token:lead", {"shown": "warning", "signals": [signal_id(1)]})


def test_a_warning_is_in_the_trail_as_a_decision_with_the_items_that_it_moved(api, warn, make_signal):
    api.results(make_signal(1), make_signal(2))
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(1)}'")
    told = warn().json()
    (entry,) = api.trail("record-warning")
    assert (entry["actor"], entry["object_kind"], entry["object_id"]) == ("token:lead", "employee", EMPLOYEE)
    assert entry["detail"] == {
        "warning": told["id"],
        "givenAt": told["givenAt"],
        "until": told["until"],
        "reason": "unlawful-consultation",
        "items": [item["id"]],
    }
    assert warn().status_code == 409
    assert len(api.trail("record-warning")) == 1


def test_a_warning_that_the_trail_does_not_take_is_not_recorded(api, warn):
    api.rows("CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert warn().status_code >= 500
    assert api.rows("SELECT * FROM warnings") == []


@pytest.mark.parametrize(
    ("lang", "heading", "said"),
    [
        ("en", "How the priority is made up", "lookups while a warning was in force: 3"),
        ("nl", "Opbouw van de prioriteit", "raadplegingen terwijl een waarschuwing gold: 3"),
    ],
)
def test_the_story_tells_the_priority_only_where_it_differs_from_the_score(api, warn, make_signal, lang, heading, said):
    api.results(make_signal(1))
    api.sign_in()
    address = f"/signals/{signal_id(1)}?lang={lang}"
    assert heading not in api.get(address, None).text
    warn()
    page = api.get(address, None).text
    assert heading in page
    assert said in page


def test_the_queue_names_the_repeat(api, warn, make_signal):
    api.results(make_signal(1))
    warn()
    api.sign_in()
    assert "repeat after a warning" in api.get("/queue?lang=en", None).text
