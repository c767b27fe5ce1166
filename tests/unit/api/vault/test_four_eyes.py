"""Above a number of reveals a day another person must approve each, and the database holds to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.unit.api.casework.conftest import Desk as CaseDesk
from tests.unit.api.casework.conftest import verdict
from tests.unit.api.vault.conftest import EMPLOYEE_ID

OTHERS = ("second-investigator", "lead")


@pytest.fixture
def busy(desk):
    """A desk whose investigator used up the reveals of a day; nobody may yet assess its item."""
    desk.disputed()
    desk.use_up()
    return desk


@pytest.fixture
def pending(busy):
    """The id of a request that waits."""
    answer = busy.ask()
    assert answer.status_code == 202
    assert EMPLOYEE_ID not in answer.text
    assert answer.json()["status"] == "pending"
    return answer.json()["id"]


def statuses(*answers):
    return [answer.status_code for answer in answers]


def refusals(desk):
    return [(row["actor"], row["object_id"], row["detail"]["reason"]) for row in desk.api.trail("refused")]


@pytest.mark.parametrize("other", OTHERS)
def test_another_person_approves_and_the_one_who_asked_opens_it_once(busy, pending, other):
    approved = busy.step("approval", pending, other)
    assert approved.status_code == 200
    assert approved.json()["approvedBy"] == f"token:{other}"
    assert EMPLOYEE_ID not in approved.text
    opened = busy.step("opening", pending, "investigator")
    assert opened.json() == {"id": pending, "kind": "employee", "value": EMPLOYEE_ID}
    assert busy.step("opening", pending, "investigator").status_code == 409
    actions = busy.api.rows("SELECT action, actor FROM audit_entries ORDER BY sequence DESC LIMIT 3")
    assert [(row["action"], row["actor"]) for row in actions] == [
        ("reveal", "token:investigator"),
        ("approve-reveal", f"token:{other}"),
        ("ask-reveal", "token:investigator"),
    ]


def test_nobody_approves_what_he_asked_for_himself(busy, pending):
    assert busy.step("approval", pending, "investigator").status_code == 403
    assert busy.step("opening", pending, "investigator").status_code == 409
    assert refusals(busy) == [("token:investigator", busy.item(), "own-request")]


@pytest.mark.parametrize("other", OTHERS)
def test_only_the_one_who_asked_opens_it(busy, pending, other):
    busy.step("approval", pending, other)
    assert busy.step("opening", pending, other).status_code == 403
    assert refusals(busy) == [(f"token:{other}", busy.item(), "other-asked")]


def test_who_may_yet_assess_the_item_learns_of_no_request_and_approves_none(desk):
    desk.use_up()
    case = CaseDesk(desk.api)
    waiting = desk.ask(reason="Een onderzoek ligt voor de hand.").json()["id"]
    listed = "/v1/reveals?status=pending"
    assert [one["id"] for one in desk.api.get(listed).json()["reveals"]] == [waiting]
    for other in OTHERS:
        assert desk.api.get(listed, other).json() == {"reveals": []}
        refused = desk.step("approval", waiting, other)
        assert (refused.status_code, "Assess it first" in refused.json()["detail"]) == (403, True)
    assert [entry["detail"]["reason"] for entry in desk.api.trail("refused")] == ["not-assessed"] * 2
    case.decides("lead", desk.item(), "assessments", verdict("investigation"))
    assert [one["id"] for one in desk.api.get(listed, "lead").json()["reveals"]] == [waiting]
    assert desk.step("approval", waiting, "lead").status_code == 200


def test_approving_twice_is_approving_once_and_a_third_person_comes_too_late(busy, pending):
    first, again, third = (busy.step("approval", pending, role) for role in ("lead", "lead", "second-investigator"))
    assert statuses(first, again, third) == [200, 200, 409]
    assert first.json() == again.json()


def test_asking_the_same_again_gives_the_request_that_waits(busy, pending):
    assert busy.ask().json()["id"] == pending
    assert busy.ask(field="subject").json()["id"] != pending


def test_a_request_holds_for_three_days(busy, pending):
    busy.api.clock.at += timedelta(hours=72)
    assert busy.step("approval", pending, "lead").status_code == 409
    assert busy.api.get("/v1/reveals?status=pending", "lead").json() == {"reveals": []}


def test_an_approval_holds_for_three_days_too(busy, pending):
    busy.step("approval", pending, "lead")
    busy.api.clock.at += timedelta(hours=72)
    assert busy.step("opening", pending, "investigator").status_code == 409


@pytest.mark.parametrize("approved", [False, True])
def test_an_item_that_ended_meanwhile_has_its_requests_neither_approved_nor_opened(busy, pending, approved):
    if approved:
        assert busy.step("approval", pending, "lead").status_code == 200
    busy.api.rows("UPDATE intake_items SET status = 'no-follow-up'")
    refused = busy.step(*(("opening", pending, "investigator") if approved else ("approval", pending, "lead")))
    assert refused.status_code == 409
    assert "goes with an item of status" in refused.json()["detail"]
    assert EMPLOYEE_ID not in refused.text
    (row,) = busy.api.rows(f"SELECT status FROM reveals WHERE id = '{pending}'")
    assert row["status"] == ("approved" if approved else "pending")


def test_a_day_later_one_may_reveal_alone_again(busy):
    assert busy.ask().status_code == 202
    busy.api.clock.at += timedelta(hours=24)
    assert busy.ask().status_code == 201


def test_the_rate_of_one_reader_is_not_anothers(busy):
    assert busy.ask("second-investigator").status_code == 201


def test_of_many_requests_at_once_only_as_many_pass_as_there_were_left(desk):
    limit = desk.api.parts.settings.reveals_per_day
    for _ in range(limit - 2):
        assert desk.ask().status_code == 201
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda place: desk.ask(field=("employee", "subject")[place % 2]), range(8)))
    assert sorted(statuses(*answers)) == [201, 201] + [202] * 6


@pytest.mark.parametrize(
    "change",
    [
        "approved_by = asked_by, approved_at = asked_at, status = 'approved'",
        "status = 'opened', opened_at = asked_at",
        "status = 'approved'",
        "opened_at = asked_at",
    ],
)
def test_the_database_itself_refuses_to_go_round_the_second_person(busy, pending, change):
    with pytest.raises(IntegrityError):
        busy.api.rows(f"UPDATE reveals SET {change} WHERE id = '{pending}'")


def test_what_waits_is_listed_for_everybody_and_the_rest_for_who_asked(busy, pending):
    waiting = busy.api.get("/v1/reveals?status=pending", "lead").json()["reveals"]
    assert [one["id"] for one in waiting] == [pending]
    assert waiting[0]["reason"] == "Nodig voor de beoordeling."
    limit = busy.api.parts.settings.reveals_per_day
    assert len(busy.api.get("/v1/reveals").json()["reveals"]) == limit + 1
    assert len(busy.api.get("/v1/reveals?status=opened").json()["reveals"]) == limit
    assert busy.api.get("/v1/reveals", "lead").json() == {"reveals": []}


def test_a_list_of_requests_names_nobody(busy, pending):
    text = busy.api.get("/v1/reveals").text
    assert pending in text
    assert EMPLOYEE_ID not in text
    assert busy.name("employee", EMPLOYEE_ID) not in text


def test_lists_of_requests_have_pages(busy):
    first = busy.api.get("/v1/reveals?limit=4")
    ids = [one["id"] for one in first.json()["reveals"]]
    while "next" in first.links:
        first = busy.api.get(first.links["next"]["url"])
        ids += [one["id"] for one in first.json()["reveals"]]
    assert len(ids) == len(set(ids)) == busy.api.parts.settings.reveals_per_day


def test_what_waits_is_told_in_the_metrics(busy):
    busy.ask()
    assert "doelbinding_api_reveals_pending 5.0" in busy.api.get("/metrics", None).text


@pytest.mark.parametrize("step", ["approval", "opening"])
def test_a_request_that_is_not_there_is_told(desk, step):
    assert desk.step(step, "r-" + 32 * "0", "lead").status_code == 404
    assert desk.step(step, "r-1", "lead").status_code == 400
