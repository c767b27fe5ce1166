"""The intake queue: what comes first, and what a filter shows."""

from datetime import timedelta

import pytest


@pytest.fixture
def queued(api, make_signal):
    """Signals 1 to 5, received an hour apart; 4 is withdrawn, 5 is of another rule."""
    for number, score in ((1, 20.0), (2, 50.0), (3, 20.0)):
        api.results(make_signal(number, score=score))
        api.clock.at += timedelta(hours=1)
    api.results(make_signal(4, score=90.0, status="withdrawn", withdrawn_reason="merged"))
    api.results(make_signal(5, score=1.0, rule="no-case-link"))
    return api


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [int(item["signalId"][2:], 16) for item in answer.json()["intakeItems"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [4, 2, 1, 3, 5]),
        ("?withdrawn=false", [2, 1, 3, 5]),
        ("?withdrawn=true", [4]),
        ("?rule=no-case-link", [5]),
        ("?status=received&rule=own-file&withdrawn=false", [2, 1, 3]),
    ],
)
def test_the_most_urgent_comes_first_and_among_equals_the_oldest(queued, query, found):
    assert numbers(queued.get(f"/v1/intake-items{query}")) == found


def test_paging_the_queue_shows_each_item_once(queued):
    answer = queued.get("/v1/intake-items?limit=2")
    found = numbers(answer)
    while 'rel="next"' in answer.headers.get("Link", ""):
        target = answer.headers["Link"].split(", ")[-1].split(">")[0].lstrip("<")
        answer = queued.get(target)
        found += numbers(answer)
    assert found == [4, 2, 1, 3, 5]


def test_one_item_is_read_by_its_id(queued):
    item = queued.get("/v1/intake-items").json()["intakeItems"][0]
    answer = queued.get(f"/v1/intake-items/{item['id']}")
    assert answer.json() == item
    assert answer.headers["ETag"]


@pytest.mark.parametrize(("url", "status"), [("i-" + "0" * 32, 404), ("nonsense", 400)])
def test_an_item_that_does_not_exist_is_told_as_a_problem(api, url, status):
    answer = api.get(f"/v1/intake-items/{url}")
    assert answer.status_code == answer.json()["status"] == status


def test_an_unknown_filter_is_a_fault(api):
    assert api.get("/v1/intake-items?state=received").status_code == 400
