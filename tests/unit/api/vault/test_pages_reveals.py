"""Identities on the pages: shown once for a purpose, approved by another person above a rate, in no address."""

import re

import pytest

from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID

OURS = {"Origin": "http://api.test", "Accept": "text/html"}
WHY = {"purpose": "assessment", "reason": "Nodig voor de beoordeling."}


@pytest.fixture
def post(desk):
    def send(url, account="investigator", headers=OURS, **fields):
        desk.api.sign_in(account)
        return desk.api.call("POST", url, data=fields, headers=headers)

    return send


@pytest.fixture
def page(desk):
    def read(url, account="investigator"):
        desk.api.sign_in(account)
        return desk.api.get(url, None, headers=OURS)

    return read


def asked(desk, field="employee"):
    return f"/items/{desk.item()}/reveal?field={field}"


@pytest.mark.parametrize(("field", "value"), [("employee", EMPLOYEE_ID), ("subject", BSN)])
def test_an_identity_is_shown_once_and_not_kept(desk, post, page, field, value):
    answer = post(asked(desk, field), **WHY)
    assert answer.status_code == 200
    assert answer.text.count(value) == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert value not in page(asked(desk, field)).text
    assert value not in page("/reveals").text


def test_the_form_tells_all_that_is_missing_and_keeps_what_was_typed(desk, post):
    answer = post(asked(desk), caseNumber="BI-2026-17")
    assert answer.status_code == 400
    assert {"reveal-purpose-fault", "reveal-reason-fault"} <= set(re.findall(r'id="(reveal-\w+-fault)"', answer.text))
    assert 'value="BI-2026-17"' in answer.text
    assert EMPLOYEE_ID not in answer.text


def test_a_reason_that_names_somebody_is_refused(desk, post):
    answer = post(asked(desk), purpose="assessment", reason=f"Het gaat om {BSN}.")
    assert answer.status_code == 400
    assert "een getal dat een bsn kan zijn" in answer.text


def test_a_purpose_that_does_not_fit_is_told_plainly(desk, post):
    answer = post(asked(desk), purpose="hearing", reason="Hoor en wederhoor.")
    assert answer.status_code == 409
    assert "het doel past niet bij de zaak" in answer.text


def test_above_a_rate_another_person_approves_and_the_asker_opens_it_once(desk, post, page):
    desk.disputed()
    desk.use_up()
    waits = post(asked(desk), **WHY)
    assert waits.status_code == 202
    assert EMPLOYEE_ID not in waits.text
    (row,) = desk.api.rows("SELECT id FROM reveals WHERE status = 'pending'")
    assert f"/reveals/{row['id']}/approval" not in page("/reveals").text
    assert f"/reveals/{row['id']}/approval" in page("/reveals", "lead").text
    own = post(f"/reveals/{row['id']}/approval")
    assert own.status_code == 403
    assert "Iemand anders moet goedkeuren wat u zelf hebt gevraagd." in own.text
    assert post(f"/reveals/{row['id']}/approval", "lead").headers["Location"] == "/reveals"
    assert f"/reveals/{row['id']}/opening" in page("/reveals").text
    assert EMPLOYEE_ID in post(f"/reveals/{row['id']}/opening").text
    assert EMPLOYEE_ID not in post(f"/reveals/{row['id']}/opening").text


def test_who_may_yet_assess_the_item_is_told_to_do_that_before_approving(desk, post, page):
    desk.use_up()
    post(asked(desk), **WHY)
    (row,) = desk.api.rows("SELECT id FROM reveals WHERE status = 'pending'")
    assert row["id"] not in page("/reveals", "lead").text
    refused = post(f"/reveals/{row['id']}/approval", "lead")
    assert (refused.status_code, "Beoordeel haar eerst" in refused.text) == (403, True)


def test_a_script_gets_the_part_for_its_dialog_and_others_the_page(desk, post):
    part = post(asked(desk), headers=OURS | {"HX-Request": "true"}, **WHY)
    assert part.headers["Vary"] == "HX-Request"
    assert EMPLOYEE_ID in part.text
    assert "<html" not in part.text
    assert "<html" in post(asked(desk), **WHY).text


def test_a_form_of_another_site_reveals_nothing(desk, post):
    evil = OURS | {"Origin": "https://evil.test"}
    assert post(asked(desk), headers=evil, **WHY).status_code == 403
    assert desk.api.rows("SELECT count(*) AS n FROM reveals") == [{"n": 0}]


def test_a_field_that_does_not_exist_is_not_found(desk, page):
    assert page(asked(desk, "neighbour")).status_code == 404
