"""Whoever follows the queue hears of each item that is new or changed, once, and nothing about a person."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack

import httpx
import pytest

from services.api.db.engine import open_engine, reading, writing
from services.api.db.migrate import migrate
from services.api.db.tables import intake_items, signals
from services.api.embedded import EmbeddedApi
from services.api.followers import MOST_OF_ONE
from services.api.news import KEPT, Reel, forget_old
from services.api.settings import load_settings
from services.core.reading import NOT_ASSIGNED
from services.core.tokens import open_tokens
from tests.unit.api.conftest import START, a_signal, signal_id

URL = "/v1/intake-items/_events"
pytestmark = pytest.mark.slow  # each test starts a server


@pytest.fixture
def served(tmp_path):
    with EmbeddedApi(load_settings(home=tmp_path, port=0)) as api:
        tokens = open_tokens(tmp_path / "tokens.json")

        def client(role):
            return httpx.Client(base_url=api.url, headers={"Authorization": f"Bearer {tokens[role]}"}, timeout=30)

        api.client = client
        yield api


def deliver(api, *numbers, **changes):
    with api.client("detector") as detector:
        body = {"signals": [a_signal(number, **changes) for number in numbers]}
        assert detector.post("/v1/signals", json=body).status_code == 200


def following(client, last=None):
    return client.stream("GET", URL, headers={} if last is None else {"Last-Event-ID": last})


def hear(lines, count):
    """So many events of items, each with its id, as data."""
    heard, place = [], None
    for line in lines:
        if line.startswith("data: "):
            heard.append(json.loads(line.removeprefix("data: ")))
        elif line.startswith("id: "):
            place = line.removeprefix("id: ")
        elif not line and len(heard) == count:
            break
    return heard, place


def test_an_item_that_is_new_is_told_with_its_address_and_without_a_person(served):
    with served.client("investigator") as reader, following(reader) as stream:
        lines = stream.iter_lines()
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert next(lines) == ": following"
        deliver(served, 1)
        ((told,), _) = hear(lines, 1)
        assert told.keys() == {"itemId", "signalId", "status", "version", "withdrawn", "dataref"}
        assert (told["signalId"], told["status"], told["withdrawn"]) == (signal_id(1), "received", False)
        assert reader.get(told["dataref"]).json()["id"] == told["itemId"]


def test_each_hears_of_the_items_that_are_for_their_role(served):
    with ExitStack() as stack:
        heard = {}
        for role in ("lead", "auditor"):
            client = stack.enter_context(served.client(role))
            heard[role] = stack.enter_context(following(client)).iter_lines()
            next(heard[role])
        deliver(served, 1, rule=NOT_ASSIGNED)
        deliver(served, 2)
        deliver(served, 3, rule=NOT_ASSIGNED)
        assert [told["signalId"] for told in hear(heard["auditor"], 2)[0]] == [signal_id(1), signal_id(3)]
        assert [told["signalId"] for told in hear(heard["lead"], 1)[0]] == [signal_id(2)]


def test_whoever_connects_again_hears_what_came_meanwhile_and_nothing_twice(served):
    with served.client("lead") as reader:
        with following(reader) as stream:
            lines = stream.iter_lines()
            next(lines)
            deliver(served, 1)
            _, place = hear(lines, 1)
        deliver(served, 2, 3)
        with following(reader, place) as stream:
            heard, _ = hear(stream.iter_lines(), 2)
    assert [told["signalId"] for told in heard] == [signal_id(2), signal_id(3)]


def test_what_was_in_the_queue_before_is_no_news(served):
    deliver(served, 1)
    with served.client("lead") as reader, following(reader) as stream:
        lines = stream.iter_lines()
        next(lines)
        deliver(served, 2)
        ((told,), _) = hear(lines, 1)
    assert told["signalId"] == signal_id(2)


def test_one_reader_has_a_few_connections_and_gets_the_place_back(served):
    with served.client("lead") as reader:
        with ExitStack() as stack:
            lines = [stack.enter_context(following(reader)).iter_lines() for _ in range(MOST_OF_ONE)]
            assert [next(each) for each in lines] == [": following"] * MOST_OF_ONE
            refused = reader.get(URL)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
        for _ in range(100):
            with following(reader) as stream:
                if stream.status_code == 200:
                    return
                threading.Event().wait(0.1)
        pytest.fail("a place was not given back")


@pytest.mark.parametrize("last", ["x", "-1", "9" * 19, "１"])
def test_a_place_that_is_none_is_a_400(served, last):
    with served.client("lead") as reader:
        answer = reader.get(URL, headers={"Last-Event-ID": last.encode()})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "Last-Event-ID"


def test_head_does_not_wait_for_news(served):
    with served.client("lead") as reader:
        assert reader.head(URL).headers["Content-Type"].startswith("text/event-stream")


def test_who_may_not_read_may_not_follow(served):
    with served.client("soc") as reader:
        assert reader.get(URL).status_code == 403


def test_a_service_that_stops_lets_followers_go(tmp_path):
    with EmbeddedApi(load_settings(home=tmp_path, port=0)) as api:
        token = open_tokens(tmp_path / "tokens.json")["lead"]
        with httpx.stream("GET", api.url + URL, headers={"Authorization": f"Bearer {token}"}, timeout=60) as stream:
            lines = stream.iter_lines()
            next(lines)
            stopping = threading.Thread(target=api.__exit__, args=(None, None, None))
            stopping.start()
            assert list(lines)[:1] == ["retry: 2000"]  # ends, and is not broken off
            stopping.join()


async def add_item(connection, number):
    body = {"employeeId": None}
    signal = {"signal_id": signal_id(number), "revision": 1, "content_hash": "0", "as_of": START, "rule": "own-file"}
    known = {"rule_class": "P", "severity": "high", "status": "open", "pushed": True, "score": 1.0, "body": body}
    await connection.execute(signals.insert(), [signal | known | {"raised_at": START, "received_at": START}])
    item = {"id": f"i-{number}", "signal_id": signal_id(number), "look_number": 1, "rule": "own-file"}
    told = {"status": "received", "priority": 1.0, "withdrawn": False, "received_at": START}
    await connection.execute(intake_items.insert(), [item | told | {"severity": "high", "raised_at": START}])


async def heard_around_a_late_commit(url):
    """What is told before and after a transaction ends that wrote before another one that has ended."""
    engine = open_engine(url)
    async with reading(engine) as connection:
        reel = await Reel.from_now(connection)
    told = []

    async def listen():
        async with reading(engine) as connection:
            told.append([row.item_id for row in await reel.next(connection, ())])

    async with writing(engine) as late:
        await add_item(late, 1)
        async with writing(engine) as early:
            await add_item(early, 2)
        await listen()
    await listen()
    await listen()
    await engine.dispose()
    return told


def test_what_commits_late_is_told_in_its_place(postgresql):
    migrate(postgresql)
    assert asyncio.run(heard_around_a_late_commit(postgresql)) == [[], ["i-1", "i-2"], []]


async def after_forgetting(url):
    engine = open_engine(url)
    async with writing(engine) as connection:
        await add_item(connection, 1)
        await connection.exec_driver_sql(f"UPDATE item_news SET id = id + {KEPT}")
        await connection.exec_driver_sql("UPDATE intake_items SET status = 'in-assessment'")
        await connection.exec_driver_sql("UPDATE intake_items SET priority = 2")
        before = (await connection.exec_driver_sql("SELECT status FROM item_news ORDER BY id")).scalars().all()
        await connection.exec_driver_sql(f"UPDATE item_news SET id = id - {KEPT} WHERE status = 'received'")
        await forget_old(connection)
        kept = (await connection.exec_driver_sql("SELECT status FROM item_news")).scalars().all()
        told = [await Reel(place).forgotten(connection) for place in (0, KEPT + 1)]
    await engine.dispose()
    return before, kept, told


def test_old_news_is_forgotten_and_whoever_missed_it_is_told(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}"
    migrate(url)
    before, kept, told = asyncio.run(after_forgetting(url))
    assert before == ["received", "in-assessment"]  # a priority is no news
    assert kept == ["in-assessment"]
    assert told == [True, False]
