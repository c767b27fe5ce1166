"""What a poll raises into what is to be done: go on, skip what is gone, or end with a word on what would help."""

from __future__ import annotations

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    UnsupportedCodecError,
)

from services.core.contract import LOOKUP
from services.core.errors import DoelbindingError
from services.detector.decode import dead_letters, nothing
from services.detector.decode.faults import Fault
from services.detector.sources.kafka.fast_records import DamagedBatchError
from services.detector.sources.kafka.messages import Piece

ANSWER_MS = 10_000


def hopeless(error: KafkaError) -> DoelbindingError | None:
    """The error for a person where trying again does not help; None where it may."""
    name = type(error).__name__
    if isinstance(error, CorruptRecordError):
        known = isinstance(error, DamagedBatchError) and error.behind is not None
        else_ = "start once with --pass-damaged" if known else "delete them from the partition (kafka-delete-records)"
        return DoelbindingError(
            f"the broker gave records that are damaged ({error}); nothing behind them is read. Restore them from a "
            f"replica, or {else_}, which gives up what they held"
        )
    if isinstance(error, UnsupportedCodecError):
        return DoelbindingError(
            f"records are compressed in a way that cannot be undone here ({error}); install python-snappy or lz4, "
            "or have producers use gzip or zstd, then start again"
        )
    if isinstance(error, LogTruncationError):
        return DoelbindingError(
            f"the broker lost records that were read before ({name}); what is stored stays, but offsets may be given "
            "out a second time: restore the topic, or read it anew under another group and store"
        )
    if isinstance(error, AuthorizationError):
        return DoelbindingError(f"Kafka refuses to let this user read ({name}); grant it READ on the topic and group")
    return None


def made_anew(partition: str) -> DoelbindingError:
    """The error where a topic is made anew while it is read."""
    return DoelbindingError(
        f"partition {partition}: the topic was made anew while it was read: offsets mean something else now, and what "
        "they meant may be lost; the next start tells what to do"
    )


def out_of_range(error: OffsetOutOfRangeError) -> dict[TopicPartition, int]:
    """The partitions whose next offset the broker does not have, and that offset."""
    told = error.args[0] if error.args else None
    return dict(told) if isinstance(told, dict) else {}


def damaged(error: KafkaError) -> DamagedBatchError | None:
    """The batch that can be passed by, where it is one."""
    return error if isinstance(error, DamagedBatchError) and error.behind is not None else None


def passed(first: int, behind: int) -> Piece:
    """A dead letter for a batch that the broker gave damaged; behind it reading goes on."""
    reason = (
        f"message: offsets {first} to {behind - 1} are damaged in the broker's log; send what they held again, and "
        "look at the broker's disks"
    )
    letters = dead_letters(LOOKUP, [f"offset {first}"], [(Fault("records-damaged", reason),)], [b""])
    return Piece(nothing(LOOKUP).valid, letters, behind)


def too_large(first: int, behind: int) -> Piece:
    """A dead letter for a batch that unpacks to more than may be held; behind it reading goes on."""
    reason = (
        f"message: offsets {first} to {behind - 1} unpack to more bytes than may be held at once; send what they held "
        "in smaller batches"
    )
    letters = dead_letters(LOOKUP, [f"offset {first}"], [(Fault("records-too-large", reason),)], [b""])
    return Piece(nothing(LOOKUP).valid, letters, behind)


def lost(consumer: KafkaConsumer, partition: TopicPartition, offset: int) -> Piece:
    """A dead letter for the stretch that the broker deleted before it was read; behind it reading goes on.

    Raises DoelbindingError if the broker's log ends before the offset: then it is not the log that was read before.
    """
    begin = consumer.beginning_offsets([partition], ANSWER_MS)[partition]
    if begin <= offset:
        raise DoelbindingError(
            f"partition {partition.topic}/{partition.partition}: is stored up to offset {offset}, but the broker's log "
            "ends before it; the topic was made anew or lost records: read it under another topic name, or restore it"
        )
    reason = (
        f"message: offsets {offset} to {begin - 1} were deleted by the broker before they were read; send what they "
        "held again, and lengthen the retention of the topic"
    )
    letters = dead_letters(LOOKUP, [f"offset {offset}"], [(Fault("records-deleted", reason),)], [b""])
    return Piece(nothing(LOOKUP).valid, letters, begin)
