"""Topics as they should be into topics on the brokers; what is there already is compared and left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kafka.admin import ConfigResource, KafkaAdminClient

from services.core.errors import DoelbindingError
from services.core.kafka_connection import connection
from services.core.kafka_faults import BOOTSTRAP_MS, kafka_faults_told
from services.core.kafka_settings import KafkaSettings
from services.core.topics import Topic

DONE, ALREADY_EXISTS = 0, 36
"""Codes of Kafka's protocol in the answer to a request that makes topics."""

BROKERS_CHOICE = -1
"""Replicas as the brokers have it by default, in Kafka's protocol."""


@dataclass(frozen=True)
class Made:
    """A topic, whether it is new, and in what an old one differs from what it should be, a sentence each."""

    topic: Topic
    new: bool
    differences: tuple[str, ...]


def make_topics(wanted: Sequence[Topic], replicas: int | None, settings: KafkaSettings) -> list[Made]:
    """Makes the topics that are missing; `replicas` null leaves their number to the brokers.

    Raises DoelbindingError, with all refusals, if the brokers do not answer or refuse.
    """
    with kafka_faults_told("topics", settings):
        admin = KafkaAdminClient(**connection(settings), bootstrap_timeout_ms=BOOTSTRAP_MS)
        try:
            new = _create(admin, wanted, replicas)
            return [
                Made(topic, new=True, differences=()) if topic.name in new else _compared(admin, topic)
                for topic in wanted
            ]
        finally:
            admin.close()


def _create(admin: KafkaAdminClient, wanted: Sequence[Topic], replicas: int | None) -> set[str]:
    """The names of the topics that were made."""
    asked = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": replicas or BROKERS_CHOICE,
            "configs": {**topic.settings, **_safety(replicas)},
        }
        for topic in wanted
    }
    answers = admin.create_topics(asked, raise_errors=False)["topics"]
    if refused := [answer for answer in answers if answer["error_code"] not in {DONE, ALREADY_EXISTS}]:
        told = (f"topic {each['name']}: the brokers refuse to make it: {each['error_message']}" for each in refused)
        raise DoelbindingError("\n".join(told))
    return {str(answer["name"]) for answer in answers if answer["error_code"] == DONE}


def _safety(replicas: int | None) -> dict[str, str]:
    """A message counts as written once all replicas but one have it, so that one broker may be away."""
    return {"min.insync.replicas": str(max(1, replicas - 1))} if replicas else {}


def _compared(admin: KafkaAdminClient, topic: Topic) -> Made:
    """A topic that was there, with a sentence for each difference."""
    [found] = admin.describe_topics([topic.name])
    partitions = len(found["partitions"])
    told = [f"has {partitions} partitions instead of {topic.partitions}"] if partitions != topic.partitions else []
    resource = ConfigResource("TOPIC", topic.name, list(topic.settings))
    values = admin.describe_configs([resource], config_filter="all")["topic"][topic.name]
    for name, right in topic.settings.items():
        if (value := values[name]["value"]) != right:
            told.append(f"has {name}={value} instead of {right}")
    return Made(topic, new=False, differences=tuple(told))
