"""What a delivered revision does to an item that people work on."""

from datetime import timedelta

import pytest

from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, codes, no_follow_up, verdict
from tests.unit.api.conftest import START, a_signal, signal_id


def kinds(view):
    return [event["kind"] for event in view["history"]]


def test_a_withdrawal_shows_its_exculpatory_fact_in_an_opened_item(desk):
    item = desk.under_investigation()
    desk.withdraws()
    told = desk.view(item)
    assert told["item"]["status"] == "investigation"
    assert told["withdrawal"]["reason"] == "a link was registered late"
    assert [fact["code"] for fact in told["withdrawal"]["facts"]] == ["late-link"]
    assert told["withdrawal"]["notice"]["revision"] == 2
    assert kinds(told)[-1] == "signal-withdrawn"
    (entry,) = [entry for entry in desk.audit(item) if entry["action"] == "signal-withdrawn"]
    assert (entry["actor"], entry["detail"]["status"]) == ("system:intake", "investigation")


def test_nothing_is_decided_before_the_withdrawal_was_acknowledged(desk):
    item = desk.under_investigation()
    desk.withdraws()
    assert "acknowledge-withdrawal" in desk.view(item)["actions"]
    refused = desk.decides(ONE, item, "outcome", desk.outcome())
    assert (refused.status_code, codes(refused)) == (409, [("unacknowledged", "")])
    assert desk.sends(ONE, item, "acknowledgements").status_code == 201
    assert desk.sends(ONE, item, "acknowledgements").status_code == 200
    assert desk.view(item)["withdrawal"]["awaited"] == 1
    assert desk.decides(ONE, item, "outcome", desk.outcome()).status_code == 201
    assert codes(desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True})) == [("unacknowledged", "")]
    desk.sends(OTHER, item, "acknowledgements")
    assert desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True}).status_code == 201


def test_half_an_assessment_begins_anew_on_the_changed_facts(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"))
    desk.withdraws()
    told = desk.view(item, OTHER)
    assert (told["assessment"]["round"], told["assessment"]["given"], told["item"]["status"]) == (2, 0, "in-assessment")
    assert told["assessment"]["all"] == []
    assert desk.assessed(item, no_follow_up(), no_follow_up()) == "no-follow-up"
    assert [row["round"] for row in desk.view(item)["assessment"]["all"]] == [1, 2, 2]


def test_a_signal_that_comes_back_is_told_as_well(desk):
    item = desk.under_investigation()
    desk.withdraws()
    desk.sends(ONE, item, "acknowledgements")
    desk.revises(hours=20, score=70.0)
    told = desk.view(item)
    assert told["withdrawal"]["withdrawn"] is False
    assert kinds(told)[-1] == "signal-reopened"
    assert "acknowledge-withdrawal" in told["actions"]


def test_an_untouched_item_leaves_the_open_list_and_has_no_clock(desk):
    item = desk.opens()
    desk.withdraws()
    assert desk.api.get("/v1/intake-items?withdrawn=false").json()["intakeItems"] == []
    assert desk.view(item)["clock"]["dueAt"] is None
    refused = desk.decides(ONE, item, "assessments", no_follow_up())
    assert codes(refused) == [("signal-withdrawn", "")]
    desk.api.clock.at += timedelta(days=10)
    desk.revises(hours=20, score=70.0)
    clock = desk.view(item)["clock"]
    assert clock["startedAt"].startswith("2026-04-11")
    assert clock["dueAt"] == "2026-07-11T22:00:00.000000Z"
    assert desk.decides(ONE, item, "assessments", no_follow_up()).status_code == 201


def test_who_has_nothing_to_do_with_an_item_has_nothing_to_acknowledge(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up())
    desk.withdraws()
    assert codes(desk.sends(OTHER, item, "acknowledgements")) == [("nothing-to-acknowledge", "")]


def test_an_ended_item_shows_the_withdrawal_too(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up("other-intervention"), no_follow_up("other-intervention"))
    desk.withdraws()
    told = desk.view(item)
    assert (told["item"]["status"], told["item"]["withdrawn"]) == ("no-follow-up", True)
    assert "acknowledge-withdrawal" in told["actions"]


ENDED = [
    (no_follow_up(), "no-follow-up"),
    (verdict("line-intervention"), "line-intervention"),
]


@pytest.mark.parametrize(("given", "status"), ENDED)
def test_new_looks_after_a_decision_open_the_next_item(desk, given, status):
    item = desk.opens()
    assert desk.assessed(item, given, given) == status
    desk.looks_again()
    first, second = desk.items(signal_id(1))
    assert (first["id"], first["status"], second["look_number"], second["status"]) == (item, status, 2, "received")
    view = desk.view(str(second["id"]))
    assert kinds(view) == ["opened-for-new-looks"]
    assert [look["lookNumber"] for look in view["looks"]] == [1, 2]
    assert view["history"][0]["detail"]["newLookups"] == 1


def test_the_same_looks_told_otherwise_open_nothing(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up(), no_follow_up())
    desk.revises(score=80.0)
    assert [row["id"] for row in desk.items(signal_id(1))] == [item]


def test_looks_that_were_seen_at_any_decision_open_nothing(desk):
    desk.assessed(desk.opens(), no_follow_up(), no_follow_up())
    desk.looks_again(lookups=(1, 2, 3, 4))
    desk.assessed(str(desk.items(signal_id(1))[1]["id"]), no_follow_up(), no_follow_up())
    desk.looks_again(hours=20, lookups=(1, 2))
    desk.looks_again(hours=30, lookups=(1, 2, 3))
    desk.looks_again(hours=40, lookups=(1, 2, 3, 4))
    assert len(desk.items(signal_id(1))) == 2


@pytest.mark.parametrize(("given", "status"), ENDED)
def test_looks_that_one_person_judged_open_the_next_item_with_the_decision(desk, given, status):
    item = desk.opens()
    desk.assessed(item, given)
    desk.looks_again(lookups=(1, 2, 3, 4, 5, 6))
    assert desk.decides(OTHER, item, "assessments", given).status_code == 201
    first, second = desk.items(signal_id(1))
    assert (first["status"], first["decided_revision"], second["status"]) == (status, 1, "received")
    (told,) = desk.view(str(second["id"]))["history"]
    assert (told["kind"], told["actor"], told["revision"]) == ("opened-for-new-looks", None, 2)
    assert (told["detail"]["lookNumber"], told["detail"]["newLookups"]) == (2, 3)
    (entry,) = desk.audit(str(second["id"]))
    assert (entry["actor"], entry["action"]) == ("system:intake", "opened-for-new-looks")
    desk.revises(hours=20, score=80.0)
    assert len(desk.items(signal_id(1))) == 2


def test_the_next_item_looks_like_one_that_a_delivery_opened(desk):
    desk.assessed(desk.opens(1), no_follow_up(), no_follow_up())
    desk.looks_again(1)
    desk.assessed(desk.opens(2), no_follow_up())
    desk.looks_again(2)
    desk.decides(OTHER, str(desk.items(signal_id(2))[0]["id"]), "assessments", no_follow_up())
    own = {"id", "signal_id", "version"}
    by_delivery, by_decision = (
        {name: value for name, value in desk.items(signal_id(number))[1].items() if name not in own}
        for number in (1, 2)
    )
    assert by_decision == by_delivery


def test_what_is_told_otherwise_between_two_assessments_opens_nothing(desk):
    item = desk.opens()
    desk.assessed(item, no_follow_up())
    desk.revises(score=80.0)
    desk.decides(OTHER, item, "assessments", no_follow_up())
    assert len(desk.items(signal_id(1))) == 1


def test_a_signal_that_grows_every_day_gets_its_two_assessments(desk):
    for day in range(1, 5):
        item = str(desk.items(signal_id(1))[-1]["id"]) if day > 1 else desk.opens()
        desk.decides(ONE, item, "assessments", no_follow_up())
        desk.looks_again(hours=day * 24, lookups=tuple(range(1, 3 + 2 * day)))
        desk.decides(OTHER, item, "assessments", no_follow_up())
    items = desk.items(signal_id(1))
    assert [row["status"] for row in items] == ["no-follow-up"] * 4 + ["received"]
    assert [row["decided_revision"] for row in items] == [1, 2, 3, 4, None]


def test_a_settlement_does_not_cover_what_one_assessor_did_not_read(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"))
    desk.looks_again()
    desk.decides(OTHER, item, "assessments", no_follow_up())
    assert len(desk.items(signal_id(1))) == 1
    desk.decides(LEAD, item, "settlement", no_follow_up())
    assert [row["decided_revision"] for row in desk.items(signal_id(1))] == [1, None]


def test_looks_after_a_report_open_the_next_item_with_its_confirmation(desk):
    item = desk.under_investigation()
    desk.looks_again()
    desk.decides(ONE, item, "outcome", desk.outcome())
    desk.looks_again(hours=20, lookups=(1, 2, 3, 4, 5))
    assert len(desk.items(signal_id(1))) == 1
    desk.decides(OTHER, item, "outcome/confirmation", {"agrees": True})
    first, second = desk.items(signal_id(1))
    assert (first["status"], first["decided_revision"], second["status"]) == ("concluded", 2, "received")
    assert desk.view(str(second["id"]))["history"][0]["detail"]["newLookups"] == 1


def test_a_withdrawn_signal_opens_nothing_with_a_decision(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    desk.looks_again(status="withdrawn", withdrawn_reason="explained")
    desk.sends(LEAD, item, "acknowledgements")
    desk.decides(LEAD, item, "settlement", no_follow_up())
    assert len(desk.items(signal_id(1))) == 1
    desk.looks_again(hours=20)
    assert len(desk.items(signal_id(1))) == 2


def test_new_looks_in_an_open_item_stay_in_it(desk):
    desk.under_investigation()
    desk.looks_again()
    assert len(desk.items(signal_id(1))) == 1


def test_the_same_revision_again_or_an_older_one_opens_nothing_more(desk):
    desk.assessed(desk.opens(), no_follow_up(), no_follow_up())
    newest = desk.looks_again(lookups=(1, 2, 3, 4, 5), hours=30)
    assert desk.api.results(newest, newest) == [("unchanged", 2), ("unchanged", 2)]
    desk.looks_again(lookups=(1, 2, 3, 4), hours=20)
    assert len(desk.items(signal_id(1))) == 2


def test_withdrawn_new_looks_open_nothing_until_they_are_back(desk):
    desk.assessed(desk.opens(), no_follow_up(), no_follow_up())
    desk.looks_again(status="withdrawn", withdrawn_reason="explained")
    assert len(desk.items(signal_id(1))) == 1
    desk.looks_again(hours=20)
    assert [row["status"] for row in desk.items(signal_id(1))] == ["no-follow-up", "received"]


def test_a_volume_signal_that_trades_one_look_for_another_opens_nothing(desk):
    def wide(first, count, hours):
        ids = [f"log-{number}" for number in range(first, first + 1_000)]
        as_of = START + timedelta(hours=hours)
        return a_signal(1, as_of=as_of, lookup_ids=ids, lookup_count=count, evidence=[], score=40.0 + hours)

    desk.api.results(wide(0, 1_200, 4))
    desk.assessed(str(desk.items(signal_id(1))[0]["id"]), no_follow_up(), no_follow_up())
    desk.api.results(wide(1, 1_200, 5))
    assert len(desk.items(signal_id(1))) == 1
    desk.api.results(wide(1, 1_201, 6))
    assert len(desk.items(signal_id(1))) == 2


def test_a_lead_who_settles_sees_the_withdrawal_first(desk):
    item = desk.opens()
    desk.assessed(item, verdict("investigation"), no_follow_up())
    desk.withdraws()
    assert codes(desk.decides(LEAD, item, "settlement", no_follow_up())) == [("unacknowledged", "")]
    desk.sends(LEAD, item, "acknowledgements")
    assert desk.decides(LEAD, item, "settlement", no_follow_up()).status_code == 201
