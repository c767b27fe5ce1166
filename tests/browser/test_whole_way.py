"""A signal arrives, two people assess it, its employee is revealed, it is investigated and concluded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import WIDTHS, Person, person
from tests.browser.conftest import BSN, EMPLOYEE_ID, Site

pytestmark = pytest.mark.browser
NOW = "new Date().toLocaleString('sv', {timeZone: 'Europe/Amsterdam'}).replace(' ', 'T')"


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[dict[str, Person]]:
    """Everybody in a window of their own."""
    with ExitStack() as stack:
        found = {}
        for account in ("investigator", "second-investigator", "lead", "auditor"):
            found[account] = stack.enter_context(person(browser, site.url, site.tokens))
            found[account].sign_in(account)
        yield found


def test_the_whole_way_of_a_signal(people: dict[str, Person], site: Site) -> None:
    first, second, lead, auditor = people.values()
    item = site.items()[site.known]
    _tells_its_story(lead, site)
    _is_assessed_by_two(first, second, f"/items/{item}")
    _refuses_whom_it_concerns(second, f"/items/{site.items()[site.of_colleague]}")
    _is_assigned(lead, f"/items/{item}")
    _reveals_once(first, f"/items/{item}")
    _is_concluded(first, lead, f"/items/{item}")
    _is_in_the_audit_trail(auditor, item)
    assert [complaint for each in people.values() for complaint in each.complaints] == []


def _tells_its_story(lead: Person, site: Site) -> None:
    signals = {f"/items/{item}": signal for signal, item in site.items().items()}
    for rule, name in (("ex-partner-file", "story-en"), ("bulk-export", "volume-en")):
        lead.open(f"/queue?rule={rule}&lang=en")
        item = lead.page.locator("tbody th a").first.get_attribute("href")
        lead.open(f"/signals/{signals[str(item)]}")
        assert "How the score is made up" in lead.reads()
        lead.picture(name)
    lead.open("/queue?lang=nl")


def _is_assessed_by_two(first: Person, second: Person, item: str) -> None:
    first.picture("queue-nl", *WIDTHS)
    first.page.click(f'a[href="{item}"]')
    assert "0 van 2 beoordelingen binnen" in first.reads()
    first.picture("item-nl", *WIDTHS)
    first.do("assess", verdict="investigation", note="Geen zaak, geen taak en geen contact gevonden.")
    assert "Beoordelen: Vastgelegd." in first.reads()
    second.open(item)
    assert "Geen zaak, geen taak" not in second.reads()
    second.do("assess", verdict="no-follow-up", note="")
    assert "Er is niets vastgelegd" in second.reads()
    second.picture("assessment-faults-nl")
    second.do("assess", verdict="investigation", reason="", note="De raadplegingen zijn niet te verklaren.")
    assert "Geen zaak, geen taak" in second.reads()
    assert "Onderzoek" in second.page.locator('[aria-current="step"]').inner_text()


def _refuses_whom_it_concerns(second: Person, item: str) -> None:
    second.open("/queue")
    assert second.page.locator(f'a[href="{item}"]').count() == 0
    assert second.open(item) == 403
    assert "U hebt een belang" in second.reads()
    second.picture("refused-nl")


def _is_assigned(lead: Person, item: str) -> None:
    lead.open(item)
    lead.do("assign", assignee="token:lead")
    lead.do("refer-data-breach", knownAt="2026-03-02T09:00", nature="Inzage zonder reden.")
    assert "de 72 uur zijn voorbij" in lead.reads()
    assert lead.open("/deadlines") == 200
    lead.picture("deadlines-nl")


def _reveals_once(first: Person, item: str) -> None:
    first.open(item)
    first.page.click('a[href$="field=employee"]')
    dialog = first.page.locator("#reveal-dialog")
    dialog.locator("select").select_option("investigation")
    dialog.locator("button[type=submit]").first.click()
    dialog.locator('[aria-invalid="true"]').wait_for()
    dialog.locator("textarea").fill("Nodig voor hoor en wederhoor.")
    first.picture("reveal-nl", *WIDTHS)
    dialog.locator("button[type=submit]").first.click()
    dialog.locator(".revealed").wait_for()
    assert dialog.locator(".revealed").inner_text() == EMPLOYEE_ID
    assert EMPLOYEE_ID not in first.page.url
    first.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert EMPLOYEE_ID not in first.page.content()
    assert BSN not in first.page.content()


def _is_concluded(first: Person, lead: Person, item: str) -> None:
    outcome = {"outcome": "established", "findings": "misuse-of-information/unlawful-consultation"}
    first.do("record-outcome", **outcome, reportSentAt="2026-03-02T10:00", note="Zie het rapport.")
    assert "Dit moment ligt in de toekomst, of vóór dat waarop het volgt." in first.reads()
    now = first.page.evaluate(
        "new Date(Date.now()).toLocaleString('sv', {timeZone: 'Europe/Amsterdam'}).replace(' ', 'T')"
    )
    first.do("record-outcome", reportSentAt=now)
    assert "Wacht op bevestiging door een ander." in first.reads()
    lead.open(item)
    lead.do("confirm-outcome", agrees="yes-agrees")
    assert "Afgerond" in lead.reads()
    assert "Bevestigd door leidinggevende" in lead.reads()
    lead.open(f"{item}?lang=en")
    lead.picture("concluded-en")
    lead.open("/queue?show=ended&lang=nl")
    assert lead.page.locator(f'a[href="{item}"]').count() == 1


def _is_in_the_audit_trail(auditor: Person, item: str) -> None:
    auditor.open(f"/audit?objectId={item}")
    told = auditor.reads()
    for action in ("assess", "assign", "reveal", "record-outcome", "confirm-outcome"):
        assert action in told
    assert EMPLOYEE_ID not in told
    auditor.picture("audit-nl")
