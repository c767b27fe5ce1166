"""The topics of Kafka that this software reads and writes: their names, partitions and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

LOOKUPS_TOPIC = "doelbinding.lookups"
INTAKE_TOPIC = "bureau-integriteit.intake"
DEAD_LETTERS_TOPIC = "doelbinding.dead-letters"

LOOKUPS_PARTITIONS = 12
"""As many detectors can share the reading. Chosen generously: another number gives employees another partition."""

LOOKUPS_RETENTION = timedelta(days=28)
"""How long a detector may be away, and how far back lookups can be judged again without their source systems."""

INTAKE_RETENTION = timedelta(days=90)

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


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))
