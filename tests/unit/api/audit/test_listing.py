"""An auditor sees who did what to what, newest first, along indexes; looking is itself recorded."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from services.api.audit import listing
from services.api.cursors import Cursor
from services.api.paging import page_query
from tests.world import BSNS

SIGNAL = "s-" + f"{1:032x}"
AT = datetime(2026, 3, 1, tzinfo=UTC)
FILTERS = {
    "actor": "token:investigator",
    "action": "read",
    "objectId": SIGNAL,
    "from": "2026-03-01T00:00:00Z",
    "to": "2026-04-01T00:00:00Z",
}


@pytest.fixture
def read(api, make_signal):
    """Two people have read: a list, a signal, and an hour later the other signal."""
    api.results(make_signal(1), make_signal(2))
    api.get("/v1/signals")
    api.get(f"/v1/signals/{SIGNAL}", "lead")
    api.clock.at += timedelta(hours=1)
    api.get(f"/v1/signals/s-{2:032x}")
    return api


def entries(api, **query):
    answer = api.get("/v1/audit-entries", "auditor", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["auditEntries"]


def told(found):
    return [(entry["sequence"], entry["actor"]) for entry in found]


def test_the_newest_comes_first(read):
    assert told(entries(read)) == [(3, "token:investigator"), (2, "token:lead"), (1, "token:investigator")]


def test_who_read_a_signal_is_found_in_lists_too(read):
    assert told(entries(read, objectId=SIGNAL)) == [(2, "token:lead"), (1, "token:investigator")]


def test_what_a_reader_read_is_found(read):
    (entry,) = entries(read, actor="token:lead")
    assert entry["objectId"] == SIGNAL
    assert entry["detail"] == {"shown": "signal", "signals": [SIGNAL]}


def test_filters_hold_together(read):
    since = "2026-04-01T09:30:00Z"
    assert told(entries(read, **{"from": since, "actor": "token:investigator"})) == [(3, "token:investigator")]
    assert told(entries(read, to=since, objectId=SIGNAL, actor="token:lead")) == [(2, "token:lead")]
    assert entries(read, action="reveal") == []


@pytest.mark.parametrize("query", [{}, {"objectId": SIGNAL}])
def test_pages_follow_on_one_another(read, query):
    for _ in range(3):
        read.get(f"/v1/signals/{SIGNAL}")
    everything = told(entries(read, **query))
    url = "/v1/audit-entries?limit=2&to=2027-01-01T00:00:00Z" + "".join(
        f"&{key}={value}" for key, value in query.items()
    )
    seen = []
    while url:
        answer = read.get(url, "auditor")
        seen += told(answer.json()["auditEntries"])
        url = answer.links.get("next", {}).get("url")
        read.clock.at = datetime(2028, 1, 1, tzinfo=UTC)  # what the paging itself records is left out
    assert [one for one in seen if one in everything] == everything


def test_looking_is_recorded_with_what_was_asked(read):
    entries(read, objectId=SIGNAL)
    assert read.trail()[-1]["detail"] == {"asked": {"objectId": SIGNAL}}
    assert read.trail()[-1]["actor"] == "token:auditor"


@pytest.mark.parametrize("role", ["detector", "soc", "investigator", "lead", "admin"])
def test_others_are_refused(api, role):
    for url in ("/v1/audit-entries", "/v1/audit-roots"):
        assert api.get(url, role).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "objectId=",
        "actor=%00",
        "actor=%C2%95",
        "objectId=%E2%80%8B",
        "action=Read",
        "from=2026-03-01",
        "other=1",
        "cursor=x",
    ],
)
def test_a_wrong_question_is_told(api, query):
    assert api.get(f"/v1/audit-entries?{query}", "auditor").status_code == 400


@pytest.mark.parametrize("name", ["actor", "objectId", "action"])
@pytest.mark.parametrize("group", ["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}"])
def test_what_is_asked_for_is_no_number_of_a_person_as_it_is_recorded(api, name, group):
    number = group.format(BSNS[0][:3], BSNS[0][3:6], BSNS[0][6:])
    answer = api.get("/v1/audit-entries", "auditor", params={name: number})
    assert answer.status_code == 400
    api.sign_in("auditor")
    page = api.get("/audit", None, params={name: number})
    assert (page.status_code, f'value="{number}"' in page.text) == (400, False)
    assert api.trail() == []


def test_an_empty_interval_is_a_fault(api):
    query = {"from": "2026-04-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    answer = api.get("/v1/audit-entries", "auditor", params=query)
    assert answer.json()["errors"][0]["pointer"] == "to"


def test_roots_are_listed_with_their_signatures(read):
    newest, first = read.get("/v1/audit-roots", "auditor").json()["auditRoots"]
    assert (newest["number"], newest["sequence"]) == (2, 3)  # an interval is five minutes
    assert (first["number"], first["sequence"], len(first["signature"])) == (1, 1, 128)


@pytest.fixture(scope="module")
def plan(migrated):
    engine = create_engine(f"sqlite:///{migrated / 'api.sqlite'}")

    def explain(query):
        statement = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        with engine.connect() as connection:
            return [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]

    yield explain
    engine.dispose()


def subsets():
    return itertools.chain.from_iterable(itertools.combinations(FILTERS, size) for size in range(len(FILTERS) + 1))


@pytest.mark.parametrize("cursor", [None, Cursor((AT, 7)), Cursor((AT, 7), backward=True)])
def test_every_list_is_read_along_an_index(plan, cursor):
    for chosen in subsets():
        query = listing.AuditQuery.model_validate({name: FILTERS[name] for name in chosen})
        like, order = listing.entries_like(query)
        steps = plan(page_query(like, order, cursor, 50))
        along = [step for step in steps if "INDEX" in step or "PRIMARY KEY" in step]
        assert along == steps, (chosen, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (chosen, steps)
