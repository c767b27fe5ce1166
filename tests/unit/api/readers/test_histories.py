"""What made it a reader's work to open an item, as of the moment when it was opened."""

from datetime import UTC, datetime, timedelta

import pytest

from services.api.readers.histories import Event, History
from services.core.kafka_broker import Trouble
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, no_follow_up
from tests.unit.api.conftest import START, a_signal, signal_id
from tests.unit.api.readers.conftest import grounds

T = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ME, COLLEAGUE, BOSS = "oidc:me", "oidc:colleague", "oidc:boss"


def hours(number):
    return T + timedelta(hours=number)


def history(*events):
    return History("i-1", T, [Event(hours(at), *rest) for at, *rest in events])


ENDED = [(1, "assess", COLLEAGUE, "in-assessment"), (2, "assess", BOSS, "no-follow-up")]
UNDER_WAY = [(1, "assess", COLLEAGUE, "in-assessment"), (2, "assess", BOSS, "investigation")]


@pytest.mark.parametrize(
    ("events", "at", "role", "is_work"),
    [
        ([], -1, "investigator", False),
        ([], 0, "investigator", True),
        (ENDED, 1.5, "investigator", True),
        (ENDED, 2, "investigator", False),
        (ENDED, 3, "lead", False),
        ([*ENDED, (4, "signal-withdrawn", None)], 5, "lead", True),
        ([*ENDED, (4, "refer-data-breach", COLLEAGUE)], 3, "lead", False),
        ([*ENDED, (4, "refer-data-breach", COLLEAGUE)], 4, "lead", True),
        (UNDER_WAY, 3, "investigator", False),
        (UNDER_WAY, 3, "lead", True),
        ([*UNDER_WAY, (4, "assign", BOSS, None, ME)], 3, "investigator", False),
        ([*UNDER_WAY, (4, "assign", BOSS, None, ME)], 4, "investigator", True),
        ([*UNDER_WAY, (4, "assign", BOSS, None, COLLEAGUE)], 5, "investigator", False),
        ([*UNDER_WAY, (4, "assign", BOSS, None, ME), (6, "release", BOSS, None, ME)], 5, "investigator", True),
        ([*UNDER_WAY, (4, "assign", BOSS, None, ME), (6, "release", BOSS, None, ME)], 6, "investigator", False),
        ([*UNDER_WAY, (5, "confirm-outcome", BOSS)], 6, "investigator", False),
        ([*UNDER_WAY, (5, "confirm-outcome", BOSS)], 6, "lead", True),
    ],
)
def test_it_was_work_if_it_was_open_assigned_or_under_a_lead_s_eyes(events, at, role, is_work):
    assert history(*events).is_work_of(ME, role, hours(at)) is is_work


def test_who_assessed_works_on_it_until_a_lead_releases_him_and_again_if_sent_anew():
    told = history(*UNDER_WAY, (4, "release", BOSS, None, COLLEAGUE), (6, "assign", BOSS, None, COLLEAGUE))
    assert [told.assigned(COLLEAGUE, hours(at)) for at in (0, 1, 3, 4, 5, 6)] == [False, True, True, False, False, True]


def test_a_lead_who_settled_what_then_ended_still_has_to_do_with_it():
    disputed = history((1, "assess", ME, "in-assessment"), (2, "assess", COLLEAGUE, "disputed"))
    assert disputed.status(hours(3)) == "disputed"
    settled = History("i-1", T, [*disputed.events, Event(hours(4), "settle", BOSS, "no-follow-up")])
    assert settled.is_work_of(BOSS, "lead", hours(5))
    assert not settled.is_work_of("oidc:other-boss", "lead", hours(5))


def opened(office, who, number=1, purpose=""):
    return set(grounds(office.after(lambda: office.api.get(f"/v1/signals/{signal_id(number)}{purpose}", who))))


def test_a_read_keeps_the_ground_it_had_though_it_is_told_after_the_item_ended(start, broker):
    broker.trouble = Trouble("away", refused=False)
    with start(broker) as office:
        item = office.opens(1)
        office.api.get(f"/v1/signals/{signal_id(1)}", LEAD)
        office.api.clock.at += timedelta(minutes=1)
        office.assessed(item, no_follow_up(), no_follow_up())
        office.api.clock.at += timedelta(minutes=1)
        office.api.get(f"/v1/signals/{signal_id(1)}", LEAD)
        broker.trouble = None
        told = office.published()
    assert {each["case_id"] for each in told if each["occurred_at"].startswith("2026-04-01T09:00")} == {item}
    assert {each["case_id"] for each in told if each["occurred_at"].startswith("2026-04-01T09:02")} == {None}


def test_an_item_that_two_people_closed_is_work_of_theirs_alone(office):
    item = office.opens(1)
    office.assessed(item, no_follow_up(), no_follow_up())
    assert [opened(office, who) for who in (ONE, OTHER, LEAD)] == [{item}, {item}, {None}]


def test_a_signal_of_the_same_person_is_work_of_who_works_on_another_one(office):
    item = office.under_investigation(1)
    same, other = a_signal(1)["employeeId"], a_signal(3)["subject"]
    office.api.results(a_signal(2, pushed=False, employee_id=same), a_signal(4, pushed=False, subject=other))
    purpose = "?purpose=investigation"
    assert opened(office, ONE, 2, purpose) == {item}
    assert opened(office, LEAD, 2, purpose) == {None}
    assert opened(office, ONE, 4, purpose) == {None}


def test_a_signal_under_one_of_the_queue_is_work_as_that_one_is_and_only_since_it_was_put_there(office):
    item = office.opens(1)
    office.api.results(a_signal(2, pushed=False))
    purpose = "?purpose=investigation"
    assert opened(office, ONE, 2, purpose) == {None}
    office.api.clock.at += timedelta(minutes=1)
    office.api.results(a_signal(2, pushed=False, parent_id=signal_id(1), as_of=START + timedelta(hours=9)))
    assert opened(office, ONE, 2, purpose) == {item}


def test_new_looks_open_an_item_that_is_the_ground_from_then_on(office):
    first = office.opens(1)
    office.assessed(first, no_follow_up(), no_follow_up())
    assert opened(office, LEAD) == {None}
    office.api.clock.at += timedelta(minutes=1)
    office.looks_again(1)
    (_, second) = office.items(signal_id(1))
    assert opened(office, LEAD) == {second["id"]}


def test_who_is_released_from_an_investigation_reads_its_signal_without_ground(office):
    item = office.under_investigation(1)
    assert opened(office, OTHER) == {item}
    (held,) = [row for row in office.view(item, LEAD)["assignments"] if row["assignee"].endswith(OTHER)]
    office.api.clock.at += timedelta(minutes=1)
    place = f"/v1/intake-items/{item}/assignments/{held['id']}"
    answer = office.api.call("DELETE", place, LEAD, headers={"If-Match": office.etag(item)})
    assert answer.is_success, answer.text
    assert [opened(office, who) for who in (ONE, OTHER, LEAD)] == [{item}, {None}, {item}]
