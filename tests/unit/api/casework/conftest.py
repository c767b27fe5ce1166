"""People at work on the items of a real API: three who may assess, and what they send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from services.core.wire import to_wire
from tests.unit.api.conftest import START, Caller, Json, a_signal, lookup

ONE, OTHER, LEAD = "investigator", "second-investigator", "lead"
PEOPLE = (ONE, OTHER, LEAD)
JSON = {"Content-Type": "application/json"}
NOTE = "Seen the story and the evidence."


def no_follow_up(reason: str = "lawful", note: str = NOTE) -> Json:
    return {"verdict": "no-follow-up", "reason": reason, "note": note}


def verdict(word: str, note: str = NOTE) -> Json:
    return {"verdict": word, "note": note}


class Desk:
    """Sends the actions of people on items."""

    def __init__(self, api: Caller) -> None:
        self.api = api

    def opens(self, number: int = 1, **changes: object) -> str:
        """Delivers a signal; the id of its newest item."""
        signal = a_signal(number, **changes)
        self.api.results(signal)
        return str(self.items(signal["signalId"])[-1]["id"])

    def items(self, signal_id: object) -> list[Mapping[str, object]]:
        return [*self.api.rows(f"SELECT * FROM intake_items WHERE signal_id = '{signal_id}' ORDER BY look_number")]

    def revises(self, number: int = 1, hours: int = 10, **changes: object) -> Json:
        """Delivers a later revision of the signal."""
        signal = a_signal(number, as_of=START + timedelta(hours=hours), **changes)
        self.api.results(signal)
        return signal

    def looks_again(self, number: int = 1, hours: int = 10, lookups: tuple[int, ...] = (1, 2, 3, 4), **changes: object):
        ids = [f"log-{each}" for each in lookups]
        evidence = [lookup(each) for each in lookups]
        return self.revises(number, hours, lookup_ids=ids, lookup_count=len(ids), evidence=evidence, **changes)

    def withdraws(self, number: int = 1, hours: int = 10) -> Json:
        fact = {"code": "late-link", "nl": "Er was een zaak.", "en": "There was a case."}
        told = {"status": "withdrawn", "withdrawn_reason": "a link was registered late", "facts_against": [fact]}
        return self.revises(number, hours, **told)

    def sends(self, who: str, item: str, place: str, body: object = None, **headers: str) -> httpx.Response:
        content = None if body is None else json.dumps(to_wire(body))
        url = f"/v1/intake-items/{item}/{place}"
        return self.api.call("POST", url, who, content=content, headers={**JSON, **headers})

    def decides(self, who: str, item: str, place: str, body: object) -> httpx.Response:
        """The same, on the version that is there now."""
        return self.sends(who, item, place, body, **{"If-Match": self.etag(item)})

    def etag(self, item: str, who: str = LEAD) -> str:
        return self.api.get(f"/v1/intake-items/{item}/casework", who).headers["ETag"]

    def view(self, item: str, who: str = ONE) -> Json:
        answer = self.api.get(f"/v1/intake-items/{item}/casework", who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def status(self, item: str) -> object:
        return self.api.rows(f"SELECT status FROM intake_items WHERE id = '{item}'")[0]["status"]

    def assessed(self, item: str, *verdicts: Json) -> str:
        """Both people assess; the status after that."""
        for who, given in zip(PEOPLE, verdicts, strict=False):
            answer = self.decides(who, item, "assessments", given)
            assert answer.status_code == 201, answer.text
        return str(self.status(item))

    def under_investigation(self, number: int = 1) -> str:
        """An item whose investigation the first investigator is on."""
        item = self.opens(number)
        assert self.assessed(item, verdict("investigation"), verdict("investigation")) == "investigation"
        return item

    def concluded(self, number: int = 1, **changes: object) -> str:
        """An item whose outcome, found by the first investigator, the other confirmed."""
        item = self.under_investigation(number)
        assert self.decides(ONE, item, "outcome", self.outcome(**changes)).status_code == 201
        assert self.decides(OTHER, item, "outcome/confirmation", {"agrees": True}).status_code == 201
        return item

    def outcome(self, **changes: object) -> Json:
        return {"outcome": "not-established", "findings": [], "reportSentAt": self.api.clock.now(), "note": NOTE} | {
            **changes
        }

    def audit(self, item: str) -> list[Json]:
        rows = self.api.rows("SELECT * FROM audit_entries ORDER BY sequence")
        return [{**row, "detail": json.loads(row["detail"])} for row in rows if row["object_id"] == item]


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["code"], error["pointer"]) for error in answer.json()["errors"]]


def with_people(api: Caller, people: Mapping[str, str]) -> Caller:
    """The same API, with employees behind these accounts."""
    api.app.state.parts = replace(api.parts, people=people)
    return api


@pytest.fixture
def desk(api: Caller) -> Desk:
    return Desk(api)
