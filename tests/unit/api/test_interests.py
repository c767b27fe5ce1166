"""A reader with an interest is refused, recorded, and left out of lists; nobody learns whose interest it is."""

import json
from datetime import timedelta

import polars as pl
import pytest

from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import open_key_ring
from services.core.pseudonyms import BSN_DOMAIN, EMPLOYEE_DOMAIN, Pseudonymiser
from tests.unit.api.conftest import START, running, signal_id
from tests.world import BSNS

ME = "e-reader"
THEIRS, OTHERS = "p1-" + "a" * 32, "p1-" + "b" * 32
SINGLE = ["/v1/signals/{signal}", "/v1/signals/{signal}/lookups", "/v1/intake-items/{item}", "/signals/{signal}"]
LISTS = ["/v1/signals", "/v1/intake-items", "/queue"]


@pytest.fixture
def api(tmp_path, migrated):
    """An API whose investigator is an employee, unlike its other accounts."""
    people = {"investigator": ME}
    with running(tmp_path / "home", migrated, people=people) as caller:
        yield caller


@pytest.fixture
def ring(api):
    return open_key_ring(api.parts.settings.home / "keyring.json")


@pytest.fixture
def load(api, ring):
    """Loads these interests of the investigator."""

    def put(*interests, reader=ME):
        known = [{"employeeId": None, "subject": None} | interest for interest in interests]
        body = {"readers": [{"reader": employee_pseudonym(ring, reader), "interests": known}]}
        return api.call("PUT", "/v1/interests", "admin", json=body)

    return put


@pytest.fixture
def place(api):
    def filled(url, number=1):
        (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(number)}'")
        return url.format(signal=signal_id(number), item=item["id"])

    return filled


def kinds(theirs):
    yield {"kind": "self", "employeeId": theirs}
    yield {"kind": "self", "subject": theirs}
    yield {"kind": "relative", "subject": theirs}
    yield {"kind": "relative", "employeeId": theirs}
    yield {"kind": "team", "employeeId": theirs}
    yield {"kind": "team", "subject": theirs}


def about(interest):
    return {"subject" if "subject" in interest else "employee_id": THEIRS}


@pytest.mark.parametrize("interest", list(kinds(THEIRS)), ids=lambda each: f"{each['kind']}-{list(each)[1]}")
def test_what_a_reader_has_an_interest_in_is_refused_on_every_route(api, load, place, make_signal, interest):
    api.results(make_signal(1, **about(interest)), make_signal(2))
    assert load(interest).status_code == 200
    api.sign_in()
    for url in SINGLE:
        answer = api.get(place(url))
        assert answer.status_code == 403, url
        assert THEIRS not in answer.text
        assert api.get(place(url, 2)).status_code == 200, url
    for url in LISTS:
        page = api.get(url)
        assert page.status_code == 200
        assert THEIRS not in page.text
        assert f"{2:032x}" in page.text, url


def test_others_see_what_one_reader_is_refused(api, load, place, make_signal):
    api.results(make_signal(1, employee_id=THEIRS))
    load({"kind": "self", "employeeId": THEIRS})
    assert api.get(place("/v1/signals/{signal}")).status_code == 403
    assert api.get(place("/v1/signals/{signal}"), "lead").status_code == 200
    assert api.get(place("/v1/signals/{signal}"), "second-investigator").status_code == 200


def test_the_answer_tells_of_an_interest_and_not_of_which_kind_or_whose(api, load, place, make_signal):
    api.results(make_signal(1, employee_id=THEIRS, subject=OTHERS))
    load({"kind": "relative", "employeeId": THEIRS})
    told = api.get(place("/v1/signals/{signal}"))
    load({"kind": "team", "subject": OTHERS})
    assert api.get(place("/v1/signals/{signal}")).json() == told.json()
    assert told.headers["Content-Type"] == "application/problem+json"
    assert "interest" in told.json()["detail"]


def test_a_refusal_is_in_the_audit_trail_and_no_read(api, load, place, make_signal):
    api.results(make_signal(1, employee_id=THEIRS))
    load({"kind": "self", "employeeId": THEIRS})
    api.get(place("/v1/intake-items/{item}"))
    (entry,) = api.rows("SELECT * FROM audit_entries WHERE action = 'refused'")
    assert (entry["actor"], entry["role"], entry["object_kind"]) == (
        "token:investigator",
        "investigator",
        "intake-item",
    )
    assert entry["object_id"] == place("{item}")
    assert json.loads(entry["detail"])["reason"] == "interest"
    assert THEIRS not in str(entry)


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (START - timedelta(days=9), START - timedelta(days=1), False),
        (START - timedelta(days=9), START, False),
        (START - timedelta(days=9), START + timedelta(microseconds=1), True),
        (None, START + timedelta(hours=1), True),
        (START + timedelta(days=1), START + timedelta(days=2), True),
        (START + timedelta(days=1, microseconds=1), START + timedelta(days=2), False),
        (START + timedelta(days=20), START + timedelta(days=400), True),
        (START + timedelta(days=20), None, True),
    ],
    ids=["before", "until", "into", "from-ever", "at-the-end", "after", "not-ended", "open"],
)
def test_a_past_team_counts_for_signals_of_that_time_and_a_present_one_for_all(
    api, load, place, make_signal, start, end, refused
):
    api.results(make_signal(1, employee_id=THEIRS))
    times = {"validFrom": start and start.isoformat(), "validTo": end and end.isoformat()}
    assert load({"kind": "team", "employeeId": THEIRS, **times}).status_code == 200
    assert (api.get(place("/v1/signals/{signal}")).status_code == 403) == refused
    assert (THEIRS in api.get("/v1/signals").text) != refused


def test_relatives_of_a_signal_are_left_out_too(api, load, make_signal):
    parent, child, own = make_signal(1), make_signal(2, pushed=False), make_signal(3, pushed=False)
    child = make_signal(2, pushed=False, parent_id=parent["signalId"], employee_id=OTHERS)
    own = make_signal(3, pushed=False, parent_id=parent["signalId"], employee_id=THEIRS)
    api.results(parent, child, own)
    load({"kind": "team", "employeeId": THEIRS})
    api.sign_in()
    story = api.get(f"/signals/{parent['signalId']}").text
    assert child["signalId"] in story
    assert own["signalId"] not in story
    load({"kind": "team", "employeeId": parent["employeeId"]})
    under = api.get(f"/signals/{child['signalId']}?purpose=canary")
    assert under.status_code == 200
    assert parent["signalId"] not in under.text.replace(child["signalId"], "")


def test_aggregates_count_every_signal(api, load, make_signal):
    api.results(*(make_signal(number, employee_id=THEIRS) for number in range(1, 8)))
    before = api.get("/v1/aggregates", "soc").json()
    load({"kind": "self", "employeeId": THEIRS})
    assert api.get("/v1/aggregates", "soc").json() == before


def test_nobody_warns_somebody_in_whom_they_have_an_interest(tmp_path, migrated):
    with running(tmp_path / "home", migrated, people={"lead": ME}) as api:
        reader = api.parts.people["lead"]
        interest = {"kind": "team", "employeeId": THEIRS, "subject": None}
        register = {"readers": [{"reader": reader, "interests": [interest]}]}
        assert api.call("PUT", "/v1/interests", "admin", json=register).status_code == 200
        given = {"givenAt": START.isoformat(), "until": "2027-01-01T00:00:00Z", "reason": "other"}
        for employee, status in ((THEIRS, 403), (OTHERS, 201)):
            answer = api.call("POST", "/v1/warnings", "lead", json={"employeeId": employee, **given})
            assert answer.status_code == status
        assert len(api.rows("SELECT * FROM warnings")) == 1


def test_a_person_who_is_not_in_the_register_sees_no_signals(api, load, place, make_signal):
    api.results(make_signal(1))
    api.sign_in()
    for loaded in (False, True):
        if loaded:
            load(reader="e-somebody-else")
        for url in (*SINGLE, *LISTS):
            answer = api.get(place(url))
            assert answer.status_code == 403, url
            assert "p1-" not in answer.text
    assert "administrator must load" in api.get("/v1/signals").json()["detail"]
    load()
    assert api.get("/v1/signals").status_code == 200


def test_what_is_loaded_takes_the_place_of_what_was_known(api, load, place, make_signal):
    api.results(make_signal(1, employee_id=THEIRS))
    assert load({"kind": "self", "employeeId": THEIRS}).json()["interests"] == 1
    assert api.get(place("/v1/signals/{signal}")).status_code == 403
    told = load().json()
    assert (told["readers"], told["interests"]) == (1, 0)
    assert api.get(place("/v1/signals/{signal}")).status_code == 200


def test_when_interests_were_loaded_stands_in_the_metrics(api, load):
    name = "doelbinding_api_interests_loaded_timestamp_seconds"
    assert f"\n{name} 0.0\n" in api.get("/metrics", None).text
    load()
    found = next(line for line in api.get("/metrics", None).text.splitlines() if line.startswith(name))
    assert float(found.split()[1]) == api.clock.at.timestamp()


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "friend", "employeeId": THEIRS},
        {"kind": "self"},
        {"kind": "self", "employeeId": THEIRS, "subject": THEIRS},
        {"kind": "self", "employeeId": "e17"},
        {"kind": "team", "employeeId": THEIRS, "validFrom": "2026-02-01T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_register_with_a_fault_changes_nothing(api, load, broken):
    load({"kind": "self", "employeeId": THEIRS})
    answer = load(broken)
    assert answer.status_code == 400
    assert "e17" not in answer.text
    assert len(api.rows("SELECT * FROM interests")) == 1


def test_an_empty_register_is_refused_lest_everybody_is_locked_out(api, load):
    load()
    assert api.call("PUT", "/v1/interests", "admin", json={"readers": []}).status_code == 400
    assert len(api.rows("SELECT * FROM interest_readers")) == 1


def test_one_identity_has_the_pseudonym_that_the_engine_gives_it(ring):
    engine = Pseudonymiser(ring)
    for value, domain, one in (
        ("e-17 é", EMPLOYEE_DOMAIN, employee_pseudonym(ring, "e-17 é")),
        (BSNS[3], BSN_DOMAIN, subject_pseudonym(ring, BSNS[3])),
    ):
        row = engine.intern(pl.Series([value]), domain).row(0, named=True)
        assert engine.text(row["key"], row["check"]) == one
