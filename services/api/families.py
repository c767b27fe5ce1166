"""A signal into its family: the signal that it belongs under, and those that belong under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.tables import ranking, signals
from services.api.db.types import AnyRow, AnySelect
from services.api.signals import SHOWN, find_signal

CHILDREN_SHOWN = 200


@dataclass(frozen=True)
class Family:
    """The parent, if it was received; the first children by rank, and how many there are beyond those."""

    parent: AnyRow | None
    children: Sequence[AnyRow]
    not_shown: int

    def shown(self, purpose: str | None) -> Sequence[AnyRow]:
        """Of which signals a page of this one tells anything: a parent that was not pushed needs a purpose, as ever.

        The children of a pushed parent are what was pushed with it.
        """
        if self.parent is None or not (self.parent.pushed or purpose):
            return self.children
        return [self.parent, *self.children]


async def family_of(connection: AsyncConnection, signal: AnyRow, seen_by: Sequence[ColumnElement[bool]] = ()) -> Family:
    """The family of a signal as `find_signal` gives it; relatives that do not meet `seen_by` are left out."""
    parent_id = signal.body["parentId"]
    parent = None if parent_id is None else await find_signal(connection, parent_id, seen_by)
    children = (await connection.execute(children_of(signal.signal_id, seen_by))).all()
    not_shown = 0
    if len(children) > CHILDREN_SHOWN:
        of_parent = (signals.c.parent_id == signal.signal_id, *seen_by)
        counted = await connection.execute(select(func.count()).select_from(signals).where(*of_parent))
        not_shown = counted.scalar_one() - CHILDREN_SHOWN
    return Family(parent, children[:CHILDREN_SHOWN], not_shown)


def children_of(signal_id: str, seen_by: Sequence[ColumnElement[bool]] = ()) -> AnySelect:
    """The signals under one, the highest score first; one more than is shown, to see whether there are more."""
    of_parent = select(*SHOWN).where(signals.c.parent_id == signal_id, *seen_by)
    return of_parent.order_by(*ranking).limit(CHILDREN_SHOWN + 1)
