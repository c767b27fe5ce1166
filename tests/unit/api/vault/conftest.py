"""Signals about people whose identities are sealed, and a reader who asks for them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from services.core.vault import Batch
from services.core.vault_keys import open_public_key
from tests.unit.api.casework.conftest import Desk as CaseDesk
from tests.unit.api.casework.conftest import no_follow_up, verdict
from tests.unit.api.conftest import Caller, Json, a_signal
from tests.world import BSNS

EMPLOYEE_ID = "medewerker-4711"
BSN = BSNS[0]


@dataclass
class Desk:
    """A queue with people in it, and who works on it."""

    api: Caller

    def name(self, kind: str, value: str) -> str:
        return self.api.parts.vault.name(kind, value)

    def sealed(self, kind: str, value: str, pseudonym: str | None = None) -> Json:
        batch = Batch(open_public_key(self.api.parts.settings.home))
        name = pseudonym or self.name(kind, value)
        sealed = b64encode(batch.envelope + batch.seal(kind, name, value)).decode()
        return {"pseudonym": name, "kind": kind, "keyId": batch.key_id, "sealed": sealed}

    def deliver(self, *signals: Json, identities: list[Json] | None = None) -> httpx.Response:
        if identities is None:
            identities = [self.sealed("employee", EMPLOYEE_ID), self.sealed("bsn", BSN)]
        body = json.dumps({"signals": signals, "identities": identities})
        headers = {"Content-Type": "application/json"}
        return self.api.call("POST", "/v1/signals", "detector", content=body, headers=headers)

    def signal(self, number: int = 1, **changes: object) -> Json:
        people = {"employee_id": self.name("employee", EMPLOYEE_ID), "subject": self.name("bsn", BSN)}
        return a_signal(number, **(people | changes))

    def item(self) -> str:
        """The id of the one item that is there."""
        (row,) = self.api.rows("SELECT id FROM intake_items")
        return str(row["id"])

    def ask(self, role: str = "investigator", **changes: object) -> httpx.Response:
        form = {"field": "employee", "purpose": "assessment", "reason": "Nodig voor de beoordeling."} | changes
        if "itemId" not in form:
            form["itemId"] = self.item()
        return self.api.call("POST", "/v1/reveals", role, json=form)

    def step(self, step: str, reveal: str, role: str) -> httpx.Response:
        return self.api.call("POST", f"/v1/reveals/{reveal}/{step}", role)

    def disputed(self, item: str | None = None) -> None:
        """Both assessments are in, and differ: nobody may yet assess the item."""
        CaseDesk(self.api).assessed(item or self.item(), verdict("investigation"), no_follow_up())

    def use_up(self) -> None:
        """The reveals that the investigator may have today without another person."""
        for _ in range(self.api.parts.settings.reveals_per_day):
            assert self.ask().status_code == 201

    def everything(self) -> str:
        """All rows of all tables, as text."""
        tables = self.api.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        return repr([self.api.rows(f'SELECT * FROM "{table["name"]}"') for table in tables])


@pytest.fixture
def empty_desk(api: Caller) -> Desk:
    return Desk(api)


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """One item, about an employee and a person whose identities were delivered with it."""
    assert empty_desk.deliver(empty_desk.signal()).status_code == 200
    return empty_desk


@pytest.fixture
def desk_of() -> Callable[[Caller], Desk]:
    return Desk
