"""An identity is revealed for a purpose, once, and only after it was logged."""

import pytest

from services.core.vault_keys import rotate_pair
from services.core.wire import to_wire
from tests.unit.api.conftest import lookup
from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID
from tests.world import BSNS


@pytest.mark.parametrize("role", ["investigator", "lead"])
@pytest.mark.parametrize(("field", "kind", "value"), [("employee", "employee", EMPLOYEE_ID), ("subject", "bsn", BSN)])
def test_an_identity_is_shown_to_who_says_why(desk, role, field, kind, value):
    answer = desk.ask(role, field=field)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert told == {"id": told["id"], "kind": kind, "value": value}


def test_each_reveal_is_in_the_audit_trail_by_pseudonym(desk):
    reveal = desk.ask(field="subject", caseNumber="BI-2026-7").json()["id"]
    (entry,) = desk.api.rows("SELECT * FROM audit_entries WHERE action = 'reveal'")
    assert (entry["actor"], entry["object_id"], entry["purpose"]) == ("token:investigator", desk.item(), "assessment")
    assert desk.name("bsn", BSN) in entry["detail"]
    assert reveal in entry["detail"]


def test_nothing_that_is_stored_holds_an_identity_or_what_was_shown(desk):
    desk.use_up()
    assert desk.ask(field="subject").status_code == 202
    assert desk.ask("lead", field="subject").json()["value"] == BSN
    assert BSN not in desk.everything()
    assert EMPLOYEE_ID not in desk.everything()


def test_without_an_audit_trail_nothing_is_shown(own_api, desk_of):
    desk = desk_of(own_api)
    desk.deliver(desk.signal())
    item = desk.item()
    own_api.rows("DROP TABLE audit_entries")
    answer = desk.ask(itemId=item)
    assert answer.status_code >= 500
    assert EMPLOYEE_ID not in answer.text
    assert own_api.rows("SELECT * FROM reveals") == []


def test_who_a_lookup_is_about_is_revealed_where_the_signal_names_nobody(empty_desk):
    desk = empty_desk
    bsns = BSNS[1:3]
    evidence = [lookup(place, subject=desk.name("bsn", bsn)) for place, bsn in enumerate(bsns, 1)]
    signal = desk.signal(subject=None, evidence=evidence, lookup_ids=["log-1", "log-2"])
    identities = [desk.sealed("bsn", bsn) for bsn in bsns]
    assert desk.deliver(signal, identities=identities).status_code == 200
    assert desk.ask(field="lookup-subject", lookupId="log-2").json()["value"] == bsns[1]
    for wanted in ({"field": "subject"}, {"field": "lookup-subject", "lookupId": "log-9"}):
        assert desk.ask(**wanted).status_code == 404


def test_who_looked_is_revealed_where_many_did(empty_desk):
    desk = empty_desk
    evidence = [lookup(1, employee_id=desk.name("employee", EMPLOYEE_ID))]
    desk.deliver(desk.signal(employee_id=None, evidence=evidence, lookup_ids=["log-1"]))
    assert desk.ask(field="lookup-employee", lookupId="log-1").json()["value"] == EMPLOYEE_ID
    assert desk.ask(field="lookup-subject", lookupId="log-1").json()["value"] == BSN


@pytest.mark.parametrize(
    ("status", "fitting"),
    [
        ("received", {"assessment"}),
        ("disputed", {"assessment"}),
        ("line-intervention", {"assessment"}),
        ("investigation", {"investigation", "hearing"}),
        ("no-follow-up", set()),
        ("concluded", set()),
    ],
)
def test_a_purpose_goes_with_where_the_item_stands(desk, status, fitting):
    desk.api.rows(f"UPDATE intake_items SET status = '{status}'")
    purposes = ("assessment", "investigation", "hearing", "data-breach-notification")
    refused = {purpose: desk.ask("lead", purpose=purpose).status_code == 409 for purpose in purposes}
    assert {purpose for purpose, no in refused.items() if not no} == fitting


@pytest.mark.parametrize("status", ["received", "investigation", "no-follow-up", "concluded"])
def test_people_of_a_data_breach_are_revealed_once_it_was_referred(desk, status):
    desk.api.rows(f"UPDATE intake_items SET status = '{status}'")
    refused = desk.ask("lead", purpose="data-breach-notification")
    assert refused.status_code == 409
    assert "referred" in refused.json()["detail"]
    known = {"knownAt": to_wire(desk.api.clock.now())}
    referred = desk.api.call("POST", f"/v1/intake-items/{desk.item()}/data-breach", "lead", json=known)
    assert referred.status_code == 201, referred.text
    assert desk.ask("lead", purpose="data-breach-notification").status_code == 201


def test_what_the_vault_lacks_is_told_with_what_helps(empty_desk):
    desk = empty_desk
    desk.deliver(desk.signal(), identities=[])
    answer = desk.ask()
    assert answer.status_code == 404
    assert "next revision of the signal" in answer.json()["detail"]
    assert desk.api.rows("SELECT * FROM reveals") == []


def test_an_identity_that_was_sealed_as_somebody_elses_is_not_shown(empty_desk):
    desk = empty_desk
    forged = desk.sealed("employee", "somebody-else", pseudonym=desk.name("employee", EMPLOYEE_ID))
    desk.deliver(desk.signal(), identities=[forged])
    answer = desk.ask()
    assert answer.status_code == 404
    assert "another pseudonym" in answer.json()["detail"]
    assert "somebody-else" not in answer.text


def test_what_is_delivered_again_changes_nothing(desk):
    before = desk.api.rows("SELECT pseudonym, sealed FROM identities ORDER BY 1")
    assert desk.deliver(desk.signal()).status_code == 200
    assert desk.api.rows("SELECT pseudonym, sealed FROM identities ORDER BY 1") == before


def test_a_running_api_takes_note_of_a_renewed_key(own_api, desk_of):
    desk = desk_of(own_api)
    desk.deliver(desk.signal())
    rotate_pair(own_api.parts.settings.home)
    assert desk.ask().json()["value"] == EMPLOYEE_ID
    desk.deliver(desk.signal())
    assert len(own_api.rows("SELECT DISTINCT key_id FROM identities")) == 1
    assert desk.ask().json()["value"] == EMPLOYEE_ID
    (row,) = own_api.rows("SELECT DISTINCT key_id FROM identities")
    assert own_api.parts.vault.can_open(str(row["key_id"]))


def test_what_is_sealed_to_another_vault_is_counted_and_not_revealed(empty_desk):
    desk = empty_desk
    strange = desk.sealed("employee", EMPLOYEE_ID) | {"keyId": "v-" + 32 * "0"}
    before = _counted(desk, "unreadable")
    desk.deliver(desk.signal(), identities=[strange])
    assert _counted(desk, "unreadable") == before + 1
    assert "not in the vault's key file" in desk.ask().json()["detail"]


def test_identities_of_people_whom_no_signal_names_are_refused(empty_desk):
    desk = empty_desk
    answer = desk.deliver(desk.signal(), identities=[desk.sealed("bsn", BSNS[5])])
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/identities"]


@pytest.mark.parametrize("spoilt", ["", "no base64!", "QUJD", "A" * 4_000])
def test_what_is_no_sealed_identity_is_refused(empty_desk, spoilt):
    desk = empty_desk
    identity = desk.sealed("bsn", BSN) | {"sealed": spoilt}
    assert desk.deliver(desk.signal(), identities=[identity]).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"field": "name"},
        {"field": "lookup-subject"},
        {"lookupId": "log-1"},
        {"purpose": "curiosity"},
        {"reason": "   "},
        {"reason": f"Het gaat om {BSN}."},
        {"caseNumber": BSN},
        {"reason": f"burger {BSN[:3]} {BSN[3:6]} {BSN[6:]}"},
        {"reason": f"burger {BSN[:3]}\n{BSN[3:6]}\u0095{BSN[6:]}"},
        {"caseNumber": f"{BSN[:4]}.{BSN[4:6]}.{BSN[6:]}"},
        {"itemId": "i-1"},
    ],
)
def test_a_form_that_is_not_right_is_refused_without_repeating_it(desk, wrong):
    answer = desk.ask(**wrong)
    assert answer.status_code == 400
    assert BSN not in answer.text
    assert desk.api.rows("SELECT * FROM reveals") == []


def test_reveals_are_counted_by_purpose(desk):
    before = _line(desk, 'doelbinding_api_reveals_total{purpose="assessment",result="opened"}')
    desk.ask()
    assert _line(desk, 'doelbinding_api_reveals_total{purpose="assessment",result="opened"}') == before + 1


def _counted(desk, result):
    return _line(desk, f'doelbinding_api_identities_total{{result="{result}"}}')


def _line(desk, start):
    page = desk.api.get("/metrics", None).text
    (line,) = (line for line in page.splitlines() if line.startswith(start))
    return float(line.split()[-1])
