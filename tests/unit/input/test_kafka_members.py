"""What becomes of partitions that come and go, without a broker: the client is reduced to what it was told."""

from __future__ import annotations

from uuid import UUID

import pytest
from kafka import TopicPartition

from services.detector.sources.kafka import members
from services.detector.sources.kafka.members import Members
from services.detector.sources.kafka.rebalances import Rebalances

FIRST, SECOND = TopicPartition("lookups", 0), TopicPartition("lookups", 1)


class Metadata:
    """Knows one topic."""

    id = UUID("0b6d2a1f-0000-4000-8000-000000000001")

    def topic_id(self, _topic: str) -> UUID:
        return self.id


class Client:
    """Keeps places and pauses, as a consumer does, and lets nothing wait."""

    def __init__(self) -> None:
        self.places: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()
        self._cluster = Metadata()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.places[partition] = offset

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= set(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused -= set(partitions)

    def beginning_offsets(self, partitions: list[TopicPartition], _timeout: float) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 3)


class Group:
    """A consumer in its group, with a store that knows where to read on."""

    def __init__(self, doubt_seconds: float = 0.0) -> None:
        self.client = Client()
        self.rebalances = Rebalances(self.client)
        self.stored: dict[str, int] = {"lookups/1": 40}
        self.claims: list[str] = []
        self.full: set[str] = set()
        self.ids: list[str | None] = []
        self.members = Members(self.client, self.rebalances, self.claim, doubt_seconds, self.has_room)

    def claim(self, name: str, topic_id: str | None) -> int | None:
        self.claims.append(name)
        self.ids.append(topic_id)
        return self.stored.get(name)

    def has_room(self, name: str) -> bool:
        return name not in self.full

    def given(self, *partitions: TopicPartition) -> None:
        self.rebalances.on_partitions_assigned(partitions)
        self.members.settle()


@pytest.fixture
def group() -> Group:
    return Group()


def test_a_partition_is_read_only_once_it_is_claimed(group):
    group.given(FIRST, SECOND)
    assert group.client.paused == {FIRST, SECOND}
    assert group.members.owned == {}
    group.members.claim_new()
    assert group.claims == ["lookups/0", "lookups/1"]
    assert group.client.places == {FIRST: 3, SECOND: 40}
    assert group.client.paused == set()


@pytest.mark.parametrize(("told", "claimed"), [(Metadata.id, str(Metadata.id)), (UUID(int=0), None), (None, None)])
def test_a_partition_is_claimed_with_the_id_of_its_topic_where_the_broker_tells_one(group, told, claimed):
    group.client._cluster.id = told
    group.given(FIRST)
    group.members.claim_new()
    group.members.hold("lookups/0", 0.0, 100)
    assert group.ids == [claimed]
    assert group.members.owned[FIRST].topic_id == claimed


def test_a_claim_that_fails_is_tried_again_and_leaves_the_others_alone(group):
    group.given(FIRST, SECOND)
    refusals = iter([OSError("the store is away")])

    def claim(name: str, _topic_id: str | None) -> int | None:
        if error := next(refusals, None):
            raise error
        return group.stored.get(name)

    group.members._claim = claim
    with pytest.raises(OSError, match="the store is away"):
        group.members.claim_new()
    assert group.client.paused == {FIRST, SECOND}
    group.members.claim_new()
    assert set(group.members.owned) == {FIRST, SECOND}


@pytest.mark.parametrize("went", ["on_partitions_revoked", "on_partitions_lost"])
def test_what_went_is_dropped_before_and_after_it_was_claimed(group, went):
    group.given(FIRST)
    group.members.claim_new()
    owned = group.members.owned[FIRST]
    getattr(group.rebalances, went)([FIRST])
    group.given(SECOND)
    getattr(group.rebalances, went)([SECOND])
    group.members.settle()
    group.members.claim_new()
    assert group.members.owned == {}
    assert not group.members.is_current(owned)


def test_what_comes_back_is_claimed_anew(group):
    group.given(FIRST)
    group.members.claim_new()
    before = group.members.owned[FIRST]
    group.stored["lookups/0"] = 12
    group.rebalances.on_partitions_lost([FIRST])
    group.given(FIRST)
    group.members.claim_new()
    assert group.claims == ["lookups/0", "lookups/0"]
    assert group.client.places[FIRST] == 12
    assert not group.members.is_current(before)


def test_a_partition_that_another_reader_claimed_is_not_claimed_back_at_once():
    group = Group(doubt_seconds=600.0)
    group.given(FIRST)
    group.members.claim_new()
    group.members.reclaim("lookups/0")
    group.members.claim_new()
    assert group.claims == ["lookups/0"]
    assert group.client.paused == {FIRST}
    group.given(FIRST)
    group.members.claim_new()
    assert group.claims == ["lookups/0", "lookups/0"]


def test_what_is_claimed_while_reading_is_paused_waits_for_the_end_of_the_pause(group):
    group.members.pause()
    group.given(FIRST)
    group.members.claim_new()
    assert group.client.paused == {FIRST}
    group.members.resume()
    assert group.client.paused == set()


def test_a_partition_that_is_held_is_read_from_what_is_stored_on_when_its_time_is_over(group):
    group.given(FIRST, SECOND)
    group.members.claim_new()
    before = group.members.owned[SECOND]
    before.given = 70
    group.members.hold("lookups/1", 0.0, 100)
    held = group.members.owned[SECOND]
    assert not group.members.is_current(before)
    assert (group.client.paused, group.client.places[SECOND], held.given, held.rows) == ({SECOND}, 40, 40, 100)
    group.members.release()
    assert (group.client.paused, held.held_until, held.rows) == (set(), None, 100)
    group.members.trust("lookups/1")
    assert held.rows is None


def test_a_held_partition_stays_held_when_reading_is_resumed(group):
    group.given(FIRST, SECOND)
    group.members.claim_new()
    group.members.hold("lookups/1", 3600.0, 100)
    group.members.release()
    group.members.pause()
    group.members.release()
    assert group.client.paused == {FIRST, SECOND}
    group.members.resume()
    assert group.client.paused == {SECOND}


def test_a_partition_that_is_full_rests_alone_until_there_is_room(group, monkeypatch):
    monkeypatch.setattr(members, "LOOK_SECONDS", 0.0)
    group.given(FIRST, SECOND)
    group.members.claim_new()
    owned = group.members.owned[SECOND]
    owned.given = 70
    group.full.add("lookups/1")
    group.members.rest("lookups/1")
    group.members.release()
    assert group.client.paused == {SECOND}
    group.members.pause()
    group.members.resume()
    assert group.client.paused == {SECOND}
    group.full.clear()
    group.members.release()
    assert group.client.paused == set()
    assert not group.members.waiting_for_room
    assert (group.members.is_current(owned), owned.given, group.client.places[SECOND]) == (True, 70, 40)


def test_a_partition_that_is_held_and_full_is_read_again_when_both_are_over(group, monkeypatch):
    monkeypatch.setattr(members, "LOOK_SECONDS", 0.0)
    group.given(FIRST)
    group.members.claim_new()
    group.members.hold("lookups/0", 0.0, 100)
    group.full.add("lookups/0")
    group.members.rest("lookups/0")
    group.members.release()
    group.members.release()
    assert group.client.paused == {FIRST}
    group.full.clear()
    group.members.release()
    assert group.client.paused == set()
