"""Dead letters go to their topic after they were stored, at least once, and whatever fails there stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from services.core.backoff import Backoff
from services.core.clock import SystemClock
from services.core.kafka_broker import Message, Sent, Trouble
from services.detector.metrics import DetectorMetrics
from services.detector.state.connection import sqlite_url
from services.detector.state.store import Commit, Store
from services.detector.telling_letters import LetterTeller, telling_letters
from tests.unit.state.samples import dead, with_tables

SOURCE = "urn:nld:oin:00000000000000000000:systeem:test"


class Topic:
    """Takes messages, or only the first one of each call while there is trouble."""

    def __init__(self, trouble: Trouble | None = None) -> None:
        self.trouble = trouble
        self.taken: list[Message] = []
        self.asked, self.closed = 0, Event()

    def send(self, messages: Sequence[Message]) -> Sent:
        self.asked += 1
        few = messages if self.trouble is None else messages[:1]
        self.taken += few
        return Sent([message.row for message in few], self.trouble)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = with_tables(sqlite_url(tmp_path / "s.sqlite"))
    with closing(Store(url, SystemClock(), letters_to_tell=True)) as store:
        store.claim()
        store.load()
        yield store


def a_teller(store: Store, topic: Topic) -> LetterTeller:
    return LetterTeller(store.untold, topic, SOURCE, DetectorMetrics(), Backoff(0.001, 0.01), idle_seconds=0.01)


def until(true) -> None:
    end = monotonic() + 30
    while not true():
        assert monotonic() < end
        sleep(0.005)


def positions(topic: Topic) -> list[str]:
    return [json.loads(message.value)["data"]["position"] for message in topic.taken]


def test_letters_are_told_in_their_order_keyed_by_partition(store: Store) -> None:
    topic = Topic()
    with telling_letters(a_teller(store, topic)):
        for number in range(3):
            store.commit(Commit(tables={}, dead=dead(f"offset {number}"), partition="t/0"))
        until(lambda: len(topic.taken) == 3)
    assert positions(topic) == ["offset 0", "offset 1", "offset 2"]
    assert {message.key for message in topic.taken} == {b"t/0"}
    assert store.untold.waiting() == 0
    assert topic.closed.is_set()


def test_what_was_stored_shortly_before_the_end_is_told(store: Store) -> None:
    topic, teller = Topic(), None
    teller = a_teller(store, topic)
    teller.idle_seconds = 60
    with telling_letters(teller):
        until(lambda: teller.metrics.registry.get_sample_value("doelbinding_dead_letters_to_tell") == 0)
        store.commit(Commit(tables={}, dead=dead(*(f"offset {number}" for number in range(250))), partition="t/0"))
    assert len(topic.taken) == 250


def test_while_the_brokers_are_away_letters_wait_and_lookups_go_on(store: Store) -> None:
    topic = Topic(Trouble("the brokers are away", refused=False))
    teller = a_teller(store, topic)
    with telling_letters(teller):
        store.commit(Commit(tables={}, dead=dead("a", "b", "c"), partition="t/0"))
        until(lambda: topic.asked >= 2)
        store.commit(Commit(tables={}, dead=dead("d"), partition="t/0"))
        topic.trouble = None
        until(lambda: store.untold.waiting() == 0)
    assert sorted(positions(topic)) == ["a", "b", "c", "d"]


def test_what_nobody_thought_of_ends_nothing(store: Store) -> None:
    class Faulty(Topic):
        def send(self, messages: Sequence[Message]) -> Sent:
            if not self.asked:
                self.asked += 1
                raise ZeroDivisionError
            return super().send(messages)

    topic = Faulty()
    store.commit(Commit(tables={}, dead=dead("a"), partition="t/0"))
    with telling_letters(a_teller(store, topic)):
        until(lambda: topic.taken)
    assert positions(topic) == ["a"]


def test_the_end_is_not_held_up_by_brokers_that_are_away(store: Store) -> None:
    topic = Topic(Trouble("the brokers are away", refused=False))
    store.commit(Commit(tables={}, dead=dead(*(f"offset {number}" for number in range(90))), partition="t/0"))
    with telling_letters(a_teller(store, topic)):
        until(lambda: topic.asked > 0)
    assert store.untold.waiting() > 0
    assert topic.closed.is_set()


def test_what_was_acknowledged_but_not_marked_is_told_again_with_the_same_id(store: Store) -> None:
    store.commit(Commit(tables={}, dead=dead("a"), partition="t/0"))
    first, second = Topic(), Topic()
    killed = a_teller(store, first)
    killed.untold = _Forgetful(store.untold)
    killed._send(store.untold.next(10))
    with telling_letters(a_teller(store, second)):
        until(lambda: second.taken)
    assert first.taken[0].value == second.taken[0].value
    assert store.untold.waiting() == 0


class _Forgetful:
    """Is killed before it can mark."""

    def __init__(self, untold) -> None:
        self.next, self.waiting = untold.next, untold.waiting

    def told(self, letters) -> None:
        pass
