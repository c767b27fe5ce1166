"""How signals are listed and read."""

from datetime import datetime

import pytest

START = datetime.fromisoformat("2026-03-02T09:00:00Z")


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [int(item["signalId"].removeprefix("s-"), 16) for item in answer.json()["signals"]]


def links(answer):
    parts = [part.split(">; rel=") for part in answer.headers.get("Link", "").split(", ") if part]
    return {relation.strip('"'): target.lstrip("<") for target, relation in parts}


@pytest.fixture
def seven(api, make_signal):
    """Scores 10, 20, 20, 30 for signals 1 to 4; 5 withdrawn; 6 and 7 not pushed."""
    api.results(
        make_signal(1, score=10.0, severity="low", rule="no-case-link", rule_class="B"),
        make_signal(2, score=20.0),
        make_signal(3, score=20.0, raised_at=datetime.fromisoformat("2026-03-20T09:00:00Z")),
        make_signal(4, score=30.0),
        make_signal(5, score=5.0, status="withdrawn", withdrawn_reason="late link"),
        make_signal(6, score=90.0, pushed=False),
        make_signal(7, score=80.0, pushed=False),
    )
    return api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [4, 2, 3, 1, 5]),
        ("?rule=no-case-link", [1]),
        ("?ruleClass=B", [1]),
        ("?severity=low", [1]),
        ("?status=withdrawn", [5]),
        ("?minScore=20", [4, 2, 3]),
        ("?raisedFrom=2026-03-20T09:00:00Z", [3]),
        ("?raisedTo=2026-03-20T09:00:00Z", [4, 2, 1, 5]),
        ("?pushed=false&purpose=investigation", [6, 7]),
        ("?pushed=false&purpose=canary&minScore=85", [6]),
        ("?limit=2", [4, 2]),
    ],
)
def test_filters_select_and_the_highest_score_comes_first(seven, query, found):
    assert ids(seven.get(f"/v1/signals{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "severity=grave",
        "status=closed",
        "pushed=perhaps",
        "minScore=101",
        "minScore=nan",
        "raisedFrom=2026-03-20",
        "raisedFrom=1",
        "rule=%00",
        "purpose=curiosity",
        "min_score=5",
        "bsn=960000017",
        "cursor=x",
    ],
)
def test_a_wrong_parameter_is_a_400_that_does_not_repeat_it(seven, query):
    answer = seven.get(f"/v1/signals?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert query.split("=")[1] not in answer.text or len(query.split("=")[1]) < 4
    assert "bsn" not in answer.text


def test_signals_that_were_not_pushed_need_a_purpose(seven):
    unpushed = "s-00000000000000000000000000000006"
    urls = ("/v1/signals?pushed=false", f"/v1/signals/{unpushed}", f"/v1/signals/{unpushed}/lookups")
    for url in urls:
        assert seven.get(url).status_code == 400
        assert "purpose" in seven.get(url).json()["detail"]
        with_purpose = url + ("&" if "?" in url else "?") + "purpose=quality-review"
        assert seven.get(with_purpose).status_code == 200


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_paging_forward_and_back_shows_each_signal_once(seven, size):
    answer = seven.get(f"/v1/signals?limit={size}")
    forward, answers = ids(answer), [answer]
    assert "prev" not in links(answer)
    while "next" in links(answer):
        answer = seven.get(links(answer)["next"])
        forward += ids(answer)
        answers.append(answer)
    assert forward == [4, 2, 3, 1, 5]
    backward = [ids(answer)]
    while "prev" in links(answer):
        answer = seven.get(links(answer)["prev"])
        backward.insert(0, ids(answer))
    assert backward == [ids(page) for page in answers]


def test_a_page_keeps_its_filters_in_its_links(seven):
    answer = seven.get("/v1/signals?minScore=20&limit=1")
    assert "minScore=20" in links(answer)["next"]
    assert ids(seven.get(links(answer)["next"])) == [2]


def test_a_cursor_that_was_changed_or_is_of_another_list_is_refused(seven):
    target = links(seven.get("/v1/signals?limit=2"))["next"]
    cursor = target.split("cursor=")[1]
    swapped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    for url in (
        f"/v1/signals?cursor={swapped}",
        f"/v1/signals?cursor={cursor[:-4]}",
        "/v1/signals?cursor=",
        "/v1/signals?cursor=%C3%A9",
        f"/v1/intake-items?cursor={cursor}",
        f"/v1/signals/s-00000000000000000000000000000001/lookups?cursor={cursor}",
    ):
        answer = seven.get(url)
        assert answer.status_code == 400, url
        assert cursor not in answer.text


def test_lookups_are_paged_in_the_order_of_the_detector(api, make_signal, make_lookup):
    signal = make_signal(evidence=[make_lookup(number) for number in (5, 3, 9)])
    api.results(signal)
    answer = api.get(f"/v1/signals/{signal['signalId']}/lookups?limit=2")
    rest = api.get(links(answer)["next"])
    found = [item["lookupId"] for page in (answer, rest) for item in page.json()["lookups"]]
    assert found == ["log-5", "log-3", "log-9"]


def test_a_signal_that_does_not_exist_is_a_404(api):
    for suffix in ("", "/lookups"):
        assert api.get(f"/v1/signals/s-{'0' * 32}{suffix}").status_code == 404


def test_an_id_that_is_none_is_a_400_that_does_not_repeat_it(api):
    answer = api.get("/v1/signals/960000017")
    assert answer.status_code == 400
    assert "960000017" not in answer.text


def test_the_etag_stays_until_the_signal_changes(api, make_signal):
    url = f"/v1/signals/{make_signal()['signalId']}"
    api.results(make_signal())
    tag = api.get(url).headers["ETag"]
    assert api.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert api.get(url, headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    api.results(make_signal(score=70.0, as_of=datetime.fromisoformat("2026-03-09T09:00:00Z")))
    assert api.get(url, headers={"If-None-Match": tag}).status_code == 200
