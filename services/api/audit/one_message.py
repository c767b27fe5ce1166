"""Entries onto the end of the chain by one message to PostgreSQL, where nobody else has added to it meanwhile.

The ordinary way (services/api/audit/trail.py) asks for the head under a lock first, and looks whether it is genuine:
seven messages. This one goes on from the furthest head that the process knows, and only where it is still that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.audit.chain import Sealed
from services.api.audit.heads import Head
from services.api.audit.keys import Notary
from services.api.audit.standing import HIGH_WATER, NOTARY, HighWater
from services.api.audit.trail import grown
from services.api.db.direct import Driver

EXTEND = b"""
WITH grown AS (
    UPDATE audit_head SET sequence = %(sequence)s, hash = %(hash)s, key_id = %(key_id)s, signature = %(signature)s
    WHERE sequence = %(was_sequence)s AND hash = %(was_hash)s AND root_number = %(root_number)s
    RETURNING 1
), told AS (
    SELECT entry.* FROM grown, json_to_recordset(%(entries)s::json) AS entry (
        sequence bigint, actor text, role text, action text, object_kind text, object_id text, purpose text,
        detail json, blanked_through bigint, salt text, payload_hash text, hash text, objects text
    )
), added AS (
    INSERT INTO audit_entries (
        sequence, at, actor, role, action, object_kind, object_id, purpose, detail, blanked_through, salt,
        payload_hash, hash
    )
    SELECT sequence, %(at)s, actor, role, action, object_kind, object_id, purpose, detail, blanked_through,
        decode(salt, 'hex'), decode(payload_hash, 'hex'), decode(hash, 'hex')
    FROM told ORDER BY sequence
), about AS (
    INSERT INTO audit_objects (object_key, at, sequence)
    SELECT unnest(objects::uuid[]), %(at)s, sequence FROM told
)
SELECT count(*) FROM grown
"""


class OneMessage:
    """The short way of one process."""

    def __init__(self, engine: AsyncEngine) -> None:
        options = engine.sync_engine.get_execution_options()
        self._notary: Notary | None = options.get(NOTARY)
        self._known: HighWater = options.get(HIGH_WATER) or HighWater()
        self._driver = Driver(engine, 1)

    async def extend(self, entries: Sequence[Sealed], now: datetime) -> bool:
        """Whether the entries were added, and are durable; else it is to be done in the ordinary way.

        That is so where somebody else added to the chain, and where a root is due.
        """
        before = self._known.head
        if before is None or self._notary is None:
            return False
        after, rows = grown(before, entries, now)
        if after.asks_for_root(now):
            return False
        after = after.signed(self._notary)
        ((added,),) = await self._driver.rows(EXTEND, _values(before, after, entries, rows, now))
        if added:
            self._known.rise(after)
        return bool(added)

    async def close(self) -> None:
        """Ends the connection."""
        await self._driver.close()


def _values(
    before: Head, after: Head, entries: Sequence[Sealed], rows: Sequence[Mapping[str, object]], now: datetime
) -> Mapping[str, object]:
    told = [_plain(row, entry.objects) for row, entry in zip(rows, entries, strict=True)]
    return {
        "was_sequence": before.sequence,
        "was_hash": before.hash,
        "root_number": before.root_number,
        "sequence": after.sequence,
        "hash": after.hash,
        "key_id": after.key_id,
        "signature": after.signature,
        "entries": msgspec.json.encode(told).decode(),
        "at": now,
    }


def _plain(row: Mapping[str, object], objects: Sequence[str]) -> Mapping[str, object]:
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items() if name != "at"}
    return plain | {"objects": f"{{{','.join(objects)}}}"}
