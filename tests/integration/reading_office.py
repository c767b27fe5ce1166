"""Readers of an API that may die at any moment: they open, list, assess and reveal, and mind no failure."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import sqlalchemy as sa

from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from services.core.secret_file import write_once
from services.core.tokens import open_tokens
from services.core.vault import Batch
from services.core.vault_keys import open_public_key
from tests.integration.casework_clients import signal, verdict

EMPLOYEES = {"investigator": "e-reader-1", "second-investigator": "e-reader-2", "lead": "e-reader-3"}
SIGNALS = 12
Json = Mapping[str, object]


class ReadingOffice:
    """The home of an API whose readers are employees, and the clients that call it."""

    def __init__(self, home: Path, url: str, seed: int) -> None:
        home.mkdir(mode=0o700)
        write_once(home / "readers.json", EMPLOYEES)
        self.home, self.url = home, url
        self.ring = open_key_ring(home / "keyring.json")
        self.tokens = open_tokens(home / "tokens.json")
        self.items: list[str] = []
        self._chance = random.Random(seed)

    def begin(self) -> None:
        """Interests of all readers, none of them with any, and signals with sealed identities."""
        known = [{"reader": employee_pseudonym(self.ring, each), "interests": []} for each in EMPLOYEES.values()]
        self.call("admin", "PUT", "/v1/interests", {"readers": known})
        accused = [self._sealed(f"e-accused-{number}") for number in range(SIGNALS)]
        about = [int(str(identity["pseudonym"]).removeprefix("p1-"), 16) for identity in accused]
        signals = [signal(number, 1, employee) for number, employee in enumerate(about, 1)]
        delivery = {"signals": signals, "identities": accused}
        self.call("detector", "POST", "/v1/signals", delivery).raise_for_status()
        listed = self.call("investigator", "GET", "/v1/intake-items?limit=200").json()["intakeItems"]
        self.items = [item["id"] for item in listed]
        for item in self.items:  # so that everybody is revealed whatever becomes of the item
            self.call("lead", "POST", f"/v1/intake-items/{item}/data-breach", {"knownAt": "2026-03-02T09:00:00Z"})

    def work(self) -> None:
        """One thing that a reader does; nobody minds whether it is answered."""
        who, item = self._chance.choice([*EMPLOYEES]), self._chance.choice(self.items)
        number = self._chance.randint(1, SIGNALS)
        with suppress(httpx.TransportError):
            match self._chance.randrange(5):
                case 0:
                    self.call(who, "GET", "/v1/signals?limit=5")
                case 1:
                    self.call(who, "GET", f"/v1/intake-items/{item}/casework")
                case 2:
                    place = f"/v1/intake-items/{item}"
                    read = {"If-Match": self.call(who, "GET", place).headers.get("ETag", "")}
                    self.call(who, "POST", f"{place}/assessments", verdict(item), read)
                case 3:
                    reveal = {"itemId": item, "field": "employee", "purpose": "data-breach-notification", "reason": "x"}
                    self.call(who, "POST", "/v1/reveals", reveal)
                case _:
                    self.call(who, "GET", f"/v1/signals/s-{number:032x}")

    def call(
        self, who: str, method: str, place: str, body: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request. Raises httpx.TransportError where nobody answers."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json", **(headers or {})}
        content = None if body is None else json.dumps(body)
        answer = httpx.request(method, f"{self.url}{place}", content=content, headers=sent, timeout=30, verify=False)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        return answer

    def _sealed(self, employee: str) -> Json:
        batch, name = Batch(open_public_key(self.home)), employee_pseudonym(self.ring, employee)
        sealed = b64encode(batch.envelope + batch.seal("employee", name, employee)).decode()
        return {"pseudonym": name, "kind": "employee", "keyId": batch.key_id, "sealed": sealed}


def lookups_wanted(database: str) -> set[str]:
    """The ids that the audit trail asks for, worked out from its rows alone."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        query = "SELECT action, object_kind, detail, hash FROM audit_entries"
        rows = [*connection.execute(sa.text(query)).mappings()]
    engine.dispose()
    return {f"doelbinding-{bytes(row['hash']).hex()[:32]}-{place}" for row in rows for place in places_of(row)}


def places_of(row: Mapping[str, object]) -> Sequence[int]:
    detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
    if (row["action"], row["object_kind"]) == ("reveal", "intake-item"):
        return [0]
    if (row["action"], row["object_kind"]) != ("read", "signal") or "employee" not in detail:
        return []
    return [0] if detail["shown"] in {"signals", "intake-items"} else [*range(2 * len(detail["signals"]))]
