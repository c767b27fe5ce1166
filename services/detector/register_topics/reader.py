"""Register topics into their news, from stored offsets on, by a consumer of no group that reads all partitions."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from services.core.errors import DoelbindingError, InputError
from services.core.kafka_connection import connection
from services.core.kafka_settings import KafkaSettings
from services.core.keyring import KeyRing
from services.detector.register_topics.messages import News, Record, Versions, decode_register
from services.detector.sources.kafka.consumer import Consuming, consumer_settings, with_patience
from services.detector.sources.kafka.stall import HangGuard
from services.detector.sources.kafka.trouble import hopeless
from services.detector.sources.registers import EVERY_REGISTER, REGISTERS

ROWS = 20_000
"""Records that are decoded together."""
ANSWER_MS = 10_000
HANG_SECONDS = 90.0
"""Longer than any wait of the client that has an end."""

Ends = Mapping[TopicPartition, int]


class RegisterReader:
    """All partitions of the register topics that are there. Not for several threads."""

    def __init__(self, consumer: KafkaConsumer, topics: Mapping[str, str], ring: KeyRing) -> None:
        """`topics` tells the register of each topic."""
        self._consumer = consumer
        self._registers = topics
        self._versions = Versions(ring)
        self._guard = HangGuard(HANG_SECONDS)
        self._partitions = [
            TopicPartition(topic, number) for topic in topics for number in sorted(consumer.partitions_for_topic(topic))
        ]
        consumer.assign(self._partitions)

    def begin(self, positions: Mapping[str, int]) -> bool:
        """Reads on at these offsets, or where they do not fit the topics, from the beginning; whether they fitted.

        A partition that is not named is read from its beginning. Raises KafkaError if the brokers do not answer.
        """
        with self._guard.watching():
            first = self._consumer.beginning_offsets(self._partitions, ANSWER_MS)
            ends = self._consumer.end_offsets(self._partitions, ANSWER_MS)
        names = {name_of(partition): partition for partition in self._partitions}
        fits = positions.keys() <= names.keys() and all(
            first[names[name]] <= at <= ends[names[name]] for name, at in positions.items()
        )
        for name, partition in names.items():
            self._consumer.seek(partition, positions.get(name, first[partition]) if fits else first[partition])
        return fits

    def ends(self) -> Ends:
        """The offset behind the last record of each partition at this moment. Raises KafkaError."""
        with self._guard.watching():
            ends: Ends = self._consumer.end_offsets(self._partitions, ANSWER_MS)
        return ends

    def positions(self) -> dict[str, int]:
        """The next offset of each partition; whatever came before was given by `news`."""
        return {name_of(partition): self._position(partition) for partition in self._partitions}

    def left(self, ends: Ends) -> int:
        """Offsets that are not read yet up to these ends."""
        return sum(max(0, end - self._position(partition)) for partition, end in ends.items())

    def news(self, seconds: float) -> Iterator[News]:
        """What is there now, or comes within the time. All of it must be taken.

        Raises KafkaError if asking again may help, and DoelbindingError where it does not.
        """
        try:
            with self._guard.watching():
                fetched = self._consumer.poll(seconds * 1000)
        except OffsetOutOfRangeError as error:
            raise DoelbindingError(
                "registers: a topic ends before what was read of it; it was made anew or lost records. The next start "
                "reads all registers whole"
            ) from error
        except KafkaError as error:
            if told := hopeless(error):
                raise told from error
            raise
        for partition, records in fetched.items():
            found = (Record(record.offset, record.key, record.value) for record in records)
            yield decode_register(self._registers[partition.topic], name_of(partition), found, self._versions)

    def close(self) -> None:
        """Gives back the connections."""
        self._consumer.close(autocommit=False)
        self._guard.close()

    def _position(self, partition: TopicPartition) -> int:
        with self._guard.watching():
            position = self._consumer.position(partition, ANSWER_MS)
        if position is None:
            raise DoelbindingError(f"registers: partition {name_of(partition)} was not begun")
        return int(position)


def open_reader(settings: KafkaSettings, prefix: str, ring: KeyRing, stop: threading.Event) -> RegisterReader | None:
    """A reader of the topics `PREFIX` and a register's name, once a broker answers; None if `stop` is set before.

    Raises InputError if the topic of a required register is missing, naming all that are.
    """
    given = connection(settings) | consumer_settings(Consuming(rows_per_slice=ROWS)) | {"group_id": None}
    consumer = with_patience(lambda: KafkaConsumer(**given), stop)
    if consumer is None:
        return None
    wanted = {f"{prefix}{register}": register for register in EVERY_REGISTER}
    try:
        there = with_patience(lambda: {topic for topic in wanted if consumer.partitions_for_topic(topic)}, stop)
        if there is None:
            consumer.close(autocommit=False)
            return None
        if missing := [topic for topic, register in wanted.items() if register in REGISTERS and topic not in there]:
            raise InputError(*(_missing(topic) for topic in missing))
        return RegisterReader(consumer, {topic: wanted[topic] for topic in wanted if topic in there}, ring)
    except (DoelbindingError, KafkaError):
        consumer.close(autocommit=False)
        raise


def name_of(partition: TopicPartition) -> str:
    """As positions and dead letters name it."""
    return f"{partition.topic}/{partition.partition}"


def _missing(topic: str) -> str:
    return (
        f"topic {topic}: does not exist, or may not be read by this user; make it with doelbinding topics create, or "
        "give a directory of registers instead of --registers kafka"
    )
