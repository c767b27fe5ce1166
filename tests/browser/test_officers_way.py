"""A signal about a reader is assessed, investigated and concluded by auditors, and shown to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from playwright.sync_api import Browser

from services.core.reading import NOT_ASSIGNED
from tests.browser.chromium import Person, person
from tests.browser.conftest import Site
from tests.unit.api.conftest import a_signal, signal_id

pytestmark = pytest.mark.browser
SIGNAL = signal_id(35)


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[dict[str, Person]]:
    """Everybody in a window of their own."""
    with ExitStack() as stack:
        found = {}
        for account in ("auditor", "second-auditor", "lead"):
            found[account] = stack.enter_context(person(browser, site.url, site.tokens))
            found[account].sign_in(account)
        yield found


def test_the_way_of_a_signal_about_a_reader(people: dict[str, Person], site: Site) -> None:
    first, second, lead = people.values()
    assert first.page.url.endswith("/audit")
    _arrives(site)
    item = _is_in_the_queue_of_auditors_alone(first, lead)
    _is_assessed_by_two(first, second, item)
    _is_concluded(first, second, item)
    for path in (f"{item}?lang=en", "/queue?show=ended&lang=en", "/deadlines?lang=nl", "/reveals", "/audit"):
        assert first.open(path) == 200
        assert first.breaches_of_wcag() == [], path
    assert [complaint for each in people.values() for complaint in each.complaints] == []


def _arrives(site: Site) -> None:
    signal = a_signal(35, rule=NOT_ASSIGNED, family=NOT_ASSIGNED, subject=None)
    headers = {"Authorization": f"Bearer {site.tokens['detector']}", "Content-Type": "application/json"}
    sent = httpx.post(f"{site.url}/v1/signals", content=json.dumps({"signals": [signal]}), headers=headers)
    assert sent.is_success, sent.text


def _is_in_the_queue_of_auditors_alone(first: Person, lead: Person) -> str:
    first.open("/?lang=nl")
    assert first.page.url.endswith("/queue")
    assert "alleen voor auditors" in first.reads()
    assert first.breaches_of_wcag() == []
    first.picture("officer-queue-nl")
    (item,) = [str(link.get_attribute("href")) for link in first.page.locator("tbody th a").all()]
    lead.open("/queue")
    assert lead.page.locator(f'a[href="{item}"]').count() == 0
    for path in (item, f"/signals/{SIGNAL}"):
        assert lead.open(path) == 403
        assert "Dit is voor een andere rol dan de uwe." in lead.reads()
    return item


def _is_assessed_by_two(first: Person, second: Person, item: str) -> None:
    first.open(item)
    assert first.breaches_of_wcag() == []
    first.do("assess", verdict="investigation", note="Geen toewijzing gevonden.")
    second.open(item)
    assert "Geen toewijzing" not in second.reads()
    second.do("assess", verdict="investigation", note="De inzage is niet te verklaren.")
    assert "Geen toewijzing" in second.reads()
    assert "Onderzoek" in second.page.locator('[aria-current="step"]').inner_text()


def _is_concluded(first: Person, second: Person, item: str) -> None:
    first.open(item)
    first.do("assign", assignee="token:third-auditor")
    assert "derde auditor" in first.reads()
    now = first.page.evaluate("new Date().toLocaleString('sv', {timeZone: 'Europe/Amsterdam'}).replace(' ', 'T')")
    first.do("record-outcome", outcome="not-established", reportSentAt=now, note="Zie het rapport.")
    assert "Wacht op bevestiging door een ander." in first.reads()
    second.open(item)
    second.do("confirm-outcome", agrees="yes-agrees")
    assert "Bevestigd door tweede auditor" in second.reads()
    second.picture("officer-item-nl")
