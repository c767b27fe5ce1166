"""Signals about readers are for auditors and for nobody else; all other signals are not for them."""

import re
from datetime import timedelta

import pytest

from services.core.reading import NOT_ASSIGNED, READER_RULES, WITH_INTEREST
from services.core.tokens import ACCOUNTS
from tests.unit.api.casework.conftest import NOTE, Desk, codes, no_follow_up
from tests.unit.api.conftest import START, a_signal, running, signal_id

EMPLOYEE, SUBJECT = "p1-" + "a" * 32, "p1-" + "b" * 32
BUREAUS, OFFICERS = signal_id(1), signal_id(2)
SEEN_BY = {"investigator": [BUREAUS], "lead": [BUREAUS], "auditor": [OFFICERS]}
FIRST, SECOND = "auditor", "second-auditor"


def about_a_reader(number=2, rule=WITH_INTEREST, **changes):
    return a_signal(number, rule=rule, family=rule, **{"employee_id": EMPLOYEE, "subject": SUBJECT} | changes)


def the_same_people(number=1, **changes):
    return a_signal(number, employee_id=EMPLOYEE, subject=SUBJECT, **changes)


def item_of(api, signal):
    (row,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal}'")
    return row["id"]


@pytest.fixture
def both(api):
    """One signal for each audience, about the same two people."""
    api.results(the_same_people(), about_a_reader())
    return api


def ids(answer):
    assert answer.status_code == 200, answer.text
    (rows,) = (value for value in answer.json().values() if isinstance(value, list))
    return [row["signalId"] for row in rows]


@pytest.mark.parametrize("role", SEEN_BY)
def test_lists_leave_out_what_is_for_others(both, role):
    assert ids(both.get("/v1/signals", role)) == SEEN_BY[role]
    assert ids(both.get("/v1/intake-items", role)) == SEEN_BY[role]
    shown = {signal for entry in both.trail() for signal in entry["detail"]["signals"]}
    assert shown == set(SEEN_BY[role])


@pytest.mark.parametrize("role", SEEN_BY)
def test_the_search_for_a_person_finds_what_is_for_the_asker_pushed_or_not(api, role):
    person = api.parts.vault.name("employee", "medewerker-4711")
    api.results(the_same_people(1, pushed=False), about_a_reader(2, pushed=False))
    api.results(a_signal(3, employee_id=person), about_a_reader(4, employee_id=person, pushed=False))
    asked = {"purpose": "investigation", "reason": "Een vraag.", "employeeId": "medewerker-4711"}
    found = ids(api.call("POST", "/v1/signals/_search", role, json=asked))
    assert found == [signal_id(4 if role == "auditor" else 3)]


@pytest.mark.parametrize("rule", READER_RULES)
def test_a_filter_on_their_rule_opens_no_list_to_others(api, rule):
    api.results(about_a_reader(2, rule), about_a_reader(3, rule, pushed=False))
    for role in ("investigator", "lead"):
        assert ids(api.get(f"/v1/signals?rule={rule}", role)) == []
        assert ids(api.get(f"/v1/signals?rule={rule}&pushed=false&purpose=investigation", role)) == []
        assert ids(api.get(f"/v1/intake-items?rule={rule}", role)) == []
    assert ids(api.get(f"/v1/signals?rule={rule}", "auditor")) == [OFFICERS]
    assert ids(api.get("/v1/signals?rule=own-file", "auditor")) == []


@pytest.mark.parametrize(("account", "theirs", "others"), [("lead", 1, 2), ("auditor", 2, 1)])
def test_a_family_shows_what_is_for_its_reader(api, account, theirs, others):
    parent = {"parent_id": signal_id(theirs), "pushed": False}
    api.results(the_same_people(1), about_a_reader(2))
    api.results(the_same_people(11, **parent), about_a_reader(12, **parent))
    api.sign_in(account)
    page = api.get(f"/signals/{signal_id(theirs)}", None).text
    assert f"/signals/{signal_id(10 + theirs)}" in page
    assert signal_id(10 + others) not in page


@pytest.mark.parametrize(("role", "signal"), [("investigator", OFFICERS), ("lead", OFFICERS), ("auditor", BUREAUS)])
def test_a_refusal_is_recorded_and_tells_nothing_of_what_it_is_about(both, role, signal):
    refused = both.get(f"/v1/signals/{signal}", role)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This is for another role than yours: somebody else has to look at it. This has been recorded.",
    )
    (entry,) = both.trail("refused")
    assert (entry["object_id"], entry["detail"]) == (signal, {"reason": "audience"})
    assert both.trail("read") == []


def test_nobody_learns_of_an_interest_in_what_is_for_another_role(tmp_path, migrated):
    with running(tmp_path / "home", migrated, people={"investigator": "e-one"}) as api:
        (reader,) = api.parts.people.values()
        api.results(about_a_reader(employee_id=reader))
        interest = {"kind": "self", "employeeId": reader, "subject": None}
        api.call("PUT", "/v1/interests", "admin", json={"readers": [{"reader": reader, "interests": [interest]}]})
        assert "another role" in api.get(f"/v1/signals/{OFFICERS}").json()["detail"]


@pytest.mark.parametrize("role", SEEN_BY)
def test_figures_are_of_the_items_for_the_reader(api, role):
    api.results(the_same_people(), about_a_reader(), about_a_reader(3, NOT_ASSIGNED))
    for signal, by in ((BUREAUS, "investigator"), (OFFICERS, "auditor")):
        item = item_of(api, signal)
        Desk(api).sends(by, item, "assessments", no_follow_up(), **{"If-Match": Desk(api).etag(item, by)})
        api.call("POST", f"/v1/intake-items/{item}/data-breach", by, json={"knownAt": api.clock.now().isoformat()})
    figures = api.get("/v1/casework-figures", role).json()
    received = 1 if role == "auditor" else 0
    assert (figures["items"]["received"], figures["items"]["in-assessment"]) == (received, 1)
    assert (figures["secondAssessment"], figures["breachesRunning"]) == (1, 1)
    api.clock.at += timedelta(weeks=20)
    assert api.get("/v1/casework-figures", role).json()["overdue"] == received + 1


def test_who_reads_the_metrics_cannot_subtract_a_signal_about_a_reader(api):
    api.results(the_same_people())
    before = gauges(api)
    api.results(about_a_reader(), about_a_reader(3, NOT_ASSIGNED, pushed=False))
    api.call("POST", f"/v1/intake-items/{item_of(api, OFFICERS)}/assessments", "auditor", json=no_follow_up())
    assert gauges(api) == before
    api.clock.at += timedelta(weeks=20)
    assert gauges(api)["doelbinding_api_items_overdue"] == "5.0"


def test_a_data_breach_of_a_reader_runs_out_in_sight_of_all(api):
    api.results(about_a_reader())
    due = "doelbinding_api_data_breach_first_due_timestamp_seconds"
    assert api.get("/metrics", None).text.count(f"\n{due} 0.0\n") == 1
    known = {"knownAt": api.clock.now().isoformat()}
    api.call("POST", f"/v1/intake-items/{item_of(api, OFFICERS)}/data-breach", "auditor", json=known)
    assert f"\n{due} 0.0\n" not in api.get("/metrics", None).text
    assert gauges(api)['doelbinding_api_data_breach_clocks{state="running"}'] == "0.0"


GAUGES = ("open_signals", "items_", "data_breach_clocks", "reveals_pending")


def gauges(api):
    """The counts of signals and items that the metrics tell."""
    lines = api.get("/metrics", None).text.splitlines()
    told = dict(line.rsplit(" ", 1) for line in lines if line.startswith("doelbinding_api_"))
    return {name: value for name, value in told.items() if name[len("doelbinding_api_") :].startswith(GAUGES)}


def test_counts_for_security_operations_stay_as_they_are(api):
    api.results(*(about_a_reader(n, employee_id=f"p1-{n:032x}") for n in range(2, 8)))
    counted = api.get("/v1/aggregates", "soc").json()
    assert counted["rule"] == [{"value": WITH_INTEREST, "count": 6}]


@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_a_warning_counts_for_all_items_and_tells_of_those_for_its_giver(both, role):
    warned = {"employeeId": EMPLOYEE, "givenAt": START.isoformat(), "reason": "other"}
    warned["until"] = (START + timedelta(days=365)).isoformat()
    told = both.call("POST", "/v1/warnings", role, json=warned)
    assert (told.status_code, told.json()["itemsChanged"]) == (201, 1)
    assert both.shown("warning") == SEEN_BY[role]
    assert {row["repeats"] for row in both.rows("SELECT repeats FROM intake_items")} == {3}


def test_an_auditor_is_not_assigned_to_an_item_of_others(both):
    item = item_of(both, BUREAUS)
    refused = both.call("POST", f"/v1/intake-items/{item}/assignments", "lead", json={"assignee": f"token:{FIRST}"})
    assert codes(refused) == [("unknown-assignee", "/assignee")]


def ask_waiting(api, signal, by, number):
    """A request for an identity that waits for another person."""
    names = "id, item_id, field, kind, pseudonym, purpose, reason, status, four_eyes, asked_by, asked_at"
    values = f"'{EMPLOYEE}', 'assessment', 'x', 'pending', true, 'token:{by}', '2026-04-01 08:00:00.000000'"
    reveal = f"r-{number:032x}"
    item = item_of(api, signal)
    api.rows(f"INSERT INTO reveals ({names}) VALUES ('{reveal}', '{item}', 'employee', 'employee', {values})")
    return reveal


def test_requests_for_identities_are_shown_to_and_approved_by_those_they_are_for(both):
    ours = ask_waiting(both, BUREAUS, "second-investigator", 1)
    theirs = ask_waiting(both, OFFICERS, SECOND, 2)
    for role, shown, hidden in (("investigator", ours, theirs), (FIRST, theirs, ours)):
        item = item_of(both, BUREAUS if shown == ours else OFFICERS)
        Desk(both).sends(role, item, "assessments", no_follow_up(), **{"If-Match": Desk(both).etag(item, role)})
        listed = both.get("/v1/reveals?status=pending", role).json()["reveals"]
        assert [each["id"] for each in listed] == [shown]
        for step in ("approval", "opening"):
            assert both.call("POST", f"/v1/reveals/{hidden}/{step}", role).status_code == 403
        both.sign_in(role)
        page = both.get("/reveals", None).text
        assert (shown in page, hidden in page) == (True, False)
        assert both.call("POST", f"/v1/reveals/{shown}/approval", role).status_code == 200


def choices(page, field):
    select = re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.DOTALL)[0]
    return [value for value in re.findall(r'value="([^"]*)"', select) if value]


def test_the_pages_offer_an_auditor_their_queue_their_rules_and_their_colleagues(both):
    assert both.sign_in(FIRST).headers["Location"] == "/"
    assert both.get("/", None).headers["Location"] == "/queue"
    queue = both.get("/queue", None).text
    assert "mensen die signalen lezen" in queue
    assert choices(queue, "rule") == [*READER_RULES]
    assert item_of(both, OFFICERS) in queue
    assert item_of(both, BUREAUS) not in queue
    item = both.get(f"/items/{item_of(both, OFFICERS)}", None).text
    assert choices(item, "assignee") == [f"token:{who}" for who, role in ACCOUNTS.items() if role == "auditor"]
    assert both.get("/deadlines", None).status_code == 200
    both.sign_in("lead")
    assert both.get("/", None).headers["Location"] == "/queue"
    queue = both.get("/queue", None).text
    assert "mensen die signalen lezen" not in queue
    assert not {*choices(queue, "rule")} & {*READER_RULES}
    item = both.get(f"/items/{item_of(both, BUREAUS)}", None).text
    assert choices(item, "assignee") == ["token:investigator", "token:lead", "token:second-investigator"]


def test_an_auditor_whom_nobody_can_tell_starts_at_the_audit_trail(tmp_path, migrated):
    with running(tmp_path / "home", migrated, people={"auditor": "e-one"}) as api:
        api.results(about_a_reader())
        api.sign_in("auditor")
        assert api.get("/", None).headers["Location"] == "/audit"
        assert api.get("/audit", None).status_code == 200
        assert api.get("/queue", None).status_code == 403


def test_the_forms_work_for_an_auditor(both):
    place = f"/items/{item_of(both, OFFICERS)}"
    form = {"version": "1", "verdict": "investigation", "note": NOTE}
    both.sign_in(FIRST)
    sent = both.call("POST", f"{place}/assess", data=form, headers={"Origin": "http://api.test"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{place}?done=assess#work")
    assert "auditor" in both.get(place, None).text
    both.sign_in("lead")
    refused = both.get(place, None, headers={"Accept": "text/html"})
    assert refused.status_code == 403
    assert "Dit is voor een andere rol dan de uwe." in refused.text
