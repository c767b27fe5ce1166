"""A rebalance that outlasts a poll, of a leader that has just learned of new partitions, on a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest
from kafka import KafkaAdminClient, KafkaConsumer
from kafka.structs import MemberState

from services.core.kafka_connection import connection
from services.core.kafka_settings import load_kafka_settings
from services.detector.sources.kafka.consumer import Consuming, consumer_settings
from services.detector.sources.kafka.joining import finish_joins
from services.detector.sources.kafka.rebalances import Rebalances
from tests.integration.kafka_topic import await_that
from tests.integration.services import NewTopicName

Pair = tuple[KafkaConsumer, KafkaConsumer]


@pytest.fixture
def topic(new_topic: NewTopicName) -> str:
    return new_topic()


@pytest.fixture
def pair(kafka: str, topic: str) -> Iterator[Pair]:
    """Two members of one group; the first leads it."""
    settings = connection(load_kafka_settings(bootstrap_servers=kafka))
    bounds = consumer_settings(Consuming(topic, f"group-of-{topic}"))
    with ExitStack() as open_ones:
        both = [open_ones.enter_context(closing(KafkaConsumer(**settings | bounds))) for _ in range(2)]
        for count, each in enumerate(both, 1):
            finish_joins(each)
            each.subscribe([topic], listener=Rebalances(each))
            each.topics()
            await_that(partial(stable_after_polls, *both[:count]), "all are members")
        yield both[0], both[1]


def stable_after_polls(*members: KafkaConsumer) -> bool:
    for member in members:
        member.poll(100)
    return all(member.group_metadata().state == MemberState.STABLE for member in members)


def test_the_leader_takes_over_what_it_assigned_while_it_did_not_poll(kafka: str, topic: str, pair: Pair) -> None:
    leader, other = pair
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.create_partitions({topic: 4})
    await_that(lambda: len(leader.partitions_for_topic(topic)) == 4 or not leader.topics(), "the leader knows of them")
    leader.poll(100)
    assert leader.group_metadata().state == MemberState.REBALANCING
    await_that(lambda: stable_after_polls(other) and not leader._coordinator.rejoin_needed, "the other has joined")
    await_that(lambda: stable_after_polls(leader, other), "the leader is a member again")
    await_that(lambda: len(leader.assignment() | other.assignment()) == 4, "all partitions are read")
