"""The reads done most go a short way of their own, and nobody can tell by the answer or the record."""

import json
from datetime import UTC, datetime

import pytest

from services.api.access import Reader
from services.api.recently_told import KEPT, RecentlyTold
from services.api.signals import Told
from services.api.teller import SignalTeller
from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from tests.unit.api.conftest import running, signal_id

ME = "e-reader"
MOMENT = datetime(2026, 4, 1, 9, tzinfo=UTC)
THEIRS = "p1-" + "a" * 32
NOTHING = f"/v1/signals/{signal_id(9)}"
PUSHED, UNPUSHED = f"/v1/signals/{signal_id(1)}", f"/v1/signals/{signal_id(3)}"
LISTS = [
    "",
    "limit=1",
    "rule=own-file",
    "severity=high&minScore=20&status=open",
    "raisedFrom=2026-01-01T00:00:00Z&raisedTo=2026-12-31T00:00:00%2B01:00",
    "pushed=false",
    "pushed=false&purpose=canary",
    "rule=nothing-like-it",
    "cursor=made-up",
    "limit=0&rule=",
    "mispelt=1",
]
URLS = [*(f"/v1/signals?{query}".rstrip("?") for query in LISTS), PUSHED, f"{UNPUSHED}?purpose=canary", NOTHING]


@pytest.fixture
def api(api, make_signal):
    api.results(make_signal(1, score=90.0), make_signal(2, score=50.0), make_signal(3, pushed=False, score=30.0))
    return api


@pytest.fixture
def judged(tmp_path, migrated, make_signal):
    """An API whose investigator has an interest in the employee of the first of two signals."""
    with running(tmp_path / "home", migrated, people={"investigator": ME}) as caller:
        reader = employee_pseudonym(open_key_ring(caller.parts.settings.home / "keyring.json"), ME)
        interest = {"kind": "team", "employeeId": THEIRS, "subject": None}
        register = {"readers": [{"reader": reader, "interests": [interest]}]}
        caller.results(make_signal(1, employee_id=THEIRS), make_signal(2))
        caller.register = register
        yield caller


def the_long_way(url):
    """Parameters that are given twice are not plain; the last one counts."""
    path, _, query = url.partition("?")
    query = query or ("limit=50" if path == "/v1/signals" else "purpose=canary")
    return f"{path}?{query}&{query}"


def told(answer):
    kept = {name: value for name, value in answer.headers.items() if name != "link"}
    return answer.status_code, kept, answer.content


def recorded(api):
    told = api.rows("SELECT actor, role, action, object_kind, object_id, detail FROM audit_entries ORDER BY sequence")
    return [json.dumps(dict(row)) for row in told]


def found_the_short_way(api, reader, number):
    return api.portal.call(SignalTeller(api.parts.direct).one, reader, signal_id(number)) is not None


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("role", ["investigator", "lead", "soc", None])
def test_both_ways_answer_and_record_the_same(api, url, role):
    answers = []
    for way in (url, the_long_way(url)):
        before = len(recorded(api))
        answers.append((told(api.get(way, role)), recorded(api)[before:]))
    assert answers[0] == answers[1]


def test_what_is_plainly_theirs_goes_the_short_way(api, judged):
    assert found_the_short_way(api, Reader("token:lead", "lead"), 1)
    me = Reader("token:investigator", "investigator", judged.register["readers"][0]["reader"])
    assert not found_the_short_way(judged, me, 2)  # nothing is known of my interests
    assert judged.call("PUT", "/v1/interests", "admin", json=judged.register).status_code == 200
    assert [found_the_short_way(judged, me, number) for number in (1, 2)] == [False, True]
    assert not found_the_short_way(judged, Reader("oidc:x", "lead", None, local=False), 2)


@pytest.mark.parametrize("loaded", [False, True])
def test_refusals_are_the_same_both_ways(judged, loaded):
    if loaded:
        judged.call("PUT", "/v1/interests", "admin", json=judged.register)
    for url in ("/v1/signals", PUSHED, f"/v1/signals/{signal_id(2)}"):
        first, second = told(judged.get(url)), told(judged.get(the_long_way(url)))
        assert first == second
    assert len(judged.trail("refused")) == (2 if loaded else 6)


def test_pages_lead_on_and_back_the_short_way(api):
    first = api.get("/v1/signals?limit=1&severity=high")
    onward = first.headers["Link"].split(">")[0].lstrip("<")
    second = api.get(onward)
    assert second.json()["signals"][0]["signalId"] == signal_id(2)
    assert api.get(second.headers["Link"].split(">")[0].lstrip("<")).content == first.content


def test_what_an_earlier_release_stored_is_told_like_the_rest(api):
    """It kept bodies as they were delivered, and some fields were not told yet."""
    now, listed = api.get(PUSHED).json(), api.get("/v1/signals").json()
    (row,) = api.rows(f"SELECT body FROM signals WHERE signal_id = '{signal_id(1)}'")
    body = json.loads(row["body"])
    left_out = {"receivedAt", "revision", "settingsHash"}
    delivered = {name: value for name, value in body.items() if name not in left_out} | {"asOf": "x", "pushed": False}
    set_to = f"content_hash = 'earlier', body = '{json.dumps(delivered)}'"
    api.rows(f"UPDATE signals SET {set_to} WHERE signal_id = '{signal_id(1)}'")
    assert api.get(PUSHED).json() == now | {"settingsHash": None}
    assert api.get(the_long_way(PUSHED)).content == api.get(PUSHED).content
    listed["signals"][0]["settingsHash"] = None
    assert api.get("/v1/signals").json() == listed


def test_content_that_is_told_again_later_says_so(api, make_signal):
    later = "2026-03-09T10:00:00.000000Z"
    api.results(make_signal(1, score=90.0, as_of=later))
    assert api.get(PUSHED).json()["asOf"] == later
    assert api.get("/v1/signals").json()["signals"][0]["asOf"] == later


def test_a_conditional_read_is_answered_with_304_and_recorded(api):
    tag = api.get(PUSHED).headers["ETag"]
    again = api.get(PUSHED, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert len(api.trail()) == 2


def test_what_was_told_lately_is_told_by_another_revision_as_it_stands_now(api, make_signal):
    first = api.get("/v1/signals").json()["signals"]
    assert api.get("/v1/signals").json()["signals"] == first
    later = "2026-12-31T09:00:00.000000Z"
    api.results(make_signal(2, score=50.0, as_of=later, status="withdrawn", withdrawn_reason="merged"))
    again = api.get("/v1/signals").json()["signals"]
    assert [signal["status"] for signal in again] == ["open", "withdrawn"]
    assert api.get(the_long_way("/v1/signals")).json()["signals"] == again


def test_of_what_was_told_lately_the_oldest_is_forgotten():
    recent = RecentlyTold()
    rows = [told_row(number) for number in range(KEPT + 1)]
    recent.keep(rows)
    assert recent.all_of([rows[0].seen]) is None
    assert recent.all_of([rows[-1].seen, rows[1].seen]) == [rows[-1], rows[1]]


def test_what_was_told_for_one_reader_is_not_told_to_another_for_whom_it_is_not(judged):
    judged.call("PUT", "/v1/interests", "admin", json={"readers": []})
    assert len(judged.get("/v1/signals", "lead").json()["signals"]) == 2
    judged.call("PUT", "/v1/interests", "admin", json=judged.register)
    assert [each["signalId"] for each in judged.get("/v1/signals").json()["signals"]] == [signal_id(2)]


def told_row(number):
    return Told(signal_id(number), "own-file", 1, MOMENT, True, 1.0, MOMENT, "0" * 64, "{}")
