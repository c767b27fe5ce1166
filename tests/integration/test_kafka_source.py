"""A topic of a real broker into slices: each record once, where the store ends, whoever of the group reads it."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from time import sleep

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import LogTruncationError
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


def test_an_input_that_ends_is_read_whole_for_an_empty_store_whatever_its_group_read_before(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic = new_topic(partitions=2)
    send(kafka, topic, [an_event(number) for number in range(50)])
    elsewhere = KafkaConsumer(bootstrap_servers=kafka, group_id=f"group-of-{topic}", enable_auto_commit=False)
    elsewhere.commit({TopicPartition(topic, 0): OffsetAndMetadata(50)})
    elsewhere.close()
    assert read_whole(kafka, topic).lookups == lookup_ids(range(50))


def test_members_see_the_end_of_each_other_behind_the_marks_of_transactions(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic, store = new_topic(partitions=2), SharedStore()
    with KafkaProducer(bootstrap_servers=kafka, transactional_id=topic) as producer:
        producer.init_transactions()
        for give_up in (False, True):
            producer.begin_transaction()
            for partition in range(2):
                producer.send(topic, an_event(partition), partition=partition)
            producer.flush()
            (producer.abort_transaction if give_up else producer.commit_transaction)()
    both = [TopicPartition(topic, partition) for partition in range(2)]
    with closing(KafkaConsumer(bootstrap_servers=kafka, isolation_level="read_committed")) as tool:
        await_that(lambda: set(tool.end_offsets(both).values()) == {4}, "the marks are written")
    members = [a_member(kafka, topic, store) for _ in range(2)]
    with running(*members):
        await_that(lambda: all(member.closed for member in members), "both see the end")
    assert sorted(store.lookups) == lookup_ids(range(2))
    assert store.positions == {f"{topic}/0": 4, f"{topic}/1": 4}


def test_a_transaction_that_stays_open_is_told_and_read_on_behind_when_it_ends(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic, store = new_topic(), SharedStore()
    member = a_member(kafka, topic, store, bounded=False, stall_seconds=2.0)

    def told(metric: str, **labels: str) -> float:
        return member.metrics.registry.get_sample_value(f"doelbinding_kafka_{metric}", labels) or 0.0

    with (
        KafkaProducer(bootstrap_servers=kafka, transactional_id=topic) as producer,
        running(member),
    ):
        send(kafka, topic, [an_event(0)])
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(topic, an_event(1)).get(30)
        send(kafka, topic, [an_event(2)])
        await_that(lambda: told("transaction_open_seconds") > 3, "it is told, and the detector goes on")
        assert told("lag_records", partition=f"{topic}/0") == 2
        assert told("stalled_seconds") == 0
        assert store.lookups == lookup_ids([0])
        producer.commit_transaction()
        await_that(lambda: store.lookups == lookup_ids(range(3)), "it is read on")
        await_that(lambda: told("transaction_open_seconds") == 0, "that it is over is told too")


def test_a_log_that_lost_what_was_read_ends_the_detector_wherever_the_client_tells_it(
    kafka: str, new_topic: NewTopicName, monkeypatch: pytest.MonkeyPatch
) -> None:
    def truncated(*_: object) -> int:
        raise LogTruncationError({})

    topic = new_topic()
    send(kafka, topic, [an_event(0)])
    monkeypatch.setattr(KafkaConsumer, "position", truncated)
    with pytest.raises(DoelbindingError, match="the broker lost records that were read before"):
        read_whole(kafka, topic)


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


def test_a_partition_that_is_full_rests_until_there_is_room_while_the_other_is_read_on(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic, room = new_topic(2), threading.Event()
    full, other = f"{topic}/0", f"{topic}/1"
    send(kafka, topic, [an_event(number) for number in range(1_000)])
    store = SharedStore()
    member = a_member(kafka, topic, store, bounded=False, has_room=lambda _: room.is_set(), stall_seconds=4.0)
    paused = partial(member.metrics.registry.get_sample_value, "doelbinding_kafka_paused")

    def let_it_rest(piece: SourceSlice) -> None:
        if piece.partition == full and not room.is_set():
            member.source.rest(full)

    member.before_commit = let_it_rest
    with running(member):
        await_that(lambda: paused() == 1, "it tells that a partition rests")
        await_that(lambda: full in store.positions, "it stores what it has fetched")
        send(kafka, topic, [an_event(number) for number in range(1_000, 1_300)], partition=1)
        await_that(lambda: store.positions.get(other) == 300, "it reads the other partition on")
        rested_at = store.positions[full]
        sleep(6.0)  # longer than a partition may stand still that is to be read
        assert store.positions[full] == rested_at < 1_000
        assert paused() == 1
        room.set()
        await_that(lambda: store.positions[full] == 1_000, "it reads on where there is room")
        await_that(lambda: paused() == 0, "it tells that no partition rests")
    assert sorted(store.lookups) == sorted(lookup_ids(range(1_300)))


def test_a_partition_that_was_held_is_read_on_though_another_one_was_read_meanwhile(
    kafka: str, new_topic: NewTopicName
) -> None:
    topic, held = new_topic(2), list[SourceSlice]()
    send(kafka, topic, [an_event(number) for number in range(1_000)])
    store = SharedStore()
    member = a_member(kafka, topic, store, bounded=False, stall_seconds=4.0)

    def hold_once(piece: SourceSlice) -> None:
        if not held:
            held.append(piece)
            member.source.hold(f"{topic}/0", 3.0, 100)

    member.before_commit = hold_once
    with running(member):
        await_that(lambda: bool(held), "it leaves a partition alone")
        send(kafka, topic, [an_event(number) for number in range(1_000, 1_300)], partition=1)
        await_that(lambda: store.positions.get(f"{topic}/1") == 300, "it reads the other partition on")
        await_that(lambda: store.positions.get(f"{topic}/0") == 1_000, "it reads the first one on")
    assert set(store.lookups) == set(lookup_ids(range(1_300)))


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
