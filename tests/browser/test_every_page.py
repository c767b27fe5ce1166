"""Every page meets WCAG 2.2 AA by axe, in both languages and at two widths, and no policy of the browser is broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.assets import differing
from tests.browser.chromium import WIDTHS, Person, person
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
OF_ROLE = {
    "lead": (
        "/queue",
        "/queue?show=withdrawn",
        "/queue?raisedFrom=x",
        "ITEM",
        "ITEM/reveal?field=employee",
        "/reveals",
        "/search",
    ),
    "investigator": ("VOLUME", "SIGNAL", "/nowhere"),
    "auditor": ("/audit", "/audit?from=x", "/queue", "/deadlines"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", OF_ROLE)
def test_every_page_is_open_to_everybody(browser: Browser, site: Site, role: str, width: int) -> None:
    with person(browser, site.url, site.tokens, width=width) as reader:
        reader.open("/sign-in")
        found = {"/sign-in": reader.breaches_of_wcag()}
        reader.sign_in(role)
        for path in OF_ROLE[role]:
            for language in ("nl", "en"):
                shown = _path(site, reader, path)
                reader.open(f"{shown}{'&' if '?' in shown else '?'}lang={language}")
                found[f"{path} {language}"] = reader.breaches_of_wcag()
                assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert {path: wrong for path, wrong in found.items() if wrong} == {}
        assert reader.complaints == []


def _path(site: Site, reader: Person, path: str) -> str:
    if path == "VOLUME":
        reader.open("/queue?rule=bulk-export")
        return str(reader.page.locator("tbody th a").first.get_attribute("href"))
    item = f"/items/{site.items()[site.known]}"
    return path.replace("ITEM", item).replace("SIGNAL", f"/signals/{site.known}")


def test_the_filters_swap_the_list_and_the_address_without_loading_the_page(browser: Browser, site: Site) -> None:
    with person(browser, site.url, site.tokens) as reader:
        reader.sign_in("investigator")
        reader.page.evaluate("window.same = true")
        reader.page.focus("#severity")
        reader.page.select_option("#severity", "critical")
        reader.page.wait_for_url("**severity=critical**")
        reader.page.wait_for_selector("text=Filters wissen")
        shown = reader.page.locator("tbody tr").count()
        assert shown == reader.page.locator("tbody .tag-critical").count() > 0
        assert reader.page.evaluate("window.same") is True
        assert reader.page.evaluate("document.activeElement.id") == "severity"
        assert "severity=critical" in str(reader.page.locator("#other-language").get_attribute("href"))
        reader.page.reload()
        assert reader.page.locator("tbody tr").count() == shown
        assert reader.complaints == []


def test_a_comparison_is_zoomed_into_without_breaking_the_policy(browser: Browser, site: Site) -> None:
    with person(browser, site.url, site.tokens) as reader:
        reader.sign_in("investigator")
        reader.open(_path(site, reader, "VOLUME"))
        reader.page.click("details[data-zoom] summary")
        reader.page.locator("canvas").wait_for()
        rows = reader.page.locator("#comparison-numbers tbody tr").count()
        assert rows > 1
        assert reader.page.locator(".u-legend .u-series").count() == 4
        assert reader.breaches_of_wcag() == []
        assert reader.complaints == []


def test_without_javascript_the_same_work_is_done(browser: Browser, site: Site) -> None:
    with person(browser, site.url, site.tokens, scripts=False) as reader:
        reader.sign_in("investigator")
        reader.page.select_option("#rule", "relative-file")
        reader.page.click("form[role=search] button")
        reader.page.locator("tbody th a").first.click()
        reader.do("assess", verdict="no-follow-up", reason="lawful", note="Er was een zaak bij het team.")
        assert "Beoordelen: Vastgelegd." in reader.reads()
        reader.page.click('a[href$="field=employee"]')
        reader.page.select_option("select", "assessment")
        reader.page.fill("textarea", "Nodig voor de beoordeling.")
        reader.page.click("main form button[type=submit]")
        assert "Dit wordt één keer getoond." in reader.reads()
        reader.open("/sign-in")
        assert reader.complaints == []


def test_the_whole_of_the_work_is_reached_by_keyboard(browser: Browser, site: Site) -> None:
    with person(browser, site.url, site.tokens) as reader:
        reader.sign_in("investigator")
        reader.open("/queue")
        reader.page.keyboard.press("Tab")
        assert reader.page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        reader.page.keyboard.press("Enter")
        assert reader.page.evaluate("document.activeElement.id") == "content"
        reader.open(f"/items/{site.items()[site.known]}")
        link = reader.page.locator('a[href$="field=subject"]')
        link.focus()
        reader.page.keyboard.press("Enter")
        reader.page.locator("#reveal-dialog select").wait_for()
        assert reader.page.evaluate("document.activeElement.closest('dialog') !== null")
        reader.page.keyboard.press("Escape")
        reader.page.locator("#reveal-dialog").wait_for(state="hidden")
        assert reader.page.evaluate("document.activeElement.getAttribute('href')").endswith("field=subject")


def test_what_is_served_is_what_its_packages_hold() -> None:
    assert differing() == []
