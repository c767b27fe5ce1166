"""Every page works by keyboard and without scripts, and says to a screen reader what it shows."""

import itertools
from html.parser import HTMLParser
from pathlib import Path

import pytest

from services.api import pages

SIGNAL, VOLUME, BURST, UNPUSHED = ("s-" + f"{number:032x}" for number in (1, 2, 3, 4))
PAGES = {
    "queue": "/queue",
    "withdrawn": "/queue?show=withdrawn",
    "empty": "/queue?minPriority=99",
    "faults": "/queue?severity=x&raisedFrom=x&minPriority=x&rule=A&show=x",
    "story": f"/signals/{SIGNAL}",
    "volume": f"/signals/{VOLUME}",
    "burst": f"/signals/{BURST}",
    "item": "/items/ITEM",
    "reveal": "/items/ITEM/reveal?field=employee",
    "reveals": "/reveals",
    "deadlines": "/deadlines",
    "purpose": f"/signals/{UNPUSHED}",
    "missing": "/nowhere",
    "sign-in": "/sign-in",
}
VOID = {"meta", "link", "br", "input", "rect"}
CONTROLS = {"a", "button", "input", "select", "textarea", "summary"}


class Element:
    """A tag with its attributes and what it holds."""

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    def __getitem__(self, name):
        return self.attributes.get(name)

    def all(self):
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def text(self):
        return "".join(child.text() if isinstance(child, Element) else child for child in self.children).strip()


class Page(HTMLParser):
    """A page as a tree."""

    def __init__(self, source):
        super().__init__()
        self.open = [Element("page", [])]
        self.feed(source)
        self.all = list(self.open[0].all())

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(self.open[-1].children[-1])

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, attrs))

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        self.open[-1].children.append(data)

    def tagged(self, *tags):
        return [element for element in self.all if element.tag in tags]

    def by_id(self, name):
        (element,) = [element for element in self.all if element["id"] == name]
        return element

    def name_of(self, element):
        """What a screen reader calls it (after the W3C's computation of names, as far as these pages need it)."""
        if labels := element["aria-labelledby"]:
            return " ".join(self.by_id(label).text() for label in labels.split())
        if element["aria-label"]:
            return element["aria-label"]
        if element.tag in {"input", "select", "textarea"}:
            return " ".join(label.text() for label in self.tagged("label") if label["for"] == element["id"])
        return element.text()


@pytest.fixture(scope="module")
def sources(shared_api, make_signal, make_lookup):
    api = shared_api
    api.start_anew()
    days = [{"day": f"2026-03-{day:02}", "own": day, "expected": 1.0, "peers": 0.5} for day in range(2, 7)]
    api.results(
        *(make_signal(100 + number) for number in range(60)),
        make_signal(1, evidence=[make_lookup(1), make_lookup(2, state="conflict", action="print")]),
        make_signal(2, rule="volume-own", subject=None, comparison=[day | {"day": day["day"]} for day in days]),
        make_signal(3, rule="curiosity-burst", employee_id=None),
        make_signal(4, pushed=False, parent_id=BURST),
        make_signal(5, status="withdrawn", withdrawn_reason="merged"),
    )
    headers = {"Accept": "text/html"}
    signed_out = {code: api.get(f"/sign-in?lang={code}", None, headers=headers).text for code in ("nl", "en")}
    api.sign_in("lead")
    (item,) = api.rows(f"SELECT id FROM intake_items WHERE signal_id = '{SIGNAL}'")
    found = {}
    for (name, url), code in itertools.product(PAGES.items(), ("nl", "en")):
        asked = url.replace("ITEM", item["id"]) + ("&" if "?" in url else "?") + f"lang={code}"
        found[name, code] = api.get(asked, None, headers=headers).text if name != "sign-in" else signed_out[code]
    return found


@pytest.fixture(params=[(name, code) for name in PAGES for code in ("nl", "en")], ids="-".join)
def page(request, sources):
    return Page(sources[request.param])


def test_no_script_is_needed(page):
    assert [script.attributes for script in page.tagged("script") if script.children or not script["src"]] == []
    assert [
        each.attributes for each in page.all if each["hx-get"] and each["hx-get"] != (each["action"] or each["href"])
    ] == []
    assert [each.attributes for each in page.all if each["hx-post"] and each["hx-post"] != each["action"]] == []
    assert not [name for element in page.all for name in element.attributes if name.startswith("on")]
    assert not [link["href"] for link in page.tagged("a") if link["href"].startswith("javascript:")]


def test_every_control_has_a_name(page):
    controls = [each for each in page.tagged(*CONTROLS) if each["type"] != "hidden"]
    assert controls
    assert [each.attributes for each in controls if not page.name_of(each)] == []


def test_controls_are_reached_in_the_order_of_the_page_and_none_is_passed_by(page):
    assert {element["tabindex"] for element in page.all} <= {None, "0", "-1"}
    led_to = [element.tag for element in page.all if element["tabindex"] == "-1"]  # by a link, and by no Tab
    assert led_to[0] == "main"
    assert set(led_to[1:]) <= {"h2", "fieldset"}
    assert all(link["href"] for link in page.tagged("a"))
    assert not [element for element in page.all if element["accesskey"] or "autofocus" in element.attributes]


def test_the_first_control_skips_to_the_content(page):
    first = next(element for element in page.all if element.tag in CONTROLS)
    assert first["href"] == "#content"
    assert page.by_id("content").tag == "main"


def test_what_scrolls_can_be_scrolled_by_keyboard_and_has_a_name(page):
    scrolled = [element for element in page.all if "scroll" in (element["class"] or "").split()]
    for element in scrolled:
        assert (element["tabindex"], element["role"]) == ("0", "region")
        assert page.name_of(element)


def test_every_form_is_sent_by_its_own_button(page):
    for form in page.tagged("form"):
        assert form["method"] in {"get", "post"}
        assert form["action"].startswith("/")
        assert [each for each in form.all() if each.tag == "button" and each["type"] == "submit"]


def test_headings_begin_with_one_and_skip_no_level(page):
    levels = [int(element.tag[1]) for element in page.tagged("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_the_page_tells_its_language_and_links_to_the_other_in_that_language(page):
    (html,) = page.tagged("html")
    assert html["lang"] in {"nl", "en"}
    (other,) = [link for link in page.tagged("a") if link["hreflang"]]
    assert {html["lang"], other["lang"]} == {"nl", "en"}
    assert other.text() == {"nl": "Nederlands", "en": "English"}[other["lang"]]


def test_whatever_refers_to_an_element_finds_it(page):
    for element, name in itertools.product(page.all, ("for", "aria-labelledby", "aria-describedby")):
        for target in (element[name] or "").split():
            assert page.by_id(target)
    for link in page.tagged("a"):
        if link["href"].startswith("#"):
            assert page.by_id(link["href"][1:])


def test_every_drawing_is_named_or_left_out_for_a_screen_reader(page):
    for drawing in page.tagged("svg"):
        assert drawing["aria-hidden"] == "true" or (drawing["role"] == "img" and page.name_of(drawing))


def test_tables_tell_what_their_cells_mean(page):
    for table in page.tagged("table"):
        heads = [each for each in table.all() if each.tag == "th"]
        assert all(each["scope"] in {"row", "col"} for each in heads)
        assert all(each.text() for each in heads)
        body = next(each for each in table.all() if each.tag == "tbody")
        rows = [each for each in body.all() if each.tag == "tr"]
        assert all(any(cell.tag == "th" for cell in row.all()) for row in rows)


def test_a_field_that_is_wrong_says_so_where_it_stands(sources):
    page = Page(sources["faults", "nl"])
    wrong = [element for element in page.all if element["aria-invalid"] == "true"]
    assert {element["id"] for element in wrong} == {"rule", "severity", "raisedFrom", "minPriority"}
    assert all(page.by_id(element["aria-describedby"]).text() for element in wrong)
    linked = {link["href"][1:] for link in page.tagged("a") if link["href"].startswith("#")} - {"content"}
    assert linked == {element["id"] for element in wrong}


def test_the_focus_is_seen():
    style = Path(pages.__file__).parent.joinpath("static", "style.css").read_text(encoding="utf-8")
    assert ":focus-visible { outline: 3px solid var(--accent);" in style
    removed = [line for line in style.splitlines() if "outline: none" in line or "outline: 0" in line]
    assert removed == ["main:focus, h2:focus { outline: none; }"]
