"""The certified provider of npm as a process of the tests: made ready, started, and told to change its keys."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.integration.services import REQUIRED
from tests.processes import free_port

FOLDER = Path(__file__).parent
AUDIENCE = "doelbinding-api"
PAGES = "doelbinding-pages"
PUBLIC_URL = "http://127.0.0.1:8600"
SECRET = "a secret of tests alone"
ROLES = ("detector", "soc", "investigator", "lead", "auditor", "admin")
PEOPLE: Mapping[str, Mapping[str, object]] = {
    "jansen": {"roles": ["investigator", "printer-users"], "employee_id": "e-jansen"},
    "devries": {"roles": ["lead"], "employee_id": "e-devries"},
    "both": {"roles": ["lead", "investigator"], "employee_id": "e-both"},
    "clerk": {"roles": ["printer-users"], "employee_id": "e-clerk"},
    "guard": {"roles": ["soc"]},
}
"""Accounts at the provider, with what it tells of them; there are no such people."""


@dataclass(frozen=True)
class Keys:
    """The private keys that the provider signs with, so that a test can sign as the provider does."""

    rsa: RSAKey
    ec: ECKey
    bound: RSAKey
    """Names the one algorithm that it signs with."""

    def jwks(self) -> Mapping[str, object]:
        return {"keys": [key.as_dict(private=True) for key in (self.rsa, self.ec, self.bound)]}


def new_keys(name: str) -> Keys:
    return Keys(
        RSAKey.generate_key(2048, {"kid": f"{name}-rsa", "use": "sig"}),
        ECKey.generate_key("P-256", {"kid": f"{name}-ec", "use": "sig"}),
        RSAKey.generate_key(2048, {"kid": f"{name}-bound", "use": "sig", "alg": "RS256"}),
    )


class Provider:
    """A provider that runs."""

    def __init__(self, process: subprocess.Popen[str], issuer: str, keys: Keys) -> None:
        self.issuer = issuer
        self.keys = keys
        self._process = process

    def rotate(self, name: str) -> Keys:
        """New keys from now on; gives back the old ones, which it publishes no more."""
        old, self.keys = self.keys, new_keys(name)
        self._order({"do": "keys", "jwks": self.keys.jwks()})
        return old

    def away(self) -> None:
        """Every connection breaks from now on."""
        self._order({"do": "away"})

    def back(self) -> None:
        """It answers again."""
        self._order({"do": "back"})

    def asked(self, path: str = "/jwks") -> int:
        """How often this was asked for so far."""
        return self._order({"do": "count"}).get(path, 0)

    def _order(self, order: Mapping[str, object]) -> dict[str, int]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        counts: dict[str, int] = json.loads(self._process.stdout.readline())
        return counts


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider on a port of its own; without Node.js the tests are skipped, or fail where services are required."""
    _make_ready()
    keys, port = new_keys("first"), free_port()
    told = {"port": port, "audience": AUDIENCE, "clients": _clients(), "people": PEOPLE, "jwks": keys.jwks()}
    line = ["node", "provider.mjs", json.dumps(told)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(line, cwd=FOLDER, text=True, **pipes) as process:
        try:
            started = process.stdout.readline()
            assert started, process.stderr.read()
            yield Provider(process, json.loads(started)["issuer"], keys)
        finally:
            process.kill()


def _clients() -> list[Mapping[str, object]]:
    services = [
        {
            "client_id": f"service-{role}",
            "client_secret": SECRET,
            "grant_types": ["client_credentials"],
            "response_types": [],
            "redirect_uris": [],
            "roles": [role],
            "employee_id": f"e-{role}",
        }
        for role in ROLES
    ]
    pages = {
        "client_id": PAGES,
        "client_secret": SECRET,
        "grant_types": ["authorization_code"],
        "redirect_uris": [f"{PUBLIC_URL}/sign-in/callback"],
        "response_types": ["code"],
        "post_logout_redirect_uris": [f"{PUBLIC_URL}/sign-in"],
    }
    return [*services, pages]


def _make_ready() -> None:
    """Installs what package-lock.json names, once; of tests that run side by side one does it."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        _do_without(f"no {' and no '.join(missing)} on the PATH")
    lock, done = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    with (FOLDER / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
            return
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        ended = subprocess.run(install, cwd=FOLDER, capture_output=True, text=True, check=False)
        if ended.returncode:
            _do_without(f"npm ci failed: {ended.stderr[-300:]}")


def _do_without(why: str) -> None:
    told = f"nothing is tested against a real OpenID provider: {why}"
    if any(os.environ.get(name) for name in REQUIRED):
        pytest.fail(told, pytrace=False)
    pytest.skip(told)
