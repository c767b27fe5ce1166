"""Many employees at one person: the signal tells its children, a child tells its parent, each read is recorded."""

import re

import pytest

from services.api.families import CHILDREN_SHOWN


def name(number):
    return "s-" + f"{number:032x}"


PARENT = name(1)


@pytest.fixture
def burst(api, make_signal):
    def raise_it(children=3, **changes):
        parent = make_signal(1, rule="curiosity-burst", family="curiosity-burst", employee_id=None, **changes)
        of_parent = {"parent_id": PARENT, "pushed": False, "subject": parent["subject"], "rule_class": "C"}
        found = [make_signal(100 + number, score=float(number % 90), **of_parent) for number in range(children)]
        api.results(parent, make_signal(2, score=99.0, pushed=False))
        for start in range(0, children, 100):
            api.results(*found[start : start + 100])
        api.sign_in()
        return api

    return raise_it


def page(api, url):
    answer = api.get(url, None)
    assert answer.status_code == 200
    return answer.text


def linked(text):
    return re.findall(r'<th scope="row"><a href="(/signals/[^"]+)"', text)


def recorded(api, what):
    return api.shown(what)


def test_a_burst_tells_the_signals_under_it_by_score(burst):
    api = burst()
    told = page(api, f"/signals/{PARENT}?lang=en")
    assert "one person, many employees" in told
    assert linked(told) == [f"/signals/{name(number)}" for number in (102, 101, 100)]
    assert "p1-" + f"{102:032x}" in told
    assert "not shown here" not in told


def test_the_evidence_of_a_burst_names_no_employee(burst):
    api = burst(children=0)
    told = page(api, f"/signals/{PARENT}")
    assert re.findall(r"p\d+-[0-9a-f]{32}", told) == ["p1-" + f"{1_000_001:032x}"]  # the subject's alone


def test_one_employee_or_one_person_is_told_as_that(burst, make_signal):
    api = burst()
    api.results(make_signal(3, subject=None))
    assert "één persoon, veel medewerkers" in page(api, f"/signals/{PARENT}")
    assert "één medewerker, veel personen" in page(api, f"/signals/{name(3)}")
    assert "één medewerker, één persoon" in page(api, f"/signals/{name(100)}?purpose=investigation")


def test_every_child_that_is_told_is_recorded_as_read(burst):
    api = burst()
    page(api, f"/signals/{PARENT}")
    assert recorded(api, "signal-page") == [PARENT]
    assert recorded(api, "family-page") == [name(102), name(101), name(100)]


def test_two_hundred_children_are_told_and_the_rest_is_counted(burst):
    api = burst(children=CHILDREN_SHOWN + 14)
    told = page(api, f"/signals/{PARENT}")
    assert len(linked(told)) == len(recorded(api, "family-page")) == CHILDREN_SHOWN
    assert "Nog 14 bijbehorende signalen staan hier niet" in told


def test_a_child_links_to_its_parent_and_the_purpose_goes_along(burst):
    api = burst()
    assert api.get(f"/signals/{name(100)}", None).status_code == 400
    told = page(api, f"/signals/{name(100)}?purpose=investigation&lang=en")
    assert f'belongs to: <a href="/signals/{PARENT}?purpose=investigation">An employee opened' in told
    assert recorded(api, "family-page") == [PARENT]
    assert f"/signals/{name(101)}?purpose=investigation" in page(api, f"/signals/{PARENT}?purpose=investigation")


def test_a_parent_that_was_not_pushed_is_not_told_without_a_purpose(burst, make_signal):
    api = burst(pushed=False)
    api.results(make_signal(5, parent_id=PARENT, summary_nl="Een kind dat wel is aangeboden."))
    told = page(api, f"/signals/{name(5)}")
    assert f'<a href="/signals/{PARENT}">Eén dossier door velen geopend</a>' in told
    assert recorded(api, "family-page") == []


def test_a_parent_that_is_still_on_its_way_is_told_without_a_link(api, make_signal):
    api.results(make_signal(5, parent_id=PARENT))
    api.sign_in()
    told = page(api, f"/signals/{name(5)}?lang=en")
    assert "has not been received yet" in told
    assert PARENT not in told


def test_the_api_lists_the_children_of_a_signal_for_a_purpose(burst):
    api = burst()
    assert api.get(f"/v1/signals?parentId={PARENT}").json() == {"signals": []}
    assert api.get(f"/v1/signals?parentId={PARENT}&pushed=false").status_code == 400
    answer = api.get(f"/v1/signals?parentId={PARENT}&pushed=false&purpose=investigation")
    assert [signal["signalId"] for signal in answer.json()["signals"]] == [name(102), name(101), name(100)]
    assert api.get("/v1/signals?parentId=all").status_code == 400


def test_a_revision_may_bring_a_signal_under_a_parent(burst, make_signal):
    api = burst(children=0)
    api.results(make_signal(9))
    assert linked(page(api, f"/signals/{PARENT}")) == []
    api.results(make_signal(9, parent_id=PARENT))
    assert linked(page(api, f"/signals/{PARENT}")) == [f"/signals/{name(9)}"]


@pytest.mark.parametrize(("language", "fact"), [("nl", "Alsnog vastgelegd."), ("en", "Recorded after all.")])
def test_a_withdrawn_signal_tells_first_what_explains_it(api, make_signal, language, fact):
    cleared = {"code": "explained-later", "nl": "Alsnog vastgelegd.", "en": "Recorded after all."}
    against = [{"code": "link", "nl": "Er is een zaak.", "en": "There is a case."}, cleared]
    api.results(make_signal(1, status="withdrawn", withdrawn_reason="explained-later", facts_against=against))
    api.sign_in()
    told = page(api, f"/signals/{PARENT}?lang={language}")
    notice, heading = told.index('class="notice"'), told.index("<h1>")
    assert notice < told.index(fact) < heading
    assert told.index("fact-list facts-against") < told.index("fact-list facts-for")
