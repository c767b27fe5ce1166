"""The pages: whole in both languages, and safe against hostile text."""

import re
from html.parser import HTMLParser

import pytest

from services.api.pages.texts import RULES, TEXTS
from services.api.pages.words import CODES, MONTHS, WEEKDAYS
from services.api.queries import ITEM_STATUSES, PURPOSES
from services.api.refusals import REASONS
from services.core import contract

SIGNAL = "s-" + f"{1:032x}"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
VOID = {"meta", "link", "br", "input", "rect", "!doctype"}


class Outline(HTMLParser):
    """Checks that tags nest, and gathers what a test asks about."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.ids, self.scripts = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        self.scripts += [dict(attrs).get("src", "inline") for _ in range(tag == "script")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def signed_in(api, make_signal, make_lookup):
    bare = make_lookup(4, searched_by=None, data_categories=None, record_count=None)
    explained = make_lookup(5, state="explained", explanation="own-case")
    api.results(
        make_signal(1, evidence=[make_lookup(2), make_lookup(1), bare, explained], lookup_count=347, moment_count=79),
        make_signal(2, pushed=False),
        make_signal(3, status="withdrawn", withdrawn_reason="a late link"),
        make_signal(4, employee_id=None, score=12.0),
    )
    api.sign_in()
    return api


def html(answer, status=200):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


PAGES = ["/queue", "/queue?show=withdrawn", f"/signals/{SIGNAL}", "/sign-in", "/signals/s-" + f"{2:032x}", "/nowhere"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_page_is_sound_in_both_languages(signed_in, url, language):
    target = url + ("&" if "?" in url else "?") + f"lang={language}"
    page = signed_in.get(target, None, headers={"Accept": "text/html"}).text
    outline = Outline(page)
    assert f'<html lang="{language}" class="voorbeeld-theme">' in page
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert all(script.startswith("/static/") for script in outline.scripts)
    assert not any(name == "style" or name.startswith("on") for name, _ in outline.attributes)
    assert "None" not in page


def test_dutch_is_the_default_and_a_choice_is_remembered(signed_in):
    assert "Werkvoorraad" in html(signed_in.get("/queue", None))
    assert "Queue" in html(signed_in.get("/queue?lang=en", None))
    assert "Queue" in html(signed_in.get("/queue", None))
    assert "Werkvoorraad" in html(signed_in.get("/queue?lang=nl", None))
    assert "Werkvoorraad" in html(signed_in.get("/queue?lang=fr", None))


def test_the_queue_shows_what_awaits_assessment_and_apart_what_was_withdrawn(signed_in):
    waiting = html(signed_in.get("/queue", None))
    (item,) = signed_in.rows(f"SELECT id FROM intake_items WHERE signal_id = '{SIGNAL}'")
    assert f'href="/items/{item["id"]}"' in waiting
    assert "a late link" not in waiting
    assert "a late link" in html(signed_in.get("/queue?show=withdrawn", None))


def test_the_story_tells_both_counts_the_facts_and_a_sum_that_is_right(signed_in):
    page = html(signed_in.get(f"/signals/{SIGNAL}", None))
    for told in ("347", "79", "moments-v1", "Het dossier is van de medewerker zelf.", "In PeopleSoft niet.", "62,5"):
        assert told in page
    points = re.findall(r'<td class="number">([\d,]+)</td><td class="bar-column">', page)
    *parts, total = (float(value.replace(",", ".")) for value in points)
    assert sum(parts) == total == 62.5


def test_lookups_are_told_in_order_of_time_on_the_agencys_clock(signed_in):
    page = html(signed_in.get(f"/signals/{SIGNAL}", None))
    assert re.findall(r"log-\d", page) == ["log-1", "log-2", "log-4", "log-5"]
    assert "02-03-2026 10:01" in page
    assert "eigen zaak" in page


def test_the_revisions_are_told(signed_in):
    page = html(signed_in.get(f"/signals/{SIGNAL}?lang=en", None))
    assert "Revisions of this signal" in page
    revisions = page.partition('id="revisions"')[2]
    assert len(re.findall(r"<code>[0-9a-f]{32}</code>", revisions)) == 1


def test_a_signal_that_was_not_pushed_asks_for_the_purpose_first(signed_in):
    url = "/signals/s-" + f"{2:032x}"
    assert "Met welk doel?" in html(signed_in.get(url, None), 400)
    assert "In het kort" in html(signed_in.get(f"{url}?purpose=investigation", None))


def test_hostile_text_stays_text(signed_in, make_signal, make_lookup):
    fact = {"code": "x", "nl": HOSTILE, "en": HOSTILE}
    signed_in.results(
        make_signal(
            9,
            summary=HOSTILE,
            summary_nl=HOSTILE,
            counting_rule=HOSTILE,
            status="withdrawn",
            withdrawn_reason=HOSTILE,
            facts_for=[fact],
            facts_against=[fact],
            facts_unknown=[fact],
            counterfactual=fact,
            factors=[{"factor": HOSTILE, "value": HOSTILE, "points": 62.5}],
            evidence=[make_lookup(1, lookup_id=HOSTILE, system=HOSTILE, explanation=HOSTILE)],
        )
    )
    for url in ("/signals/s-" + f"{9:032x}", "/queue?show=withdrawn"):
        page = html(signed_in.get(url, None))
        assert all(script.startswith("/static/") for script in Outline(page).scripts)
        assert "<script>" not in page
        assert "<img" not in page
        assert "{{7*7}}" in page


def test_a_missing_page_is_told_to_a_person_as_a_page(signed_in):
    page = html(signed_in.get(f"/signals/s-{'0' * 32}", None, headers={"Accept": "text/html"}), 404)
    assert "Deze pagina bestaat niet." in page


def test_the_start_leads_to_the_queue(signed_in):
    assert signed_in.get("/", None).headers["Location"] == "/queue"


def test_the_queue_is_paged(api, make_signal):
    api.results(*(make_signal(number) for number in range(60)))
    api.sign_in()
    page = html(api.get("/queue", None))
    assert page.count('href="/items/i-') == 50
    target = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert html(api.get(target, None)).count('href="/items/i-') == 10


def test_every_text_exists_in_both_languages():
    assert all(
        dutch and english for dutch, english in [*TEXTS.values(), *CODES.values(), *RULES.values(), *MONTHS, *WEEKDAYS]
    )


def test_every_code_of_the_contract_has_a_word():
    lists = ("ACTIONS", "SEARCHED_BY", "DATA_CATEGORIES", "STATES", "SEVERITIES", "SIGNAL_STATUSES", "CLASSES")
    codes = {code for name in lists for code in getattr(contract, name)} | set(PURPOSES) | set(ITEM_STATUSES)
    assert codes <= CODES.keys()


def test_the_story_says_which_data_were_shown_and_how_many_lookups_took_them_out(signed_in):
    page = html(signed_in.get(f"/signals/{SIGNAL}?lang=en", None))
    assert re.search(r"<dt>Data shown</dt><dd>income</dd>", page)
    assert re.search(r"<dt>Sign of sharing</dt><dd>printed or exported in 0 of [0-9,]+ lookups</dd>", page)


def test_every_reason_of_a_refusal_is_told_on_a_page():
    assert {f"refused-{reason}" for reason in REASONS} <= TEXTS.keys()
