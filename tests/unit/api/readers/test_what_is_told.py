"""What readers of signals do, as the lookups that the detector judges."""

import pytest

from tests.identities import pseudonyms_in
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, no_follow_up
from tests.unit.api.conftest import a_signal, signal_id
from tests.unit.api.readers.conftest import EMPLOYEES, pseudonym
from tests.unit.api.vault.conftest import Desk as VaultDesk

PURPOSE = "?purpose=investigation"
FAMILY = 3


def who(number):
    return f"p1-{number:032x}", f"p1-{number + 1_000_000:032x}"


def seen(lookups):
    return [each["subject_pseudonym"] for each in lookups]


def test_a_signal_that_is_opened_is_a_view_of_its_employee_and_of_its_person(office):
    item = office.opens(7)
    employee, person = office.after(lambda: office.api.get(f"/v1/signals/{signal_id(7)}"))
    assert (employee["subject_pseudonym"], person["subject_pseudonym"]) == who(7)
    assert employee["lookup_id"] != person["lookup_id"]
    assert {key: value for key, value in employee.items() if key not in {"lookup_id", "subject_pseudonym"}} == {
        "occurred_at": "2026-04-01T09:00:00.000000Z",
        "employee_id": pseudonym(office.api, ONE),
        "system": "doelbinding",
        "action": "view",
        "searched_by": "case",
        "bsn": None,
        "case_id": item,
        "reason": None,
        "data_categories": None,
        "record_count": 1,
        "workstation": None,
        "location": None,
        "street": None,
    }


@pytest.mark.parametrize(("names", "number"), [({"subject": None}, 0), ({"employee_id": None}, 1)])
def test_a_signal_that_names_one_of_them_is_one_view(office, names, number):
    office.opens(1, **names)
    (lookup,) = office.after(lambda: office.api.get(f"/v1/signals/{signal_id(1)}"))
    assert lookup["subject_pseudonym"] == who(1)[number]


@pytest.mark.parametrize("place", ["", "/casework", "/assessments", "/sanction-factors"])
def test_every_way_to_open_an_item_is_told(office, place):
    item = office.opens(1)
    assert seen(office.after(lambda: office.api.get(f"/v1/intake-items/{item}{place}"))) == [*who(1)]


def test_a_list_is_one_search_however_much_it_shows(office):
    for number in (1, 2, 3):
        office.opens(number)
    (listed,) = office.after(lambda: office.api.get("/v1/intake-items"))
    assert (listed["action"], listed["searched_by"], listed["record_count"]) == ("search", "worklist", 3)
    assert (listed["subject_pseudonym"], listed["case_id"]) == (None, None)
    (one,) = office.after(lambda: office.api.get("/v1/signals?limit=1"))
    assert (one["action"], one["record_count"], one["subject_pseudonym"]) == ("search", 1, None)


def test_a_page_of_an_item_is_a_view_of_its_signal_and_of_each_relative_that_it_shows(office):
    item = office.opens(1)
    children = [a_signal(number, parent_id=signal_id(1), pushed=False) for number in range(2, 2 + FAMILY)]
    office.api.results(*children)
    office.api.sign_in(ONE)
    lookups = office.after(lambda: office.api.get(f"/items/{item}", None))
    assert set(seen(lookups)) == {name for number in range(1, 2 + FAMILY) for name in who(number)}
    assert len(lookups) == 2 * (1 + FAMILY)
    assert {each["case_id"] for each in lookups} == {item}


def test_the_purpose_is_the_reason(office):
    office.opens(1, pushed=True)
    office.api.results(a_signal(2, pushed=False))
    lookups = office.after(lambda: office.api.get(f"/v1/signals/{signal_id(2)}{PURPOSE}"))
    assert {(each["reason"], each["case_id"]) for each in lookups} == {("investigation", None)}


def test_an_assessment_is_told_as_the_look_that_it_gives_and_a_refusal_is_not(office):
    item = office.opens(1)
    read = {"If-Match": office.etag(item)}
    told = office.after(lambda: office.sends(ONE, item, "assessments", no_follow_up(), **read))
    assert seen(told) == [*who(1)]
    refused = office.after(lambda: office.sends(ONE, item, "settlement", no_follow_up(), **{"If-Match": '"1"'}))
    assert refused == []
    assert office.api.trail("assess")


def test_what_auditors_and_the_detector_do_is_told_to_nobody(office):
    office.opens(1)
    assert office.after(lambda: office.api.get("/v1/audit-entries", "auditor")) == []


def test_an_identity_that_is_opened_is_a_view_of_it_and_what_waits_for_another_is_none(start, broker):
    with start(broker, reveals_per_day=1) as office:
        vault = VaultDesk(office.api)
        assert vault.deliver(vault.signal()).status_code == 200
        vault.disputed()
        (opened,) = office.after(vault.ask)
        assert opened["subject_pseudonym"] == vault.signal()["employeeId"]
        assert (opened["action"], opened["data_categories"]) == ("view", ["identity"])
        assert (opened["case_id"], opened["reason"]) == (vault.item(), "assessment")
        waiting = []
        assert office.after(lambda: waiting.append(vault.ask().json()["id"])) == []
        assert office.after(lambda: vault.step("approval", waiting[0], LEAD)) == []
        (later,) = office.after(lambda: vault.step("opening", waiting[0], ONE))
        assert later["data_categories"] == ["identity"]
        assert not any(name in repr(broker.events) for name in ("medewerker-4711", *EMPLOYEES.values()))


def test_a_search_for_a_known_person_names_the_person_and_then_tells_how_many_were_found(start, broker):
    with start(broker) as office:
        vault = VaultDesk(office.api)
        vault.deliver(vault.signal())
        form = {"purpose": "access-request", "reason": "Een vraag.", "employeeId": "medewerker-4711"}
        asked, found = office.after(lambda: office.api.call("POST", "/v1/signals/_search", OTHER, json=form))
        assert (asked["action"], asked["searched_by"], asked["record_count"]) == ("search", "other", 0)
        assert (asked["subject_pseudonym"], asked["reason"]) == (vault.signal()["employeeId"], "access-request")
        assert (found["searched_by"], found["record_count"], found["subject_pseudonym"]) == ("worklist", 1, None)
        by_bsn = {"purpose": "investigation", "reason": "Een vraag.", "bsn": "960000017"}
        office.after(lambda: office.api.call("POST", "/v1/signals/_search", OTHER, json=by_bsn))
        assert "960000017" not in repr(broker.events)


def test_what_stands_around_a_lookup_names_nobody(office):
    office.opens(1)
    office.after(lambda: office.api.get(f"/v1/signals/{signal_id(1)}"))
    for message, event in zip(office.broker.messages, office.broker.events, strict=True):
        assert message.key.decode() == event["data"]["employee_id"]
        around = {name: value for name, value in event.items() if name != "data"}
        assert around["type"] == "nl.overheid.doelbinding.lookup.v1"
        assert not pseudonyms_in(repr(around).encode())


def test_the_trail_tells_an_auditor_which_employee_a_reader_is(office):
    office.opens(1)
    office.api.get(f"/v1/signals/{signal_id(1)}")
    assert office.api.trail()[-1]["detail"]["employee"] == pseudonym(office.api, ONE)
