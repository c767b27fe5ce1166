"""The audit trail on a page: for auditors alone, filtered by whom, what and when; looking is recorded."""

from datetime import timedelta

import pytest

OF_PAGE = {"Accept": "text/html"}


@pytest.fixture
def watched(api, make_signal):
    """A signal that the investigator read, and an auditor who is signed in."""
    api.results(make_signal(1))
    api.get(f"/v1/signals/{'s-' + f'{1:032x}'}")
    api.sign_in("auditor")
    return api


def shown(api, query=""):
    answer = api.get(f"/audit{query}", None, headers=OF_PAGE)
    assert answer.status_code == 200
    return answer.text


def test_the_trail_tells_who_read_what(watched):
    page = shown(watched)
    assert "token:investigator" in page
    assert "ingezien" in page


def test_it_is_narrowed_by_reader_action_object_and_day(watched):
    signal = "s-" + f"{1:032x}"
    for query in ("?actor=token:investigator", "?action=read", f"?objectId={signal}", "?from=2026-04-01&to=2026-04-01"):
        assert "token:investigator" in shown(watched, query)
    for query in ("?actor=token:nobody", "?action=assess", "?objectId=s-0", "?to=2026-03-31", "?from=2026-04-02"):
        assert "Geen regel voldoet aan deze filters." in shown(watched, query)


def test_looking_is_recorded_with_what_was_asked(watched):
    shown(watched, "?actor=token:investigator")
    (entry,) = watched.rows("SELECT actor, detail FROM audit_entries WHERE object_kind = 'audit-trail'")
    assert entry["actor"] == "token:auditor"
    assert "token:investigator" in entry["detail"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?from=x", 'id="from-fault">geef een bestaande dag'),
        ("?from=2026-04-02&to=2026-04-01", 'id="to-fault">deze dag ligt vóór de eerste dag'),
        ("?action=%00", 'id="action-fault">dit kan geen zoekwaarde zijn'),
    ],
)
def test_wrong_filters_are_told_at_their_field_and_show_nothing(watched, query, told):
    answer = watched.get(f"/audit{query}", None, headers=OF_PAGE)
    assert answer.status_code == 400
    assert told in answer.text
    assert "token:investigator" not in answer.text


def test_a_script_gets_the_list_alone(watched):
    part = watched.get("/audit", None, headers=OF_PAGE | {"HX-Request": "true"})
    assert part.headers["Vary"] == "HX-Request"
    assert "<html" not in part.text
    assert 'hx-swap-oob="true"' in part.text


@pytest.mark.parametrize("role", ["investigator", "lead"])
def test_readers_of_signals_do_not_see_it(api, role):
    api.sign_in(role)
    assert api.get("/audit", None, headers=OF_PAGE).status_code == 403


def test_the_newest_signed_roots_stand_below_the_trail(watched):
    for _ in range(2):
        watched.clock.at += timedelta(minutes=6)
        watched.get("/v1/audit-entries", "auditor")
    roots = watched.get("/v1/audit-roots", "auditor").json()["auditRoots"]
    before = len(watched.trail())
    page = shown(watched)
    assert roots
    for root in roots:
        assert f"<code>{root['hash']}</code>" in page
        assert f"<code>{root['signature']}</code>" in page
    assert [entry["object_kind"] for entry in watched.trail()[before:]] == ["audit-trail", "audit-roots"]
