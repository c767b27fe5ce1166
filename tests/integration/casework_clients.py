"""Clients of an API that dies at any moment: one delivers, two assess; each does again whatever was not answered."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from services.core.wire import content_hash, to_wire

ONE, OTHER = "investigator", "second-investigator"
PASSING = {409, 412, 503}
"""Answers that say: not now. Anything but these and success is a fault of the API."""
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BATCH = 4
PAUSE = 0.02
Json = dict[str, object]


def signal(number: int, revision: int, employee: int | None = None, evidence: Sequence[Json] = ()) -> Json:
    """A pushed signal; each revision tells one lookup more, so that it is news after a decision."""
    lookups = [f"log-{number}-{each}" for each in range(revision)]
    row: Json = {
        "signal_id": f"s-{number:032x}", "family": "own-file", "rule": "own-file", "rule_version": 1,
        "rule_class": "P", "employee_id": f"p1-{employee or number:032x}", "subject": f"p1-{number + 10**6:032x}",
        "window_start": START, "window_end": START + timedelta(days=1), "first_lookup_at": START,
        "last_lookup_at": START + timedelta(hours=2), "raised_at": START + timedelta(hours=2),
        "as_of": START + timedelta(hours=2 + revision), "lookup_count": revision, "moment_count": 1, "day_count": 1,
        "counting_rule": "moments-30min-v1", "data_categories": ["income"], "shared_count": 0, "lookup_ids": lookups,
        "score": 62.5, "severity": "high", "status": "open", "withdrawn_reason": None, "pushed": True,
        "factors": [{"factor": "relation", "value": "own", "points": 62.5}], "summary": "x", "summary_nl": "x",
        "facts_for": [], "facts_against": [], "facts_unknown": [],
        "counterfactual": {"code": "exempt", "nl": "x", "en": "x"}, "comparison": [], "parent_id": None,
        "settings_hash": "0" * 32, "content_hash": "",
    }  # fmt: skip
    row["content_hash"] = content_hash(row)
    told = to_wire({**row, "evidence": list(evidence)})
    assert isinstance(told, dict)
    return told


def verdict(item: str) -> Json:
    """What both people find, so that they agree."""
    if int(item[-1], 16) % 2:
        return {"verdict": "no-follow-up", "reason": "lawful", "note": "Looked at."}
    return {"verdict": "line-intervention", "note": "Looked at."}


@dataclass
class Clients:
    """Everybody who calls the API at one address; `faults` are answers that nobody should get."""

    url: str
    tokens: Mapping[str, str]
    signals: int
    faults: list[str] = field(default_factory=list)
    answered: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._client = httpx.Client(base_url=self.url, timeout=30)

    def start(self) -> list[threading.Thread]:
        """Each in a thread of its own, until all is done or `stop` is called."""
        work = (self._deliver, lambda: self._assess(ONE), lambda: self._assess(OTHER))
        threads = [threading.Thread(target=each, daemon=True) for each in work]
        for thread in threads:
            thread.start()
        return threads

    def stop(self) -> None:
        """Nobody tries again."""
        self._stop.set()

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def _deliver(self) -> None:
        numbers = range(1, self.signals + 1)
        for revision in (1, 2):
            if revision == 2:
                self._until_all_ended()
            for first in range(0, self.signals, BATCH):
                batch = [signal(number, revision) for number in numbers[first : first + BATCH]]
                self._insist("detector", "/v1/signals", {"signals": batch})

    def _until_all_ended(self) -> None:
        while not self._stop.is_set() and len(self._list(ONE, "closed")) < self.signals:
            self._stop.wait(PAUSE)

    def _assess(self, who: str) -> None:
        """Until both looks of every signal have ended."""
        given: set[str] = set()
        while not self._stop.is_set() and len(given) < 2 * self.signals:
            for item in self._list(who, "open"):
                if item not in given:
                    # every other time with a key, so that both ways of trying again are tried
                    key = {"Idempotency-Key": str(uuid.uuid4())} if len(given) % 2 else {}
                    while not self._stop.is_set() and not self._judge(who, item, key):
                        self._stop.wait(PAUSE)
                    given.add(item)
            self._stop.wait(PAUSE)

    def _judge(self, who: str, item: str, key: Mapping[str, str]) -> bool:
        """Whether the item was read, and assessed as it was read."""
        place = f"/v1/intake-items/{item}"
        read = self._once(who, "GET", place, None, {})
        if read is None:
            return False
        headers = {**key, "If-Match": read.headers["ETag"]}
        return self._once(who, "POST", f"{place}/assessments", verdict(item), headers) is not None

    def _list(self, who: str, kind: str) -> Sequence[str]:
        """The ids of the items that have ended, or of those that have not."""
        ended = {"no-follow-up", "line-intervention"}
        found: list[str] = []
        place: str | None = "/v1/intake-items?limit=200"
        while place is not None and not self._stop.is_set():
            answer = self._once(who, "GET", place, None, {})
            if answer is None:
                self._stop.wait(PAUSE)
                continue
            items = answer.json()["intakeItems"]
            found += [item["id"] for item in items if (item["status"] in ended) == (kind == "closed")]
            place = answer.links.get("next", {}).get("url")
        return found

    def _insist(self, who: str, place: str, body: Json) -> None:
        while not self._stop.is_set() and self._once(who, "POST", place, body, {}) is None:
            self._stop.wait(PAUSE)

    def _once(
        self, who: str, method: str, place: str, body: Json | None, headers: Mapping[str, str]
    ) -> httpx.Response | None:
        """The answer, or None where there was none, or one to come back for."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json", **headers}
        content = None if body is None else json.dumps(body)
        try:
            answer = self._client.request(method, place, content=content, headers=sent)
        except httpx.TransportError:
            return None
        if answer.is_success:
            self.answered += 1
            return answer
        if answer.status_code not in PASSING:
            self.faults.append(f"{method} {place}: {answer.status_code} {answer.text}")
            self.stop()
        return None
