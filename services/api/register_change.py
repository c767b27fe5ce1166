"""Two registers of interests, one after the other, into what the audit trail keeps of the change.

A register is a set of lines: a reader's pseudonym alone (their interests are known), and one line per interest. Which
one held when follows from the changes, or, where one was too large to be told, from a register that was kept and has
the digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.interests import interest_readers, interests
from services.core.wire import to_wire

MOST_TOLD = 200
"""Lines of each kind that one entry tells; a night changes some dozens, and the first load of all is told by counts."""
NONE = "-"


def line(
    reader: str, kind: str, employee_id: str | None, subject: str | None, begins: datetime | None, ends: datetime | None
) -> str:
    """An interest: reader, kind, `employee` or `subject`, the pseudonym, since when, until when; `-` for no bound."""
    whom = ("employee", employee_id) if subject is None else ("subject", subject)
    return " ".join(str(part) for part in (reader, kind, *whom, to_wire(begins) or NONE, to_wire(ends) or NONE))


async def lines_held(connection: AsyncConnection) -> frozenset[str]:
    """The register that holds now."""
    columns = ("reader", "kind", "employee_id", "subject", "valid_from", "valid_to")
    rows = await connection.execute(select(*(interests.c[name] for name in columns)))
    readers = (await connection.execute(select(interest_readers.c.reader))).scalars()
    return frozenset(readers) | {line(*row) for row in rows}


def change_told(before: Collection[str], after: Collection[str]) -> Mapping[str, object]:
    """The digest of the register that holds from now on, and what was added to the one before and removed from it."""
    told: dict[str, object] = {"digest": digest(after)}
    for name, lines in (("added", set(after) - set(before)), ("removed", set(before) - set(after))):
        told |= {name: sorted(lines)[:MOST_TOLD], f"{name}Count": len(lines)}
    return told


def digest(lines: Collection[str]) -> str:
    """SHA-256, in hexadecimal, over the lines in order of their bytes, each ended by a newline."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(lines)).encode()).hexdigest()
