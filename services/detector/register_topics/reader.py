"""Register topics into their news, from stored offsets on, by a consumer of no group that reads all partitions."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from services.core.errors import DoelbindingError, InputError
from services.core.kafka_connection import connection
from services.core.kafka_settings import KafkaSettings
from services.core.keyring import KeyRing
from services.detector.register_topics.messages import News, Record, Versions, decode_register
from services.detector.sources.kafka.consumer import Consuming, consumer_settings, with_patience
from services.detector.sources.kafka.stall import HangGuard
from services.detector.sources.kafka.topic_ids import topic_id
from services.detector.sources.kafka.trouble import hopeless
from services.detector.sources.registers import EVERY_REGISTER, REGISTERS

ROWS = 20_000
"""Records that are decoded together."""
ANSWER_MS = 10_000
HANG_SECONDS = 90.0
"""Longer than any wait of the client that has an end."""

LOOK_SECONDS = 60.0
"""Between two looks at which topics and partitions there are."""

Ends = Mapping[TopicPartition, int]
LOG = structlog.get_logger()


class RegistersLostError(DoelbindingError):
    """What was read of a register topic does not stand there any more: all registers are to be read anew."""

    def __init__(self) -> None:
        super().__init__(
            "registers: a topic ends before what was read of it; it was made anew or lost records. The next start "
            "reads all registers whole"
        )


class RegisterReader:
    """All partitions of the register topics that are there, or come. Not for several threads."""

    def __init__(
        self, consumer: KafkaConsumer, topics: Mapping[str, str], there: Collection[str], ring: KeyRing
    ) -> None:
        """`topics` tells the register of each topic, `there` which of them exist by now."""
        self._consumer = consumer
        self._registers = topics
        self._versions = Versions(ring)
        self._guard = HangGuard(HANG_SECONDS)
        self._partitions = self._partitions_of(there)
        self._ids = self._ids_of(there)
        self._next_look = time.monotonic() + LOOK_SECONDS
        consumer.assign(self._partitions)

    @property
    def topic_ids(self) -> Mapping[str, str]:
        """The id of each topic, where the brokers tell them."""
        return self._ids

    def is_of(self, topic_ids: Mapping[str, str]) -> bool:
        """Whether these may be the same topics; of one without an id nothing else is known."""
        return all(self._ids.get(topic, told) == told for topic, told in topic_ids.items())

    def begin(self, positions: Mapping[str, int], topic_ids: Mapping[str, str]) -> bool:
        """Reads on at these offsets, or where they do not fit the topics, from the beginning; whether they fitted.

        A partition that is not named is read from its beginning. Raises KafkaError if the brokers do not answer.
        """
        with self._guard.watching():
            first = self._consumer.beginning_offsets(self._partitions, ANSWER_MS)
            ends = self._consumer.end_offsets(self._partitions, ANSWER_MS)
        names = {name_of(partition): partition for partition in self._partitions}
        fits = (
            self.is_of(topic_ids)
            and positions.keys() <= names.keys()
            and all(first[names[name]] <= at <= ends[names[name]] for name, at in positions.items())
        )
        for name, partition in names.items():
            self._consumer.seek(partition, positions.get(name, first[partition]) if fits else first[partition])
        return fits

    def ends(self) -> Ends:
        """The offset behind the last record of each partition at this moment, of those too that came since.

        Raises KafkaError, and RegistersLostError where a topic was made anew.
        """
        with self._guard.watching():
            ends: Ends = self._consumer.end_offsets(self._partitions, ANSWER_MS)
            if time.monotonic() >= self._next_look:  # the brokers have just answered: asked in vain, the client waits
                self._look()
                ends = self._consumer.end_offsets(self._partitions, ANSWER_MS)
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
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            raise RegistersLostError from error
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

    def _look(self) -> None:
        """Begins to read what came since: an optional topic, or partitions that somebody added."""
        there = self._consumer.topics() & self._registers.keys()
        ids = self._ids_of(there)
        if not self.is_of(ids):
            raise RegistersLostError
        added = [partition for partition in self._partitions_of(there) if partition not in self._partitions]
        if added:
            first = self._consumer.beginning_offsets(added, ANSWER_MS)
            self._consumer.assign([*self._partitions, *added])
            for partition in added:
                self._consumer.seek(partition, first[partition])
            self._partitions += added
            LOG.warning("register-partitions-added", partitions=[name_of(partition) for partition in added])
        self._ids |= ids
        self._next_look = time.monotonic() + LOOK_SECONDS

    def _partitions_of(self, topics: Collection[str]) -> list[TopicPartition]:
        found = {topic: self._consumer.partitions_for_topic(topic) for topic in self._registers if topic in topics}
        return [TopicPartition(topic, number) for topic, numbers in found.items() for number in sorted(numbers)]

    def _ids_of(self, topics: Collection[str]) -> dict[str, str]:
        found = {topic: topic_id(self._consumer, topic) for topic in topics}
        return {topic: known for topic, known in found.items() if known}

    def _position(self, partition: TopicPartition) -> int:
        try:
            with self._guard.watching():
                position = self._consumer.position(partition, ANSWER_MS)
        except LogTruncationError as error:
            raise RegistersLostError from error
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
        return RegisterReader(consumer, wanted, there, ring)
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
