"""A request sent twice under one Idempotency-Key does one thing, and gets one answer."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from fastapi import HTTPException
from sqlalchemy import func, select

from services.api.db.deliveries import answered_requests
from services.api.db.engine import reading
from services.api.db.migrate import migrate
from services.api.db.tables import warnings
from services.api.main import create_app
from services.api.once import KEPT, Once
from services.api.routes.answer import json_answer
from services.api.settings import load_settings
from services.core.wire import to_wire
from tests.unit.api.conftest import START, SetClock

EMPLOYEE = f"p1-{1:032x}"
KEY = "3f0c1b4e-6a52-4c0f-9d6e-0f7f4f1f2a10"


def body(**changes):
    told = {"employeeId": EMPLOYEE, "givenAt": to_wire(START), "until": to_wire(START + timedelta(days=365))}
    return told | {"reason": "unlawful-consultation"} | changes


@pytest.fixture
def warn(api):
    def post(key=KEY, role="lead", content=None, **changes):
        headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
        content = content or json.dumps(body(**changes))
        return api.call("POST", "/v1/warnings", role, content=content, headers=headers)

    return post


def recorded(api):
    return len(api.rows("SELECT id FROM warnings"))


def test_the_same_request_gets_the_first_answer_and_does_nothing_again(api, warn):
    first = warn()
    api.clock.at += timedelta(hours=1)
    again = warn()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert recorded(api) == 1


def test_without_a_key_nothing_is_remembered(api, warn):
    assert [warn(key=None).status_code for _ in range(2)] == [201, 409]
    assert api.rows("SELECT * FROM answered_requests") == []


def test_a_key_in_quotes_is_the_same_key(api, warn):
    warn()
    assert warn(key=f'"{KEY}"').status_code == 201
    assert recorded(api) == 1


def test_another_request_under_the_same_key_is_refused(api, warn):
    warn()
    answer = warn(reason="other")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Another request was sent under this Idempotency-Key")
    assert recorded(api) == 1


@pytest.mark.parametrize("key", ["short", "x" * 129, "with a space", "", '"half-quoted'])
def test_a_key_that_is_none_is_told(warn, key):
    answer = warn(key=key)
    assert answer.status_code == 400
    assert (answer.json()["errors"][0]["location"], answer.json()["errors"][0]["pointer"]) == (
        "header",
        "Idempotency-Key",
    )


def test_what_failed_may_be_tried_again_under_its_key(api, warn):
    warn(key="another-key-0001")
    assert warn().status_code == 409
    api.rows("DELETE FROM warnings")
    assert warn().status_code == 201


def test_a_key_is_forgotten_after_a_day(api, warn):
    warn()
    api.clock.at += KEPT
    assert warn(reason="other").status_code == 201
    assert recorded(api) == 2


def test_what_is_older_than_a_day_is_removed_by_the_next_that_comes(api, warn):
    for number in range(3):
        warn(key=f"key-number-{number}", givenAt=to_wire(START + timedelta(minutes=number)))
    api.clock.at += KEPT
    warn(key="key-number-3", givenAt=to_wire(START + timedelta(minutes=3)))
    assert len(api.rows("SELECT id FROM answered_requests")) == 1


def test_neither_key_nor_account_nor_request_can_be_read_from_what_is_kept(api, warn):
    warn()
    (row,) = api.rows("SELECT id, fingerprint, headers FROM answered_requests")
    assert all(word not in json.dumps(row) for word in (KEY, "lead", EMPLOYEE, "unlawful"))


@pytest.fixture
def seal(api):
    return api.parts.requests


def test_where_one_part_of_a_request_ends_counts(seal):
    assert seal.hash("ab", "c") != seal.hash("a", "bc")
    assert seal.hash("ab", "c") == seal.hash("ab", b"c")


@pytest.fixture
def once(api):
    """Requests of one account under one key, as a route would have them."""

    async def nothing(_connection):
        pass

    def make(fingerprint="f", check=nothing):
        return Once(api.parts, "row", fingerprint, check)

    return make


def run(api, work):
    return api.portal.call(work)


async def deed(once, answer, *, keep=True):
    async with once.writing():
        return once.answer(answer, keep=keep)


def test_an_answer_that_may_not_be_kept_is_pointed_to(api, once):
    secret = json_answer({"value": "not to be stored"}, {"Location": "/v1/reveals/r-1"}, 201)
    run(api, lambda: deed(once(), secret, keep=False))
    assert api.rows("SELECT body FROM answered_requests") == [{"body": None}]
    with pytest.raises(HTTPException) as caught:
        run(api, lambda: deed(once(), secret, keep=False))
    assert (caught.value.status_code, caught.value.headers["location"]) == (409, "/v1/reveals/r-1")


def test_a_repeat_is_shown_only_to_those_who_may_still_see_it(api, once):
    async def refuse(_connection):
        raise HTTPException(403, "There is an interest.")

    run(api, lambda: deed(once(), json_answer({})))
    with pytest.raises(HTTPException, match="There is an interest"):
        run(api, lambda: deed(once(check=refuse), json_answer({})))


def test_a_route_that_gives_no_answer_stores_nothing(api, once):
    async def forgetful():
        async with once().writing():
            pass

    with pytest.raises(RuntimeError, match="without its answer"):
        run(api, forgetful)
    assert api.rows("SELECT id FROM answered_requests") == []


async def at_once(app, count):
    """The same warning from several senders at the same moment."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    token = app.state.parts.tokens["lead"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": KEY}
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        posts = [client.post("/v1/warnings", json=body(), headers=headers) for _ in range(count)]
        answers = await asyncio.gather(*posts)
        async with reading(app.state.parts.engine) as connection:
            stored = [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (warnings, answered_requests)
            ]
    return answers, stored


def one_deed_for_all(home, url):
    migrate(url)
    home.mkdir(mode=0o700)
    answers, stored = asyncio.run(at_once(create_app(load_settings(home=home, database_url=url), SetClock()), 8))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert stored == [1, 1]


def test_of_many_at_the_same_moment_one_does_it_and_all_get_its_answer(tmp_path):
    one_deed_for_all(tmp_path / "home", f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}")


def test_on_postgresql_too_one_does_it_and_all_get_its_answer(tmp_path, postgresql):
    one_deed_for_all(tmp_path / "home", postgresql)
