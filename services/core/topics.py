"""The topics of Kafka that this software reads and writes: their names, partitions and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

LOOKUPS_TOPIC = "doelbinding.lookups"
INTAKE_TOPIC = "bureau-integriteit.intake"
DEAD_LETTERS_TOPIC = "doelbinding.dead-letters"

REGISTERS_PREFIX = "doelbinding."
"""Before the name of a register, in the name of its topic."""

REGISTER_NAMES = (
    "case-links",
    "employees",
    "relations",
    "case-parties",
    "self-reports",
    "statements",
    "absences",
)

LOOKUPS_PARTITIONS = 12
"""As many detectors can share the reading. Chosen generously: another number gives employees another partition."""

LOOKUPS_RETENTION = timedelta(days=28)
"""How long a detector may be away, and how far back lookups can be judged again without their source systems."""

INTAKE_RETENTION = timedelta(days=90)

REGISTERS_PARTITIONS = 3
"""For good: with another number, keys come to other partitions than before, and their order is lost."""

TOMBSTONES_KEPT = timedelta(days=28)
"""How old the snapshot of a detector may be: after this, a row that was taken away is not told any more."""
DEAD_LETTERS_RETENTION = timedelta(days=90)

MOST_MESSAGE_BYTES = 4 * 2**20
"""Largest message: some thousands of lookups in one batch."""

MOST_LETTER_BYTES = 6 * 2**20
"""Largest message of the dead letters: the largest message of lookups, sealed and in base64, which adds a third."""


@dataclass(frozen=True)
class Topic:
    """A topic as it should be; `settings` are Kafka's own names and values."""

    name: str
    holds: str
    partitions: int
    settings: Mapping[str, str]


def topics(
    lookups_partitions: int = LOOKUPS_PARTITIONS, lookups_retention: timedelta = LOOKUPS_RETENTION
) -> tuple[Topic, ...]:
    """All topics, in the order in which data passes through them."""
    return (
        Topic(
            LOOKUPS_TOPIC,
            "lookups as CloudEvents, keyed by employee; read by the detectors",
            lookups_partitions,
            {
                "cleanup.policy": "delete",
                "retention.ms": _milliseconds(lookups_retention),
                "max.message.bytes": str(MOST_MESSAGE_BYTES),
                # the broker's own clock: a lookup's time is judged against when it was received
                "message.timestamp.type": "LogAppendTime",
            },
        ),
        *map(_register_topic, REGISTER_NAMES),
        Topic(
            INTAKE_TOPIC,
            "what happened to pushed signals, keyed by signal; written by the API",
            3,
            {"cleanup.policy": "delete", "retention.ms": _milliseconds(INTAKE_RETENTION)},
        ),
        Topic(
            DEAD_LETTERS_TOPIC,
            "what could not be read, sealed, keyed by partition; written by the detectors",
            3,
            {
                "cleanup.policy": "delete",
                "retention.ms": _milliseconds(DEAD_LETTERS_RETENTION),
                "max.message.bytes": str(MOST_LETTER_BYTES),
            },
        ),
    )


def _register_topic(register: str) -> Topic:
    return Topic(
        f"{REGISTERS_PREFIX}{register}",
        f"the register {register} as CloudEvents, keyed by version of a row; read whole by the detectors",
        REGISTERS_PARTITIONS,
        {
            "cleanup.policy": "compact",
            "delete.retention.ms": _milliseconds(TOMBSTONES_KEPT),
            "message.timestamp.type": "LogAppendTime",
        },
    )


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))
