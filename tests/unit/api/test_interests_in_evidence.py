"""A reader may have an interest in one of many people behind a signal, whom only its evidence names."""

from datetime import timedelta

import pytest

from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from tests.unit.api.conftest import START, lookup, running, signal_id

ME = "e-reader"
THEIRS, OTHERS = "p1-" + "a" * 32, "p1-" + "b" * 32
SINGLE = ("/v1/signals/{signal}", "/v1/signals/{signal}/lookups", "/v1/intake-items/{item}", "/items/{item}")


@pytest.fixture
def api(tmp_path, migrated):
    with running(tmp_path / "home", migrated, people={"investigator": ME}) as caller:
        yield caller


@pytest.fixture
def load(api):
    ring = open_key_ring(api.parts.settings.home / "keyring.json")

    def put(**interest):
        interests = [{"kind": "relative", "employeeId": None, "subject": None} | interest] if interest else []
        body = {"readers": [{"reader": employee_pseudonym(ring, ME), "interests": interests}]}
        assert api.call("PUT", "/v1/interests", "admin", json=body).status_code == 200

    return put


def statuses(api, number=1):
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{signal_id(number)}'")
    api.sign_in()
    return {api.get(url.format(signal=signal_id(number), item=item["id"])).status_code for url in SINGLE}


def evidence(**names):
    rows = [lookup(1), lookup(2, employee_id=OTHERS, subject=OTHERS), lookup(3, **names)]
    return {"evidence": rows, "lookup_ids": [row["lookup_id"] for row in rows]}


@pytest.mark.parametrize(
    ("column", "name"), [("employee_id", "employeeId"), ("subject", "subject")], ids=["employee", "person"]
)
def test_a_signal_of_many_people_is_refused_for_one_of_them(api, load, make_signal, column, name):
    api.results(make_signal(1, **{column: None}, **evidence(**{column: THEIRS})), make_signal(2, **{column: None}))
    load()
    assert statuses(api) == {200}
    load(**{name: THEIRS})
    assert statuses(api) == {403}
    assert statuses(api, 2) == {200}
    for url in ("/v1/signals", "/v1/intake-items"):
        shown = api.get(url).text
        assert (signal_id(1) in shown, signal_id(2) in shown) == (False, True)
    items = {row["signal_id"]: row["id"] for row in api.rows("SELECT id, signal_id FROM intake_items")}
    queue = api.get("/queue").text
    assert (items[signal_id(1)] in queue, items[signal_id(2)] in queue) == (False, True)


def test_where_the_signal_names_somebody_its_evidence_names_nobody_else(api, load, make_signal):
    api.results(make_signal(1, **evidence(employee_id=THEIRS)))
    load(employeeId=THEIRS)
    assert statuses(api) == {200}
    assert api.rows("SELECT * FROM signal_people") == []


def test_a_past_team_counts_for_signals_of_its_time(api, load, make_signal):
    api.results(make_signal(1, employee_id=None, **evidence(employee_id=THEIRS)))
    times = {"validFrom": (START - timedelta(days=9)).isoformat()}
    load(kind="team", employeeId=THEIRS, validTo=(START - timedelta(days=1)).isoformat(), **times)
    assert statuses(api) == {200}
    load(kind="team", employeeId=THEIRS, validTo=(START + timedelta(hours=1)).isoformat(), **times)
    assert statuses(api) == {403}


def test_people_are_those_of_the_current_revision(api, load, make_signal):
    api.results(make_signal(1, subject=None, **evidence(subject=THEIRS)))
    load(subject=THEIRS)
    assert statuses(api) == {403}
    api.results(make_signal(1, subject=None, score=70.0, as_of=START + timedelta(days=3), **evidence(subject=OTHERS)))
    assert statuses(api) == {200}
