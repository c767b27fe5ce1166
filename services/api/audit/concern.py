"""What entries of the audit trail name into what the reader of the trail has an interest in.

The same interests as everywhere (services/api/need_to_know.py), and the reader themselves also where the register does
not have them. Interests in people count whenever they were, as in the search for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.chain import OBJECT_KEY
from services.api.db.interests import interests
from services.api.db.tables import intake_items, signals
from services.api.need_to_know import of_interest
from services.api.reader import Reader

SIGNAL, ITEM = "s-", "i-"
AT_ONCE = 5_000
"""A page of two hundred entries may name two hundred signals each, and a database takes so many values at once."""
WHOM = (interests.c.employee_id, interests.c.subject)


async def concerned(connection: AsyncConnection, reader: Reader, named: Collection[str]) -> frozenset[str]:
    """Those of these pseudonyms, and ids of signals and items, in which the reader has an interest."""
    if reader.employee is None or not named:
        return frozenset()
    found: set[str] = set()
    for names in _some(sorted(named)):
        found |= await _people(connection, reader.employee, names)
        found |= await _signals_and_items(connection, reader.employee, names)
    return frozenset(found)


async def concerns(connection: AsyncConnection, reader: Reader, object_id: str) -> bool:
    """Whether entries that are found by this id may be about what the reader has an interest in.

    They are found by its digits (`object_key`), whatever stands before those: so they are asked for likewise.
    """
    if reader.employee is None:
        return False
    digits = OBJECT_KEY.fullmatch(object_id)
    if digits is None:
        return bool(await concerned(connection, reader, [object_id]))
    ending = f"-{digits[1]}"
    if reader.employee.endswith(ending):
        return True
    people = or_(*(column.endswith(ending) for column in WHOM))
    if await _all(connection, interests.c.reader, interests.c.reader == reader.employee, people):
        return True
    return bool(await concerned(connection, reader, [SIGNAL + digits[1], ITEM + digits[1]]))


async def _people(connection: AsyncConnection, me: str, names: Sequence[str]) -> set[str]:
    found = {me} & set(names)
    for column in WHOM:
        found |= await _all(connection, column, interests.c.reader == me, column.in_(names))
    return found


async def _signals_and_items(connection: AsyncConnection, me: str, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    if of_signals := [name for name in names if name.startswith(SIGNAL)]:
        found |= await _all(connection, signals.c.signal_id, signals.c.signal_id.in_(of_signals), of_interest(me))
    if of_items := [name for name in names if name.startswith(ITEM)]:
        with_signals = (intake_items.c.id.in_(of_items), intake_items.c.signal_id == signals.c.signal_id)
        found |= await _all(connection, intake_items.c.id, *with_signals, of_interest(me))
    return found


async def _all(connection: AsyncConnection, column: ColumnElement[str], *where: ColumnElement[bool]) -> set[str]:
    return set((await connection.execute(select(column).where(*where).distinct())).scalars())


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]
