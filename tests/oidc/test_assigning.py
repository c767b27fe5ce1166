"""A lead gives an item to a colleague who signs in at a real provider, by the code that the colleague's pages show."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from tests.oidc.conftest import issued, with_token
from tests.unit.api.casework.conftest import codes
from tests.unit.api.conftest import a_signal

pytestmark = pytest.mark.usefixtures("known")
FORM = {"Origin": "http://api.test"}
OPTIONS = re.compile(r'<option value="((?:oidc|token):[^"]*)"')


@pytest.fixture
def item(api, delivered):
    (row,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{delivered['signalId']}'")
    return str(row["id"])


@pytest.fixture
def code_of(api, signed):
    """Somebody comes with a token of the provider; the code by which the trail knows them."""

    def come(employee, role="investigator"):
        with_token(api, signed(sub=f"account-of-{employee}", employee_id=employee, roles=[role]))
        (row,) = api.rows("SELECT code FROM known_readers WHERE employee = '" + pseudonym(api, employee) + "'")
        return str(row["code"])

    return come


def pseudonym(api, employee):
    return employee_pseudonym(open_key_ring(api.parts.settings.home / "keyring.json"), employee)


def assign(api, item, assignee, token):
    url = f"/v1/intake-items/{item}/assignments"
    return with_token(api, token, "POST", url, json={"assignee": assignee})


def own_code(api):
    return re.search(r"<code>(oidc:[0-9a-f]{32})</code>", api.get("/queue", None).text)[1]


def open_form(api, item):
    page = api.get(f"/items/{item}", None).text
    return page, re.search(r'action="/items/[^"]+/assign#work".*?name="version" value="(\d+)"', page, re.DOTALL)[1]


def test_a_lead_gives_an_item_to_a_colleague_whose_code_stands_on_the_colleagues_pages(api, item, signs_in):
    signs_in("jansen")
    colleague = own_code(api)
    signs_in("devries")
    lead = own_code(api)
    page, version = open_form(api, item)
    assert set(OPTIONS.findall(page)) == {colleague, lead}
    done = api.call("POST", f"/items/{item}/assign", data={"assignee": colleague, "version": version}, headers=FORM)
    assert done.status_code == 303, done.text
    assert api.trail("assign")[0]["detail"]["assignee"] == colleague
    signs_in("jansen")
    assert "/items/" in api.get("/queue?assignedToMe=true", None).text


@pytest.mark.parametrize("assignee", ["123456782 Jan Jansen", "token:investigator", "oidc:" + "0" * 32])
def test_whoever_is_not_known_is_not_assigned_and_is_not_repeated(api, item, signed, assignee):
    refused = assign(api, item, assignee, signed())
    assert (refused.status_code, codes(refused)) == (400, [("unknown-assignee", "/assignee")])
    assert "code, as the audit trail has it" in refused.json()["detail"]
    assert assignee not in refused.text
    assert assignee not in str(api.rows("SELECT * FROM audit_entries"))
    assert api.rows("SELECT * FROM assignments") == []


def test_only_roles_that_may_work_on_an_item_are_assigned(api, item, signed, code_of):
    for role, status in (("soc", 400), ("admin", 400), ("auditor", 400), ("lead", 201)):
        assert assign(api, item, code_of("e-jansen", role), signed()).status_code == status, role


def test_what_is_about_a_reader_is_given_to_auditors_alone(api, signed, code_of):
    signal = a_signal(2, rule="reveal-rate", family="reveal-rate", subject=None)
    with_token(api, issued(api, "detector"), "POST", "/v1/signals", json={"signals": [signal]})
    (row,) = api.rows("SELECT id FROM intake_items")
    auditor = signed(employee_id="e-auditor", roles=["auditor"])
    assert codes(assign(api, row["id"], code_of("e-lead", "lead"), auditor)) == [("unknown-assignee", "/assignee")]
    assert assign(api, row["id"], code_of("e-jansen", "auditor"), auditor).status_code == 201


def test_whoever_has_an_interest_or_whose_interests_nobody_can_tell_is_not_assigned(
    api, item, delivered, signed, code_of
):
    stranger, colleague = code_of("e-stranger"), code_of("e-jansen")
    refused = assign(api, item, stranger, signed())
    assert (refused.status_code, codes(refused)) == (400, [("assignee-interests-unknown", "/assignee")])
    api.rows(
        "INSERT INTO interests (reader, kind, employee_id, standing) "
        f"VALUES ('{pseudonym(api, 'e-jansen')}', 'team', '{delivered['employeeId']}', 1)"
    )
    refused = assign(api, item, colleague, signed())
    assert (refused.status_code, codes(refused)) == (400, [("assignee-with-interest", "/assignee")])


@pytest.mark.parametrize(
    ("roles", "told"), [(["auditor"], "nu de rol auditor"), (["printer-users"], "geen rol"), (["soc"], "nu de rol")]
)
def test_an_item_says_so_when_the_role_of_the_assigned_changed_or_went(
    api, item, signed, signs_in, code_of, roles, told
):
    colleague = code_of("e-jansen")
    assert assign(api, item, colleague, signed()).json()["assignments"][0]["fitting"] is True
    with_token(api, signed(employee_id="e-jansen", roles=roles))
    (held,) = with_token(api, signed(), url=f"/v1/intake-items/{item}/casework").json()["assignments"]
    assert (held["assignee"], held["fitting"]) == (colleague, False)
    assert held["role"] == (None if roles == ["printer-users"] else roles[0])
    signs_in("devries")
    page, _ = open_form(api, item)
    assert told in page
    assert colleague not in OPTIONS.findall(page)


def test_somebody_who_comes_often_is_written_once_a_day(api, signed):
    api.rows("CREATE TABLE written (day TEXT)")
    for change in ("INSERT", "UPDATE"):
        api.rows(
            f"CREATE TRIGGER counted_{change} AFTER {change} ON known_readers WHEN NEW.role = 'investigator' "
            "BEGIN INSERT INTO written VALUES (NEW.last_seen); END"
        )
    for _ in range(2):
        for _ in range(3):
            assert with_token(api, signed(employee_id="e-jansen", roles=["investigator"])).status_code == 200
        api.clock.at += timedelta(days=1)
    (seen,) = api.rows("SELECT first_seen, last_seen FROM known_readers WHERE role = 'investigator'")
    assert [row["day"] for row in api.rows("SELECT day FROM written")] == [seen["first_seen"], seen["last_seen"]]
    assert seen["first_seen"] < seen["last_seen"]


def test_the_register_of_readers_holds_codes_and_days_alone(api, code_of):
    code_of("e-jansen")
    row = api.rows("SELECT * FROM known_readers")[-1]
    assert set(row) == {"code", "role", "employee", "first_seen", "last_seen"}
    assert "jansen" not in str(row)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["last_seen"])
