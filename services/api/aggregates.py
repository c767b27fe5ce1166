"""Counts of signals for security operations, with groups about few people folded together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.tables import signals
from services.core.wire import camel

FEWEST = 5
"""A group about fewer people than this could point at one of them."""
OTHER = "other"
DIMENSIONS: tuple[ColumnElement[object], ...] = (
    signals.c.rule,
    signals.c.rule_class,
    signals.c.status,
    signals.c.pushed,
    signals.c.severity,
)


@dataclass(frozen=True)
class Counted:
    """A group of signals: how many, about how many people."""

    value: str
    signals: int
    people: int


def in_fives(count: int) -> int:
    """A count rounded up to fives: none is told from some, and one is not told from two."""
    return -(-count // FEWEST) * FEWEST


async def count_signals(connection: AsyncConnection) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Per dimension the groups and their counts, by camelCase name."""
    return {
        camel(str(column.key)): [
            {"value": group.value, "count": group.signals} for group in fold(await _groups(connection, column))
        ]
        for column in DIMENSIONS
    }


async def _groups(connection: AsyncConnection, column: ColumnElement[object]) -> list[Counted]:
    person = func.coalesce(signals.c.employee_id, signals.c.subject)
    query = select(column, func.count(), func.count(person.distinct())).group_by(column)
    return [
        Counted(str(value).lower() if isinstance(value, bool) else str(value), count, people)
        for value, count, people in await connection.execute(query)
    ]


def fold(groups: Sequence[Counted]) -> list[Counted]:
    """Groups about fewer than 5 people as one, `other`; while that is still about too few, the next smallest joins.

    Without the last, a total that is known elsewhere would give the small group away by subtraction.
    """
    ranked = sorted(groups, key=lambda group: (group.people, group.value))
    small = [group for group in ranked if group.people < FEWEST]
    kept = ranked[len(small) :]
    while small and kept and sum(group.people for group in small) < FEWEST:
        small.append(kept.pop(0))
    kept.sort(key=lambda group: group.value)
    if small:
        kept.append(Counted(OTHER, sum(group.signals for group in small), sum(group.people for group in small)))
    return kept
