"""A running API with the signals of a small simulated agency, and a browser to look at its pages with."""

from __future__ import annotations

import fcntl
import json
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import open_key_ring
from services.core.secret_file import write_once
from services.core.tokens import open_tokens
from services.core.vault import Batch
from services.core.vault_keys import open_public_key
from tests.browser.chromium import AXE, demand, launch
from tests.processes import doelbinding, free_port, started
from tests.unit.api.conftest import a_signal
from tests.world import BSNS

HERE = Path(__file__).parent
EMPLOYEE_ID, BSN = "medewerker-4711", BSNS[0]
INTERESTED, COLLEAGUE = "medewerker-0815", "medewerker-0816"
"""The employee behind the second investigator's account, and a member of the same team."""
SIZE = ("--employees", "50", "--weeks", "8", "--seed", "4")


@dataclass(frozen=True)
class Site:
    """Where the pages are, the tokens of its accounts, and the signal whose people are in the vault."""

    url: str
    home: Path
    tokens: Mapping[str, str]
    known: str
    """A signal about `EMPLOYEE_ID` and `BSN`, whose identities are in the vault."""
    of_colleague: str
    """A signal in which the second investigator has an interest."""

    def items(self) -> dict[str, str]:
        """Signal to item, of the whole queue."""
        headers = {"Authorization": f"Bearer {self.tokens['lead']}"}
        found = httpx.get(f"{self.url}/v1/intake-items?limit=200", headers=headers).raise_for_status().json()
        return {item["signalId"]: item["id"] for item in found["intakeItems"]}


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    """axe and the sources of what the pages serve, as the lock file names them."""
    npm = demand("npm", "npm")
    demand("chromium", "chromium")
    marker, locked = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    with locked.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests that run beside these wait, and find it done
        if not marker.exists() or marker.stat().st_mtime < locked.stat().st_mtime:
            install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(install, cwd=HERE, check=True)
            marker.touch()
    assert AXE.exists()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Signals of a simulated agency, and one about two people of whom the vault knows who they are."""
    folder = tmp_path_factory.mktemp("site")
    home, port = folder / "home", free_port()
    assert doelbinding(home, "simulate", folder / "agency", *SIZE).code == 0
    write_once(home / "readers.json", {"second-investigator": INTERESTED})
    with started(home, "serve", "--port", str(port)) as server:
        server.until_it_says("Pages: ")
        url = f"http://127.0.0.1:{port}"
        _until_ready(url)
        rescored = doelbinding(home, "rescore", folder / "agency", "--out", folder / "out", "--submit", url)
        assert rescored.code == 0, rescored.err
        tokens = open_tokens(home / "tokens.json")
        yield Site(url, home, tokens, *_deliver_known(url, home, tokens))


@pytest.fixture(scope="module")  # while it is open an event loop runs in this thread, and other tests want their own
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def _until_ready(url: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:
        client.get(f"{url}/v1/health/ready").raise_for_status()


def _deliver_known(url: str, home: Path, tokens: Mapping[str, str]) -> tuple[str, str]:
    """A signal whose people are sealed as the detector would, and one about a colleague of a reader; their ids."""
    ring, batch = open_key_ring(home / "keyring.json"), Batch(open_public_key(home))

    def sealed(kind: str, value: str) -> dict[str, str]:
        name = (employee_pseudonym if kind == "employee" else subject_pseudonym)(ring, value)
        content = b64encode(batch.envelope + batch.seal(kind, name, value)).decode()
        return {"pseudonym": name, "kind": kind, "keyId": batch.key_id, "sealed": content}

    identities = [sealed("employee", EMPLOYEE_ID), sealed("bsn", BSN)]
    colleague = employee_pseudonym(ring, COLLEAGUE)
    people = {"employee_id": identities[0]["pseudonym"], "subject": identities[1]["pseudonym"]}
    signals = [a_signal(1, score=99.0, severity="critical", **people), a_signal(2, score=98.0, employee_id=colleague)]
    reader = {"reader": employee_pseudonym(ring, INTERESTED)}
    interests = [{"kind": "team", "employeeId": colleague, "subject": None}]
    _send("POST", f"{url}/v1/signals", tokens["detector"], {"signals": signals, "identities": identities})
    _send("PUT", f"{url}/v1/interests", tokens["admin"], {"readers": [{**reader, "interests": interests}]})
    return str(signals[0]["signalId"]), str(signals[1]["signalId"])


def _send(method: str, url: str, token: str, body: object) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = httpx.request(method, url, content=json.dumps(body), headers=headers)
    assert answer.is_success, answer.text
