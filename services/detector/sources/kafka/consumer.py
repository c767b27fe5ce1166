"""Settings into a consumer of which nothing is left to the client's defaults."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from kafka import KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaConfigurationError, KafkaError, RetriableError

from services.core.cloud_events import MOST_EVENTS
from services.core.errors import DoelbindingError, InputError
from services.core.kafka_connection import connection
from services.core.kafka_settings import KafkaSettings
from services.detector.sources.kafka.client_log import last_loss
from services.detector.sources.kafka.unpacking import MOST_UNPACKED_BYTES

Made = TypeVar("Made")
LOG = structlog.get_logger()
MEBIBYTE = 1024 * 1024
PAUSE_SECONDS = 5.0
METADATA_SECONDS = 30.0


@dataclass(frozen=True)
class Consuming:
    """What is read, in which group, and the bounds in time and memory; sizes in bytes.

    The client holds up to `fetch_bytes` of each broker, and one batch of records more where that is larger. A member
    that is silent for `session_seconds`, or does not poll for `poll_seconds`, loses its partitions to another one.
    Without `fast`, records are unpacked in the way of the client, which takes more than twice the time. A record of
    more than `events_per_record` is a dead letter, and so is a batch that unpacks to more than `unpacked_bytes`, where
    it is unpacked the fast way. With
    `pass_damaged`, a batch that the broker gives damaged becomes a dead letter, and is passed by.
    """

    topic: str = "doelbinding.lookups"
    group: str = "doelbinding-detector"
    rows_per_slice: int = 20_000
    fetch_bytes: int = 32 * MEBIBYTE
    partition_fetch_bytes: int = 12 * MEBIBYTE
    fetch_wait_seconds: float = 0.2
    session_seconds: float = 10.0
    poll_seconds: float = 60.0
    stall_seconds: float = 120.0
    fast: bool = True
    events_per_record: int = MOST_EVENTS
    unpacked_bytes: int = MOST_UNPACKED_BYTES
    pass_damaged: bool = False


def consumer_settings(consuming: Consuming) -> dict[str, object]:
    """The consumer's settings beside those of the connection."""
    return {
        "group_id": consuming.group,
        "group_instance_id": None,  # a fenced static member is not told, and reads on
        "partition_assignment_strategy": (CooperativeStickyAssignor,),
        "enable_auto_commit": False,
        "auto_offset_reset": "none",  # the store knows where to read on; a gap must be seen, not jumped over
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
        "exclude_internal_topics": True,
        "check_crcs": True,
        "key_deserializer": None,
        "value_deserializer": None,
        "max_poll_records": consuming.rows_per_slice,
        "max_poll_interval_ms": round(consuming.poll_seconds * 1000),
        "session_timeout_ms": round(consuming.session_seconds * 1000),
        "heartbeat_interval_ms": round(consuming.session_seconds * 1000 / 4),
        "fetch_min_bytes": 1,
        "fetch_max_wait_ms": round(consuming.fetch_wait_seconds * 1000),
        "fetch_max_bytes": consuming.fetch_bytes,
        "max_partition_fetch_bytes": consuming.partition_fetch_bytes,
        "receive_message_max_bytes": 100 * MEBIBYTE,
        "enable_incremental_fetch_sessions": True,
        "request_timeout_ms": 30_000,
        "retry_backoff_ms": 100,
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": 2_000,
        "connections_max_idle_ms": 540_000,
        "metadata_max_age_ms": 60_000,  # a partition that was added is found within a minute
        "bootstrap_timeout_ms": 5_000,
        "metrics_enabled": False,
    }


def open_consumer(settings: KafkaSettings, consuming: Consuming, stop: threading.Event) -> KafkaConsumer | None:
    """A consumer that knows its topic, once a broker answers; None if `stop` is set before.

    Raises InputError if the topic does not exist or the client refuses the settings, and DoelbindingError if the
    broker refuses the client.
    """
    given = connection(settings) | consumer_settings(consuming)
    consumer = with_patience(lambda: KafkaConsumer(**given), stop)
    if consumer is None:
        return None
    try:
        found = with_patience(lambda: consumer.partitions_for_topic(consuming.topic), stop)
        if found is not None and not found:
            raise InputError(
                f"topic {consuming.topic}: does not exist, or may not be read by this user; "
                "make it with doelbinding topics create, or name another one"
            )
    except DoelbindingError:
        consumer.close(timeout_ms=0)
        raise
    return consumer


def with_patience(work: Callable[[], Made], stop: threading.Event) -> Made | None:
    """The result of work with a broker that may be away; None if `stop` is set before it is there.

    Raises InputError if the client refuses the settings, and DoelbindingError if the broker refuses the client.
    """
    with last_loss() as loss:
        while not stop.is_set():
            try:
                return work()
            except KafkaConfigurationError as error:
                raise InputError(f"settings of Kafka: {error}") from error
            except RetriableError as error:
                reason = loss.reason or type(error).__name__
                LOG.warning("kafka-unavailable", reason=reason, next_try_in_seconds=PAUSE_SECONDS)
                stop.wait(PAUSE_SECONDS)
            except KafkaError as error:
                raise DoelbindingError(f"Kafka refuses the client: {type(error).__name__}") from error
    return None
