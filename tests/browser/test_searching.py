"""A known person is looked for, and one person of many is revealed, in a real browser and also without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import WIDTHS, person
from tests.browser.conftest import BSN, EMPLOYEE_ID, Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("scripts", "language", "found", "pictured"),
    [(True, "nl", "Eigen dossier", "search-nl"), (False, "en", "Own file", "found-en")],
)
def test_a_person_is_looked_for_and_stands_in_no_address(
    browser: Browser, site: Site, scripts: bool, language: str, found: str, pictured: str
) -> None:
    with person(browser, site.url, site.tokens, scripts=scripts) as reader:
        reader.sign_in("investigator", language)
        reader.page.click('nav a[href="/search"]')
        if pictured == "search-nl":
            reader.picture(pictured)
        reader.page.fill("#search-bsn", BSN)
        reader.page.select_option("#search-purpose", "investigation")
        reader.page.click("main form button[type=submit]")
        assert reader.page.locator('[aria-invalid="true"]').count() == 1
        assert reader.page.input_value("#search-bsn") == ""
        reader.page.fill("#search-bsn", f"{BSN[:4]} {BSN[4:]}")
        reader.page.fill(
            "#search-reason", "Vraag van de leidinggevende." if language == "nl" else "A manager's question."
        )
        reader.page.click("main form button[type=submit]")
        assert found in reader.reads()
        if pictured == "found-en":
            reader.picture(pictured)
        assert BSN not in reader.page.content()
        assert BSN not in reader.page.url
        assert reader.page.locator(f'a[href="/signals/{site.known}"]').count() == 1
        assert reader.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_found_is_open_to_everybody(browser: Browser, site: Site, width: int) -> None:
    with person(browser, site.url, site.tokens, width=width) as reader:
        reader.sign_in("lead")
        for language in ("nl", "en"):
            reader.open(f"/search?lang={language}")
            assert reader.breaches_of_wcag() == []
            reader.page.click("main form button[type=submit]")
            assert reader.breaches_of_wcag() == []
            reader.page.fill("#search-employeeId", EMPLOYEE_ID)
            reader.page.select_option("#search-purpose", "access-request")
            reader.page.fill("#search-reason", "-")
            reader.page.click("main form button[type=submit]")
            assert reader.page.locator("tbody tr").count() == 1
            assert reader.breaches_of_wcag() == []
            assert reader.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["nl", "en"])
def test_on_a_narrow_screen_the_rows_of_the_queue_are_cards(browser: Browser, site: Site, language: str) -> None:
    with person(browser, site.url, site.tokens, width=420) as reader:
        reader.sign_in("investigator", language)
        wider = (
            "[...document.querySelectorAll('.cards')].filter(one => one.scrollWidth > one.parentElement.clientWidth)"
        )
        reader.page.locator(".cards tbody tr").nth(1).wait_for()
        assert reader.page.evaluate(f"{wider}.length") == 0
        shown = [each.inner_text() for each in reader.page.get_by_role("cell").all()[:6]]
        assert all(shown)
        assert reader.page.get_by_role("rowheader").count() == reader.page.locator(".cards tbody tr").count()


def test_one_of_many_people_is_revealed_from_a_row_of_the_evidence(browser: Browser, site: Site) -> None:
    with person(browser, site.url, site.tokens) as reader:
        reader.sign_in("investigator")
        reader.open("/queue?rule=enumeration")
        reader.page.locator("tbody th a").first.click()
        reader.page.locator('#evidence ~ div a[href*="lookup-subject"]').first.click()
        dialog = reader.page.locator("#reveal-dialog")
        dialog.locator("select").select_option("assessment")
        dialog.locator("textarea").fill("Nodig voor de beoordeling.")
        assert reader.breaches_of_wcag() == []
        dialog.locator("button[type=submit]").first.click()
        dialog.locator(".revealed").wait_for()
        assert reader.complaints == []
