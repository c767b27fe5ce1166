"""Planted identities go through the real detector and API, and are found nowhere but in the answer of a reveal."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from services.api.main import bare_app
from services.core.clock import SystemClock
from services.core.tokens import ACCOUNTS, open_tokens
from services.core.wire import to_wire
from tests.planted import LOOKER, NAME, OWN, SPOILT, STRANGER, grouped, planted_dataset, planted_in, spoilt_line
from tests.processes import PATIENCE_SECONDS, Ended, doelbinding, free_port, started
from tests.unit.api.access_table import NAMES, OPEN, is_page, routes_of

pytestmark = pytest.mark.slow

DELIVERED = r'doelbinding_deliveries_total\{result="delivered"\} [1-9]'
ALONE = ("/v1/reveals", "/opening")
"""Ends of the routes whose answer may hold an identity: of a reveal, if it is one."""


@dataclass
class Traces:
    """Everything that came out of the two processes, by where it was."""

    found: dict[str, bytes] = field(default_factory=dict)
    revealed: list[str] = field(default_factory=list)
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def answer(self, route: str, answer: httpx.Response) -> None:
        """An answer with its headers; what a reveal shows is set apart."""
        told = answer.headers.get("content-type", "") == "application/json" and route.endswith(ALONE)
        body = answer.json() if told and answer.status_code in (200, 201) else {}
        if "value" in body:
            self.revealed.append(body.pop("value"))
        content = json.dumps(body).encode() if body else answer.content
        key = f"{route} {answer.status_code}"
        self.found[key] = self.found.get(key, b"") + content + repr(answer.headers).encode()
        self.statuses.setdefault(route, set()).add(answer.status_code)

    def given_away(self) -> dict[str, set[str]]:
        return {place: planted for place, content in self.found.items() if (planted := planted_in(content))}


class Visitor:
    """Calls every route as every account, rightly and wrongly, and keeps what is answered."""

    def __init__(self, client: httpx.Client, home: Path, traces: Traces) -> None:
        self._client = client
        self._tokens = open_tokens(home / "tokens.json")
        self._traces = traces

    def call(
        self, method: str, path: str, account: str, route: str = "", version: str | None = None, **options: object
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._tokens[account]}"} | ({"If-Match": version} if version else {})
        with self._client.stream(method, path, headers=headers, **options) as streamed:
            endless = "event-stream" in streamed.headers.get("content-type", "")
            content = next(streamed.iter_bytes(), b"") if endless else streamed.read()
        answer = httpx.Response(streamed.status_code, headers=streamed.headers, content=content)
        self._traces.answer(route or f"{method} {path.partition('?')[0]}", answer)
        return answer

    def read(self, path: str, name: str) -> list[Mapping[str, str]]:
        found: list[Mapping[str, str]] = self.call("GET", path, "investigator").json()[name]
        return found

    def all_routes(self, names: Mapping[str, str]) -> None:
        for route in routes_of(bare_app()):
            method, path = route.split(" ")
            if "metrics" in path or method not in ("GET", "POST", "PUT", "DELETE", "PATCH"):
                continue
            for account in ("investigator",) if route in OPEN else ACCOUNTS:
                self._visit(method, path.format(**NAMES | names), account, route)
            self._visit(method, path.format(**dict.fromkeys(NAMES | names, SPOILT)), "lead", route)

    def _visit(self, method: str, path: str, account: str, route: str) -> None:
        if is_page(route):
            self._as_page(method, path, account, route)
            return
        wrong = dict.fromkeys(("itemId", "field", "reason", "note", "employeeId", "bsn", "purpose", "signals"), SPOILT)
        if method == "GET":
            for query in ("", f"?cursor={SPOILT}", f"?rule={SPOILT}&{SPOILT}=1&limit={SPOILT}"):
                self.call(method, path + query, account, route)
            return
        for options in ({"json": {}}, {"json": wrong}, {"content": f'{{"bsn": "{SPOILT}", {LOOKER}'}):
            self.call(method, path, account, route, **options)

    def _as_page(self, method: str, path: str, account: str, route: str) -> None:
        origin = {"Origin": str(self._client.base_url).rstrip("/")}
        self._client.cookies.clear()
        if account != "detector":
            self._client.post("/sign-in", data={"token": self._tokens[account]}, headers=origin)
        data = {"token": SPOILT, "reason": STRANGER, "note": SPOILT} if method == "POST" else None
        answer = self._client.request(method, path, data=data, headers=origin)
        # a page that is not there leads to where one signs in, and from there back to the address that was typed
        headers = {name: value for name, value in answer.headers.items() if name != "location"}
        self._traces.answer(route, httpx.Response(answer.status_code, headers=headers, content=answer.content))


def reveal_everybody(visitor: Visitor) -> None:
    """Reveals both people of each item, and above the rate with another person's approval."""
    items = [item["id"] for item in visitor.read("/v1/intake-items", "intakeItems")]
    form = {"purpose": "assessment", "reason": "Nodig voor de beoordeling van dit signaal."}
    for _ in range(12):
        for item in items:
            for whose in ("employee", "subject"):
                body = form | {"itemId": item, "field": whose}
                answer = visitor.call("POST", "/v1/reveals", "investigator", json=body)
                if answer.status_code == 202:
                    assess(visitor, item, "lead")  # who may yet assess the item does not approve it
                    waiting = f"/v1/reveals/{answer.json()['id']}"
                    visitor.call("POST", f"{waiting}/approval", "lead")
                    visitor.call("POST", f"{waiting}/opening", "investigator")
                    return


def assess(visitor: Visitor, item: str, account: str) -> None:
    at = f"/v1/intake-items/{item}"
    version = visitor.call("GET", f"{at}/casework", account).headers["ETag"]
    verdict = {"verdict": "investigation", "note": "Het verhaal en de raadplegingen gelezen."}
    assert visitor.call("POST", f"{at}/assessments", account, version=version, json=verdict).status_code == 201


def search_everybody(visitor: Visitor) -> None:
    people = ({"bsn": OWN}, {"bsn": STRANGER}, {"employeeId": LOOKER}, {"bsn": OWN, "employeeId": LOOKER})
    for person in people:
        body = person | {"purpose": "investigation", "reason": "Een vraag van iemand."}
        visitor.call("POST", "/v1/signals/_search", "second-investigator", json=body)


def name_people_in_texts(visitor: Visitor, item: str) -> None:
    """Writes a number in groups into every text that may be given, in forms that are right otherwise."""
    at, now = f"/v1/intake-items/{item}", to_wire(SystemClock().now())
    for text in (f"Over burger {group}." for group in grouped(STRANGER)):
        reveal = {"itemId": item, "field": "employee", "purpose": "assessment", "reason": "Nodig."}
        search = {"bsn": OWN, "purpose": "investigation", "reason": text}
        verdict = {"verdict": "investigation", "note": text}
        outcome = {"outcome": "not-established", "findings": [], "reportSentAt": now, "note": text}
        breach = dict.fromkeys(("nature", "contact", "consequences", "measures"), text) | {"knownAt": now}
        notified = {"decision": "notified", "notifiedAt": now, "delayReason": text}
        for route, body in (
            ("/v1/reveals", reveal | {"reason": text}),
            ("/v1/reveals", reveal | {"caseNumber": text}),
            ("/v1/signals/_search", search),
            (f"{at}/notes", {"note": text}),
            (f"{at}/assessments", verdict),
            (f"{at}/settlement", verdict),
            (f"{at}/outcome", outcome),
            (f"{at}/outcome/confirmation", {"agrees": False, "note": text}),
            (f"{at}/assignments", {"assignee": text}),
            (f"{at}/data-breach", breach),
            (f"{at}/data-breach/notification", notified),
        ):
            answer = visitor.call("POST", route, "lead", route=f"text in {route}", json=body)
            assert answer.status_code == 400, (route, answer.text)
        for name in ("actor", "objectId", "action"):
            visitor.call("GET", "/v1/audit-entries", "auditor", params={name: text})
            visitor.call("GET", "/v1/audit-entries", "auditor", params={name: STRANGER})


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    folder = tmp_path_factory.mktemp("planted")
    home, dataset, port = folder / "home", planted_dataset(folder / "dataset"), free_port()
    with (dataset / "lookups" / "march.ndjson").open("ab") as file:
        file.write(spoilt_line())
    found = Traces()
    with started(home, "serve", "--port", "0") as api:
        url = api.until_it_says(r"Pages: +(http://[\d.:]+)")[1]
        detect = ("detect", dataset, "--api", url, "--follow", "--metrics-port", str(port))
        with started(home, *detect) as detector, httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
            detector.until_metrics_say(f"http://127.0.0.1:{port}", DELIVERED)
            visitor = Visitor(client, home, found)
            (signal,) = (item["signalId"] for item in visitor.read("/v1/intake-items", "intakeItems"))
            (item,) = (item["id"] for item in visitor.read("/v1/intake-items", "intakeItems"))
            reveal_everybody(visitor)
            search_everybody(visitor)
            name_people_in_texts(visitor, item)
            visitor.all_routes({"signalId": signal, "itemId": item})
            found.found["api's metrics"] = client.get("/metrics").content
            found.found["detector's metrics"] = client.get(f"http://127.0.0.1:{port}/metrics").content
            _keep_files(found, home)  # while both run, so that what stands in the journals alone is seen too
            detector.told_to_stop()
        api.told_to_stop()
    letters = doelbinding(home, "dead-letters", "list", "--json")
    found.found["dead letters"] = _said(letters)
    _keep_files(found, home)
    return found


def _keep_files(traces: Traces, home: Path) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            traces.found[f"file {path.name}"] = path.read_bytes()


def _said(ended: Ended) -> bytes:
    assert ended.code == 0, ended.err
    return (ended.out + ended.err).encode()


def test_the_identities_can_be_found_where_they_are() -> None:
    for written in (OWN, *grouped(OWN)):
        assert planted_in(f"x{written}y".encode()) == {OWN}
    for before in ("", "a", "ab", "abc"):
        assert planted_in(base64.b64encode(f"{before}{LOOKER} and more".encode())) == {LOOKER}
        assert planted_in(base64.urlsafe_b64encode(f"{before}{NAME}".encode())) == {NAME}


def test_reveals_show_them_to_who_may_ask_and_a_second_person_agreed_to_one(traces: Traces) -> None:
    assert {LOOKER, OWN} <= set(traces.revealed)
    assert traces.statuses["POST /v1/reveals"] >= {201, 202}
    assert any(route.endswith("/opening") and 200 in statuses for route, statuses in traces.statuses.items())


def test_every_route_was_called_and_some_calls_of_each_kind_went_well(traces: Traces) -> None:
    visited = {route for route in routes_of(bare_app()) if "metrics" not in route}
    assert visited <= set(traces.statuses)
    assert traces.statuses["POST /v1/signals/_search"] >= {200, 400}
    assert 200 in traces.statuses["GET /v1/signals/{signalId}/lookups"]
    assert 200 in traces.statuses["GET /signals/{signalId}"]


def test_files_logs_metrics_and_the_dead_letter_were_looked_at(traces: Traces) -> None:
    names = set(traces.found)
    assert {"file api.sqlite", "file detector.sqlite", "file vault-key.json"} <= names
    assert any(name.endswith(".err") for name in names)
    assert b"doelbinding_api_reveals_total" in traces.found["api's metrics"]
    assert json.loads(traces.found["dead letters"])


def test_no_log_metric_address_error_database_or_pseudonymous_answer_gives_anybody_away(traces: Traces) -> None:
    assert traces.given_away() == {}
