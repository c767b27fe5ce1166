"""What becomes of delivered signals."""

from datetime import datetime, timedelta

import pytest


def test_a_new_signal_is_stored_as_revision_one(api, make_signal):
    assert api.results(make_signal()) == [("stored", 1)]


def test_a_new_pushed_signal_opens_one_item_with_the_score_as_priority(api, make_signal):
    api.results(make_signal())
    items = api.get("/v1/intake-items").json()["intakeItems"]
    assert [(item["signalId"], item["lookNumber"], item["status"], item["priority"]) for item in items] == [
        (make_signal()["signalId"], 1, "received", 62.5)
    ]


def test_an_unpushed_signal_is_stored_but_not_queued(api, make_signal):
    assert api.results(make_signal(pushed=False)) == [("stored", 1)]
    assert api.get("/v1/intake-items").json()["intakeItems"] == []


def test_the_same_content_twice_is_a_no_op(api, make_signal):
    api.results(make_signal())
    assert api.results(make_signal(), make_signal()) == [("unchanged", 1), ("unchanged", 1)]
    assert len(api.rows("SELECT * FROM signal_revisions")) == 1
    assert len(api.rows("SELECT * FROM intake_items")) == 1


def test_other_content_is_the_next_revision_and_replaces_the_evidence(api, make_signal, make_lookup, later):
    api.results(make_signal())
    newer = make_signal(as_of=later, score=80.0, evidence=[make_lookup(9)])
    assert api.results(newer) == [("stored", 2)]
    url = f"/v1/signals/{newer['signalId']}"
    assert api.get(url).json()["score"] == 80.0
    assert [row["lookupId"] for row in api.get(f"{url}/lookups").json()["lookups"]] == ["log-9"]
    assert api.get("/v1/intake-items").json()["intakeItems"][0]["priority"] == 80.0


def test_older_news_is_ignored(api, make_signal, later):
    api.results(make_signal(as_of=later, score=80.0))
    assert api.results(make_signal(score=40.0)) == [("outdated", 1)]
    assert api.get(f"/v1/signals/{make_signal()['signalId']}").json()["score"] == 80.0


def test_equal_content_told_later_outdates_what_lies_between(api, make_signal, later):
    api.results(make_signal())
    assert api.results(make_signal(as_of=later)) == [("unchanged", 1)]
    between = make_signal(as_of=later - timedelta(hours=1), score=10.0)
    assert api.results(between) == [("outdated", 1)]


def test_content_that_returns_is_a_new_revision(api, make_signal, later):
    api.results(make_signal())
    api.results(make_signal(score=80.0, as_of=later))
    assert api.results(make_signal(as_of=later + timedelta(hours=1))) == [("stored", 3)]


def test_revisions_of_one_signal_in_one_batch_follow_each_other(api, make_signal, later):
    first, second = make_signal(), make_signal(as_of=later, score=80.0)
    assert api.results(first, second, second, first) == [
        ("stored", 1),
        ("stored", 2),
        ("unchanged", 2),
        ("outdated", 2),
    ]
    assert [row["revision"] for row in api.rows("SELECT revision FROM signal_revisions ORDER BY revision")] == [1, 2]


def test_any_order_of_delivery_ends_in_the_same_signal(api, make_signal, later):
    revisions = [make_signal(as_of=later + timedelta(hours=hour), score=10.0 + hour) for hour in range(4)]
    api.results(*(revisions[place] for place in (2, 0, 3, 1)))
    assert api.get(f"/v1/signals/{revisions[0]['signalId']}").json()["score"] == 13.0


def test_a_push_is_irrevocable(api, make_signal, later):
    api.results(make_signal())
    api.results(make_signal(pushed=False, as_of=later))
    assert api.get(f"/v1/signals/{make_signal()['signalId']}").json()["pushed"] is True
    assert len(api.get("/v1/intake-items").json()["intakeItems"]) == 1


def test_a_later_push_opens_the_item(api, make_signal, later):
    api.results(make_signal(pushed=False))
    api.results(make_signal(as_of=later))
    assert len(api.get("/v1/intake-items").json()["intakeItems"]) == 1


def test_a_withdrawal_shows_on_the_item_with_its_reason(api, make_signal, later):
    api.results(make_signal())
    reason = "a link valid at the time was registered later"
    api.results(make_signal(status="withdrawn", withdrawn_reason=reason, as_of=later))
    item = api.get("/v1/intake-items").json()["intakeItems"][0]
    assert (item["withdrawn"], item["withdrawnReason"]) == (True, reason)
    api.results(make_signal(as_of=later + timedelta(hours=1)))
    item = api.get("/v1/intake-items").json()["intakeItems"][0]
    assert (item["withdrawn"], item["withdrawnReason"]) == (False, None)


def test_one_bad_signal_leaves_nothing_half_stored(api, make_signal):
    assert api.deliver(make_signal(1), make_signal(2) | {"severity": "grave"}).status_code == 400
    assert api.rows("SELECT * FROM signals") == []


def test_all_faults_of_a_batch_are_told_at_once_by_index(api, make_signal):
    bad = [
        make_signal(1) | {"severity": "grave", "score": "high", "lookupIds": []},
        make_signal(2),
        make_signal(3) | {"lookupIds": ["a", "a"], "raisedAt": "2026-03-02 09:00"},
        make_signal(4) | {"summary": "changed on its way"},
        make_signal(5, factors=[{"factor": "relation", "value": "own", "points": 62.4}]),
        make_signal(6, factors=[{"factor": "relation", "value": "own", "points": 62.56}]),
        make_signal(7, status="withdrawn"),
        make_signal(8, employee_id=None, subject=None),
        make_signal(9, window_end=datetime.fromisoformat("2020-01-01T00:00:00Z")),
    ]
    answer = api.deliver(*bad)
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "/signals/0/severity",
        "/signals/0/score",
        "/signals/0/lookupIds",
        "/signals/2/lookupIds",
        "/signals/2/raisedAt",
        "/signals/3",
        "/signals/4/factors",
        "/signals/5/factors",
        "/signals/6/withdrawnReason",
        "/signals/7",
        "/signals/8/windowEnd",
    }


@pytest.mark.parametrize("off", [0.05, -0.05, 0.0])
def test_factors_may_be_half_a_tenth_off_the_score(api, make_signal, off):
    factors = [{"factor": "relation", "value": "own", "points": 62.5 + off}]
    assert api.results(make_signal(factors=factors)) == [("stored", 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"employeeId": "960000017"},
        {"severity": "960000017"},
        {"960000017": "960000017"},
        {"summary": 960000017},
        {"lookupIds": ["960000017", "960000017"]},
        {"factors": [{"factor": "960000017", "value": "960000017", "points": 1e9, "960000017": 1}]},
        {"evidence": [{"lookupId": "960000017", "bsn": "960000017"}]},
        {"rule": "960000017\x00"},
        {"summary": "\ud800 960000017"},
        {"windowStart": "0001-01-01T00:00:00+14:00"},
        {"ruleVersion": 10**30},
        {"signalId": "960000017"},
    ],
)
def test_a_fault_never_repeats_what_was_sent(api, make_signal, change):
    answer = api.deliver(make_signal() | change)
    assert answer.status_code == 400
    assert "960000017" not in answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"\xff\xfe", ""),
        (b'{"signals": []}', "/signals"),
        (b'{"signals": [], "more": 1}', ""),
        (b'{"signals": {}}', "/signals"),
    ],
)
def test_a_body_that_is_no_batch_is_a_400(api, body, pointer):
    headers = {"Content-Type": "application/json"}
    answer = api.call("POST", "/v1/signals", "detector", content=body, headers=headers)
    assert answer.status_code == 400
    assert pointer in {fault["pointer"] for fault in answer.json().get("errors", [{"pointer": ""}])}


def test_more_than_500_signals_are_refused(api, make_signal):
    one = make_signal(evidence=[])
    answer = api.deliver(*[one] * 501)
    assert answer.json()["errors"][0]["pointer"] == "/signals"


def test_times_with_another_offset_have_the_same_hash(api, make_signal):
    signal = make_signal()
    signal["raisedAt"] = "2026-03-02T12:00:00+01:00"
    assert signal["raisedAt"] != make_signal()["raisedAt"]
    assert api.results(signal) == [("stored", 1)]
    assert api.get(f"/v1/signals/{signal['signalId']}").json()["raisedAt"] == "2026-03-02T11:00:00.000000Z"


def test_what_was_delivered_is_what_is_read(api, make_signal):
    sent = make_signal()
    api.results(sent)
    read = api.get(f"/v1/signals/{sent['signalId']}").json()
    evidence = sent.pop("evidence")
    assert read == sent | {"revision": 1, "receivedAt": "2026-04-01T09:00:00.000000Z"}
    assert api.get(f"/v1/signals/{sent['signalId']}/lookups").json()["lookups"] == evidence


@pytest.fixture
def later() -> datetime:
    return datetime.fromisoformat("2026-03-09T09:00:00Z")


def test_a_whole_number_may_be_written_with_a_fraction_of_nothing(api, make_signal):
    signal = make_signal(lookup_count=3)
    assert api.results(signal | {"lookupCount": 3.0, "momentCount": 2.0}) == [("stored", 1)]
    assert api.get(f"/v1/signals/{signal['signalId']}").json()["lookupCount"] == 3
    assert api.deliver(signal | {"lookupCount": 3.5}).status_code == 400
