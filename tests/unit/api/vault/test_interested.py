"""Who has an interest in somebody learns nothing of this person from the vault, and is no second pair of eyes."""

import pytest

from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from tests.unit.api.casework.conftest import Desk as CaseDesk
from tests.unit.api.casework.conftest import no_follow_up
from tests.unit.api.conftest import lookup, running
from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID, Desk
from tests.world import BSNS

ME = "e-reader"


@pytest.fixture
def rate():
    """Reveals and searches of a day that need no other person."""
    return 0


@pytest.fixture
def desk(tmp_path, migrated, rate):
    """A desk whose investigator is an employee with a relative, the person with BSNS[0]."""
    with running(tmp_path / "home", migrated, people={"investigator": ME}, reveals_per_day=rate) as api:
        ring = open_key_ring(api.parts.settings.home / "keyring.json")
        interest = {"kind": "relative", "employeeId": None, "subject": api.parts.vault.name("bsn", BSN)}
        body = {"readers": [{"reader": employee_pseudonym(ring, ME), "interests": [interest]}]}
        assert api.call("PUT", "/v1/interests", "admin", json=body).status_code == 200
        yield Desk(api)


def search(desk, **form):
    body = {"purpose": "investigation", "reason": "Een vraag."} | form
    return desk.api.call("POST", "/v1/signals/_search", "investigator", json=body)


def test_a_reader_with_an_interest_asks_for_nothing_and_approves_nothing(desk):
    desk.deliver(desk.signal())
    assert desk.ask().status_code == 403
    waiting = desk.ask("lead").json()["id"]
    CaseDesk(desk.api).decides("second-investigator", desk.item(), "assessments", no_follow_up())
    assert desk.step("approval", waiting, "investigator").status_code == 403
    assert desk.api.get("/v1/reveals?status=pending").json() == {"reveals": []}
    assert len(desk.api.get("/v1/reveals?status=pending", "second-investigator").json()["reveals"]) == 1
    assert len(desk.api.rows("SELECT * FROM audit_entries WHERE action = 'refused'")) == 2


def test_neither_for_anybody_else_in_the_evidence_that_names_the_person(desk):
    evidence = [lookup(place, subject=desk.name("bsn", bsn)) for place, bsn in enumerate((BSN, BSNS[1]), 1)]
    signal = desk.signal(subject=None, evidence=evidence, lookup_ids=["log-1", "log-2"])
    desk.deliver(signal, identities=[desk.sealed("bsn", BSN), desk.sealed("bsn", BSNS[1])])
    for of_lookup in ("log-1", "log-2"):
        assert desk.ask(field="lookup-subject", lookupId=of_lookup).status_code == 403
        assert desk.ask("lead", field="lookup-subject", lookupId=of_lookup).status_code == 202


@pytest.mark.parametrize("rate", [2])
def test_what_is_found_leaves_out_the_reader_s_own_and_the_question_itself_is_refused(desk):
    desk.deliver(desk.signal(1), desk.signal(2, subject=desk.name("bsn", BSNS[1])))
    assert search(desk, bsn=BSN).status_code == 403
    (found,) = search(desk, employeeId=EMPLOYEE_ID).json()["signals"]
    assert found["signalId"].endswith("2")
