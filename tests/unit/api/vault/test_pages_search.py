"""One known person is looked for on a page: by a form, for a purpose and a reason, and without being shown again."""

import re

import pytest

from tests.unit.api.conftest import lookup
from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID
from tests.world import BSNS

OURS = {"Origin": "http://api.test", "Accept": "text/html"}
WHY = {"purpose": "investigation", "reason": "Naar aanleiding van een vraag."}


@pytest.fixture
def search(desk):
    def send(account="investigator", headers=OURS, **fields):
        desk.api.sign_in(account)
        return desk.api.call("POST", "/search", data=fields, headers=headers)

    return send


@pytest.mark.parametrize("account", ["investigator", "lead"])
@pytest.mark.parametrize("whom", [{"bsn": BSN}, {"bsn": f"{BSN[:4]} {BSN[4:]} "}, {"employeeId": EMPLOYEE_ID}])
def test_the_signals_about_a_person_are_found_and_the_person_is_not_shown_again(search, account, whom):
    answer = search(account, **whom, **WHY)
    assert answer.status_code == 200
    assert 'href="/signals/s-00000000000000000000000000000001"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert BSN not in answer.text
    assert EMPLOYEE_ID not in answer.text


def test_the_question_is_recorded_with_its_reason_and_so_is_what_was_shown(desk, search):
    search(bsn=BSN, **WHY)
    (asked,) = desk.api.trail("search")
    assert (asked["object_id"], asked["purpose"]) == (desk.name("bsn", BSN), "investigation")
    assert asked["detail"] == {"kind": "bsn", "reason": WHY["reason"]}
    assert desk.api.shown("search-page") == ["s-00000000000000000000000000000001"]
    assert BSN not in desk.everything()


def test_a_signal_outside_the_queue_is_led_to_with_a_purpose(desk, search):
    desk.deliver(desk.signal(2, pushed=False))
    assert 'href="/signals/s-00000000000000000000000000000002?purpose=investigation"' in search(bsn=BSN, **WHY).text


def test_nothing_found_is_told(search):
    answer = search(bsn=BSNS[9], **WHY)
    assert "geen signalen over deze persoon" in answer.text
    assert BSNS[9] not in answer.text


def wrong(answer):
    assert answer.status_code == 400
    return set(re.findall(r'id="search-(\w+)-fault"', answer.text))


def test_all_that_is_wrong_is_told_at_once_and_the_person_is_to_be_typed_again(search):
    assert wrong(search()) == {"bsn", "employeeId", "purpose", "reason"}
    both = search(bsn=BSN, employeeId=EMPLOYEE_ID, reason="Een vraag.")
    assert wrong(both) == {"bsn", "employeeId", "purpose"}
    assert "Een vraag." in both.text
    assert wrong(search(bsn=BSN, employeeId=EMPLOYEE_ID, **WHY)) == {"bsn", "employeeId"}
    for text in (both.text, search(bsn=BSN).text):
        assert BSN not in text
        assert EMPLOYEE_ID not in text


@pytest.mark.parametrize("number", ["123456789", "12345678", "x"])
def test_a_number_that_is_no_bsn_is_told_and_not_repeated(search, number):
    answer = search(bsn=number, **WHY)
    assert wrong(answer) == {"bsn"}
    assert f'value="{number}"' not in answer.text


def test_a_reason_names_nobody(search):
    assert wrong(search(bsn=BSNS[3], purpose="investigation", reason=f"Het gaat om {BSN}.")) == {"reason"}


def test_a_form_of_another_site_asks_nothing(desk, search):
    assert search(headers=OURS | {"Origin": "https://evil.test"}, bsn=BSN, **WHY).status_code == 403
    assert desk.api.trail("search") == []


def test_without_a_question_there_is_a_form(desk):
    desk.api.sign_in("investigator")
    page = desk.api.get("/search", None, headers=OURS).text
    assert 'action="/search"' in page
    assert 'method="post"' in page


def test_the_people_of_single_lookups_are_asked_for_from_their_rows(desk):
    people = [desk.name("bsn", bsn) for bsn in BSNS[:2]]
    evidence = [lookup(place, subject=name) for place, name in enumerate(people, 1)]
    desk.deliver(desk.signal(2, subject=None, evidence=evidence, lookup_ids=["log-1", "log-2"]))
    (row,) = desk.api.rows(f"SELECT id FROM intake_items WHERE signal_id = 's-{2:032x}'")
    desk.api.sign_in("investigator")
    item = f"/items/{row['id']}"
    page = desk.api.get(item, None, headers=OURS).text
    for place, name in enumerate(people, 1):
        assert f'title="{name}"' in page
        link = f"{item}/reveal?field=lookup-subject&lookupId=log-{place}"
        assert f'href="{link.replace("&", "&amp;")}"' in page
    assert "lookup-employee" not in page
    form = desk.api.get(link, None, headers=OURS)
    assert form.status_code == 200
    assert "betrokkene van een raadpleging" in form.text
    asked = desk.api.call("POST", f"{item}/reveal?field=lookup-subject&lookupId=log-1", data=REVEAL, headers=OURS)
    assert BSN in asked.text


REVEAL = {"purpose": "assessment", "reason": "Nodig voor de beoordeling."}


def test_where_the_signal_names_its_people_the_rows_name_nobody(desk):
    desk.api.sign_in("investigator")
    assert "reveal?field=lookup-" not in desk.api.get(f"/items/{desk.item()}", None, headers=OURS).text


def test_above_the_rate_the_page_says_what_to_do(desk, search):
    desk.use_up()
    refused = search(bsn=BSN, **WHY)
    assert refused.status_code == 403
    assert "Laat een collega zoeken" in refused.text
