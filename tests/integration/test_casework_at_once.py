"""People who act on one item at the same instant: each is heard once, and nobody too many."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from services.api.db.migrate import migrate
from services.api.main import create_app
from services.api.settings import ApiSettings, load_settings
from services.core.clock import SystemClock
from tests.integration.casework_clients import Json, signal, verdict

ONE, OTHER, LEAD = "investigator", "second-investigator", "lead"
ROUNDS = 10
LATER: Json = {
    "lookup_id": "log-later", "occurred_at": "2999-06-01T00:00:00Z", "system": "sonar", "action": "view",
    "searched_by": "bsn", "data_categories": None, "record_count": 1, "state": "unexplained", "explanation": None,
}  # fmt: skip
"""A lookup after any warning that is in force until the end of that year."""
Call = tuple[str, str, str, Json]
"""Who, method, place, body."""


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> ApiSettings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    made = load_settings(home=home, database_url=url)
    migrate(made.database)
    return made


def at_once(settings: ApiSettings, rounds: Sequence[Sequence[Call]]) -> list[list[httpx.Response]]:
    """The answers of each round, whose calls are all sent before any is answered.

    Who assesses reads first, and again where somebody came before.
    """

    async def run() -> list[list[httpx.Response]]:
        app = create_app(settings, SystemClock())
        tokens = app.state.parts.tokens
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://api.test") as client,
        ):

            async def send(who: str, method: str, place: str, body: Json) -> httpx.Response:
                headers = {"Authorization": f"Bearer {tokens[who]}"}
                if not place.endswith("/assessments"):
                    return await client.request(method, place, json=body, headers=headers)
                answer = None
                while answer is None or answer.status_code == HTTPStatus.PRECONDITION_FAILED:
                    read = await client.get(place, headers=headers)
                    on_that = {**headers, "If-Match": read.headers["ETag"]}
                    answer = await client.request(method, place, json=body, headers=on_that)
                return answer

            return [list(await asyncio.gather(*(send(*call) for call in calls))) for calls in rounds]

    return asyncio.run(run())


def opened(settings: ApiSettings, count: int) -> list[str]:
    """The ids of that many new items."""
    batch = {"signals": [signal(number, 1) for number in range(1, count + 1)]}
    calls: list[list[Call]] = [[("detector", "POST", "/v1/signals", batch)], [(LEAD, "GET", "/v1/intake-items", {})]]
    (delivered,), (listed,) = at_once(settings, calls)
    assert delivered.status_code == 200, delivered.text
    return [item["id"] for item in listed.json()["intakeItems"]]


def assess(who: str, item: str) -> Call:
    return who, "POST", f"/v1/intake-items/{item}/assessments", verdict(item)


def test_two_who_assess_at_once_decide_together(settings: ApiSettings) -> None:
    items = opened(settings, ROUNDS)
    for answers in at_once(settings, [[assess(ONE, item), assess(OTHER, item)] for item in items]):
        assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
        assert sorted(answer.json()["item"]["assessmentCount"] for answer in answers) == [1, 2]


def test_of_three_at_once_the_third_is_refused(settings: ApiSettings) -> None:
    items = opened(settings, ROUNDS)
    rounds = [[assess(who, item) for who in (ONE, OTHER, LEAD)] for item in items]
    for answers in at_once(settings, rounds):
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409]


def test_one_person_twice_at_once_is_heard_once(settings: ApiSettings) -> None:
    items = opened(settings, ROUNDS)
    for answers in at_once(settings, [[assess(ONE, item)] * 3 for item in items]):
        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]


def test_a_delivery_and_assessments_at_once_wait_for_each_other(settings: ApiSettings) -> None:
    items = opened(settings, ROUNDS)
    again = {"signals": [signal(number, 2) for number in range(ROUNDS, 0, -1)]}
    calls: list[Call] = [("detector", "POST", "/v1/signals", again)]
    calls += [assess(who, item) for item in items for who in (ONE, OTHER)]
    (answers,) = at_once(settings, [calls])
    assert {answer.status_code for answer in answers} == {200, 201}
    (item,) = at_once(settings, [[(LEAD, "GET", f"/v1/intake-items/{items[0]}", {})]])[0]
    assert item.json()["status"] in {"no-follow-up", "line-intervention"}


def test_decisions_and_a_delivery_that_both_open_the_next_item_open_one(settings: ApiSettings) -> None:
    items = opened(settings, ROUNDS)

    def revision(number: int) -> Call:
        signals = [signal(each, number) for each in range(1, ROUNDS + 1)]
        return "detector", "POST", "/v1/signals", {"signals": signals}

    first = [assess(ONE, item) for item in items]
    second = [assess(OTHER, item) for item in items]
    *_, answers = at_once(settings, [first, [revision(2)], [revision(3), *second]])
    assert {answer.status_code for answer in answers} == {200, 201}, [answer.text for answer in answers]
    (listed,) = at_once(settings, [[(LEAD, "GET", "/v1/intake-items?limit=100", {})]])[0]
    looks = [(item["signalId"], item["lookNumber"]) for item in listed.json()["intakeItems"]]
    assert sorted(look for _, look in looks) == [1] * ROUNDS + [2] * ROUNDS
    assert len(set(looks)) == 2 * ROUNDS


def test_warnings_on_two_items_of_one_employee_at_once_are_both_recorded(settings: ApiSettings) -> None:
    """Each measure changes the other's item too; whoever has to give way is done again."""
    signals = [signal(number + place, 1, number, [LATER]) for number in range(1, ROUNDS, 2) for place in (0, 1)]
    calls: list[list[Call]] = [
        [("detector", "POST", "/v1/signals", {"signals": signals})],
        [(LEAD, "GET", "/v1/intake-items", {})],
    ]
    items = at_once(settings, calls)[1][0].json()["intakeItems"]
    body: Json = {"verdict": "line-intervention", "note": "Looked at."}
    assessed: list[Call] = [
        (who, "POST", f"/v1/intake-items/{item['id']}/assessments", body) for item in items for who in (ONE, OTHER)
    ]
    at_once(settings, [assessed])
    now = SystemClock().now()
    measures: list[list[Call]] = []
    for number, of_one in enumerate(pairs_of(items)):
        taken = [now - timedelta(milliseconds=place * (number % 2)) for place in (0, 1)]  # the same warning, or another
        measures.append([warn(item["id"], at) for item, at in zip(of_one, taken, strict=True)])
    for answers in at_once(settings, measures):
        assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
    (after,) = at_once(settings, [[(LEAD, "GET", "/v1/intake-items", {})]])[0]
    assert {item["priority"] for item in after.json()["intakeItems"]} == {82.5}


def warn(item: object, at: datetime) -> Call:
    body: Json = {"kind": "written-warning", "takenAt": at.isoformat(), "decidedBy": "director"}
    return LEAD, "POST", f"/v1/intake-items/{item}/measures", body | {"inForceUntil": "3000-01-01T00:00:00Z"}


def pairs_of(items: Sequence[Json]) -> list[list[Json]]:
    """The items of each employee."""
    found: dict[object, list[Json]] = {}
    for item in items:
        found.setdefault(item["employeeId"], []).append(item)
    return list(found.values())
