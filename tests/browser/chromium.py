"""Debian's Chromium, driven as a person would: signing in, reading, filling in forms, looking for what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright

DEMANDED = ("CI", "DOELBINDING_REQUIRE_SERVICES")
PICTURES = "DOELBINDING_PICTURES"
"""Set to a folder: pages are photographed into it."""
WIDTHS = (1280, 420)
TALLEST = 1700
"""Pictures end here: what follows on long pages is the story, which has pictures of its own."""
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}}).then(found => found.violations.map(
    rule => rule.id + ": " + rule.nodes.map(node => node.target.join(" ")).join(", ")))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXPECTED_STATUS = "Failed to load resource: the server responded with a status of 4"
"""What the console says of a page that tells what was wrong; the tests look at those pages themselves."""


def demand(tool: str, package: str) -> str:
    """The path of a command. Without it the test is skipped, or fails where everything is to be there."""
    if found := shutil.which(tool):
        return found
    told = f"needs {tool}: on Debian and Ubuntu install the package {package}"
    if any(os.environ.get(name) for name in DEMANDED):
        pytest.fail(told)
    pytest.skip(told)


def launch(playwright: Playwright) -> Browser:
    """Chromium; as root, as in CI, it can have no sandbox, and in a container little shared memory."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=demand("chromium", "chromium"), args=arguments)


@dataclass
class Person:
    """Somebody with a browser window of their own, signed in or not."""

    page: Page
    url: str
    tokens: Mapping[str, str]
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, account: str, language: str = "nl") -> None:
        """With the token of a local account."""
        self.open(f"/sign-in?lang={language}")
        self.page.fill("#token", self.tokens[account])
        self.page.click("main button[type=submit]")

    def open(self, path: str) -> int:
        """The status of the page at a path."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer.status

    def do(self, action: str, **fields: str) -> None:
        """Fills in the form of an action on an item, and sends it."""
        form = self.page.locator(f'form[action$="/{action}#work"]')
        form.wait_for(state="attached")
        self.page.wait_for_load_state()  # a page that is not whole yet shows nothing, and a second click would close it
        if not form.is_visible():
            self.page.locator("details", has=form).locator("summary").click()
        for name, value in fields.items():
            self._fill(form.locator(f'[name="{name}"]'), value)
        form.locator("button[type=submit]").click()

    def reads(self) -> str:
        """What stands on the page, without the parts that are not shown."""
        return self.page.locator("main").inner_text()

    def breaches_of_wcag(self) -> list[str]:
        """What axe finds on this page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(AXE_RUN, WCAG)
        return found

    def picture(self, name: str, *widths: int) -> None:
        """The page at these widths, by default the wide one, down to `TALLEST`; where pictures are asked for."""
        folder = os.environ.get(PICTURES)
        if not folder:
            return
        size = self.page.viewport_size
        for width in widths or WIDTHS[:1]:
            self.page.set_viewport_size({"width": width, "height": 900})
            tall: int = self.page.evaluate("document.documentElement.scrollHeight")
            with_dialog = self.page.locator("dialog[open]").count() > 0
            area = None if with_dialog else {"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)}
            self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=not with_dialog, clip=area)
        if size:
            self.page.set_viewport_size(size)

    @staticmethod
    def _fill(control: Locator, value: str) -> None:
        first = control.first
        kind = first.evaluate("each => each.type")
        if kind in {"radio", "checkbox"}:
            control.and_(first.page.locator(f'[value="{value}"]')).check()
        elif kind == "select-one":
            first.select_option(value)
        else:
            first.fill(value)


@contextmanager
def person(
    browser: Browser, url: str, tokens: Mapping[str, str], *, scripts: bool = True, width: int = 1280
) -> Iterator[Person]:
    """A new window, with nothing of earlier ones; what its console complains of is kept."""
    context = browser.new_context(
        java_script_enabled=scripts, bypass_csp=False, viewport={"width": width, "height": 900}, locale="nl-NL"
    )
    page = context.new_page()
    somebody = Person(page, url, tokens)
    page.on("console", lambda message: _keep(somebody, message))
    page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    try:
        yield somebody
    finally:
        context.close()


def _keep(somebody: Person, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_STATUS):
        somebody.complaints.append(message.text)
