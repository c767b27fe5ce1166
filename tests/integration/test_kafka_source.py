"""A topic of a real broker into slices: each record once, where the store ends, whoever of the group reads it."""

from __future__ import annotations

from functools import partial
from time import sleep

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from services.core.cloud_events import encode_batch
from services.core.errors import DoelbindingError, InputError
from services.detector.sources.slices import SourceSlice
from tests.integration.kafka_topic import (
    SharedStore,
    a_member,
    an_event,
    await_that,
    lookup_ids,
    read_whole,
    running,
    send,
)
from tests.integration.services import NewTopicName
from tests.unit.input.records import a_lookup, as_line, as_ndjson

FIVE_MEGABYTES = 5 * 1024 * 1024
BOTH_WAYS = pytest.mark.parametrize("fast", [True, False], ids=["fast", "stock"])


@BOTH_WAYS
def test_every_lookup_is_stored_once_and_in_order(kafka: str, new_topic: NewTopicName, fast: bool) -> None:
    topic = new_topic(partitions=2)
    send(kafka, topic, [an_event(number) for number in range(350)], partition=0)
    send(kafka, topic, [an_event(number) for number in range(350, 500)], partition=1)
    store = read_whole(kafka, topic, fast=fast)
    assert store.positions == {f"{topic}/0": 350, f"{topic}/1": 150}
    assert [each for each in store.lookups if int(each.removeprefix("sonar-")) < 350] == lookup_ids(range(350))
    assert sorted(store.lookups) == sorted(lookup_ids(range(500)))
    assert store.dead == []


@BOTH_WAYS
def test_a_poisoned_partition_does_not_stop_the_line(kafka: str, new_topic: NewTopicName, fast: bool) -> None:
    topic = new_topic(configs={"max.message.bytes": "8000000"})
    poison = {
        "not-json": b"{ no JSON",
        "line-too-long": as_line(a_lookup(1, reason="x" * FIVE_MEGABYTES)),
        "invalid-utf8": b'{"specversion": "\xff\xfe"}',
        "wrong-type": as_line(a_lookup(1, record_count="many")),
        "event-version": an_event(1).replace(b"lookup.v1", b"lookup.v2"),
        "tombstone": None,
    }
    values = [an_event(0)]
    for number, value in enumerate(poison.values(), 1):
        values += [value, an_event(number)]
    send(kafka, topic, values)
    store = read_whole(kafka, topic, fast=fast)
    assert store.lookups == lookup_ids(range(len(poison) + 1))
    found = {codes[0]: (position, codes) for _, position, codes in store.dead}
    assert found == {code: (f"offset {2 * place + 1}", [code]) for place, code in enumerate(poison)}


@BOTH_WAYS
def test_messages_of_several_events_are_stored_event_by_event(kafka: str, new_topic: NewTopicName, fast: bool) -> None:
    topic = new_topic()
    batch = encode_batch([an_event(number) for number in range(250)])
    lines = as_ndjson([a_lookup(250), "not a lookup", a_lookup(251)])
    send(kafka, topic, [batch, lines, an_event(252)], compression_type="gzip")
    store = read_whole(kafka, topic, fast=fast)
    assert store.lookups == lookup_ids(range(253))
    assert store.dead == [(f"{topic}/0", "offset 1, event 2", ["not-an-event"])]
    assert store.positions == {f"{topic}/0": 3}


def test_small_records_that_grow_without_end_are_a_letter_each_and_wedge_nothing(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic = new_topic()
    for number, value in enumerate([b"0" * 5_000_000, b"[" + b"{}," * 99_999 + b"{}]"]):
        send(kafka, topic, [an_event(number)])
        send(kafka, topic, [value], compression_type="gzip")
    send(kafka, topic, [an_event(2)])
    store = read_whole(kafka, topic, unpacked_bytes=1_000_000)
    assert store.lookups == lookup_ids(range(3))
    assert store.dead == [
        (f"{topic}/0", "offset 1", ["records-too-large"]),
        (f"{topic}/0", "offset 3", ["too-many-events"]),
    ]
    assert store.positions == {f"{topic}/0": 5}


def test_the_store_says_where_to_read_on_and_not_the_broker(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(50)])
    elsewhere = KafkaConsumer(bootstrap_servers=kafka, group_id=f"group-of-{topic}", enable_auto_commit=False)
    elsewhere.commit({TopicPartition(topic, 0): OffsetAndMetadata(49)})
    elsewhere.close()
    store = SharedStore(positions={f"{topic}/0": 20})
    a_member(kafka, topic, store).run()
    assert store.lookups == lookup_ids(range(20, 50))


def test_what_is_stored_is_told_to_the_broker_for_the_tools_of_operators(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(50)])
    read_whole(kafka, topic)
    tool = KafkaConsumer(bootstrap_servers=kafka, group_id=f"group-of-{topic}", enable_auto_commit=False)
    assert tool.committed(TopicPartition(topic, 0)) == 50
    tool.close()


def test_a_topic_that_does_not_exist_is_told(kafka: str) -> None:
    with pytest.raises(InputError, match=r"topic no-such-topic: does not exist"):
        read_whole(kafka, "no-such-topic")


def test_an_empty_topic_ends_at_once(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic(partitions=3)
    member = a_member(kafka, topic, SharedStore())
    member.run()
    assert member.closed


def test_what_the_broker_deleted_unread_is_a_dead_letter(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(30)])
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_records({TopicPartition(topic, 0): 20})
    admin.close()
    store = SharedStore(positions={f"{topic}/0": 5})
    a_member(kafka, topic, store).run()
    assert store.lookups == lookup_ids(range(20, 30))
    assert store.dead == [(f"{topic}/0", "offset 5", ["records-deleted"])]


def test_a_log_that_ends_before_what_is_stored_is_not_read(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(1)])
    store = SharedStore(positions={f"{topic}/0": 5})
    with pytest.raises(DoelbindingError, match="the broker's log ends before it"):
        a_member(kafka, topic, store, bounded=False).run()


def test_members_that_come_and_go_store_everything_once(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic(partitions=4)
    for partition in range(4):
        numbers = range(1000 * partition, 1000 * partition + 500)
        send(kafka, topic, [an_event(number) for number in numbers], partition)
    store = SharedStore()
    first, second, third = (a_member(kafka, topic, store, rows_per_slice=10) for _ in range(3))
    for member in (first, second, third):
        member.before_commit = lambda _: sleep(0.01)
    with running(first):
        await_that(lambda: len(store.lookups) > 50, "the first member reads")
        with running(second):
            await_that(lambda: len(second.mine) > 0, "the second member gets partitions")
            first.stop.set()
            await_that(lambda: len(second.mine) > 2, "the second member takes over")
        with running(third):
            await_that(lambda: third.closed, "the third member reads to the end")
    assert sorted(store.lookups) == sorted(
        lookup_ids(n for part in range(4) for n in range(1000 * part, 1000 * part + 500))
    )


@pytest.mark.slow
def test_a_member_that_was_away_cannot_store_what_another_reads(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(300)])
    store = SharedStore()
    sleeper, other = (a_member(kafka, topic, store, poll_seconds=2.0) for _ in range(2))
    slept: list[SourceSlice] = []

    def sleep_once(piece: SourceSlice) -> None:
        if not slept:
            slept.append(piece)
            await_that(lambda: other.mine != {}, "the group gives the partition to the other member")

    sleeper.before_commit = sleep_once
    with running(sleeper):
        await_that(lambda: slept != [], "the sleeper has the partition")
        with running(other):
            await_that(lambda: sleeper.closed and other.closed, "both see the end")
    assert store.fenced == 1
    assert sorted(store.lookups) == sorted(lookup_ids(range(300)))


@pytest.mark.slow
def test_a_member_that_waits_keeps_its_partitions(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(300)])
    store = SharedStore()
    member, other = (a_member(kafka, topic, store, poll_seconds=1.0, session_seconds=2.0) for _ in range(2))
    waited: list[SourceSlice] = []

    def wait_once(piece: SourceSlice) -> None:
        if not waited:
            waited.append(piece)
            member.source.idle(4.0)

    member.before_commit = wait_once
    with running(member):
        await_that(lambda: member.closed, "the member sees the end")
    assert store.fenced == 0
    assert store.lookups == lookup_ids(range(300))
    assert member.metrics.registry.get_sample_value("doelbinding_kafka_rebalances_total", {"kind": "lost"}) == 0
    assert other.mine == {}


def test_a_paused_member_stores_nothing_and_tells_its_lag_until_it_is_resumed(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic = new_topic()
    store = SharedStore()
    member = a_member(kafka, topic, store, bounded=False, stall_seconds=4.0)
    lag = partial(
        member.metrics.registry.get_sample_value, "doelbinding_kafka_lag_records", {"partition": f"{topic}/0"}
    )
    with running(member):
        await_that(lambda: member.source.assigned() == (f"{topic}/0",), "the member has its partition")
        member.source.pause()
        await_that(lambda: member.metrics.registry.get_sample_value("doelbinding_kafka_paused") == 1, "it pauses")
        send(kafka, topic, [an_event(number) for number in range(30)])
        await_that(lambda: lag() == 30, "it tells how much there is to read")
        assert store.lookups == []
        member.source.resume()
        await_that(lambda: store.lookups == lookup_ids(range(30)), "it reads on")
        await_that(lambda: lag() == 0, "it tells that it has read all")
