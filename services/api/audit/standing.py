"""The end of the trail as the database has it, into one that may be built on, or a refusal.

Who owns the database but not the key can make it say anything: nothing is signed on top of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import ScalarSelect, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.chain import GENESIS
from services.api.audit.heads import Head
from services.api.audit.keys import Notary
from services.api.db.engine import options_of
from services.api.db.trail import audit_entries, audit_head, audit_roots

NOTARY = "notary"
"""The execution option that holds who signs."""
HIGH_WATER = "high_water"
"""The execution option that holds how far this process knows the trail to have come."""
LOCKED_HEAD = select(*(audit_head.c[field.name] for field in fields(Head))).with_for_update()
NO_HEAD = "the row that tells where the trail ends is gone, or is there more than once"
FORGED = "the signature of the end of the trail is not genuine"
OTHER_LAST = "the last entry is not the one that the end of the trail was signed for"
OLDER = "the trail ends before, or otherwise than, where this process knows it to have been"

BROKEN_ADVICE = "run: doelbinding audit verify; change nothing, and tell the auditor (docs/audit.md)"


class BrokenTrailError(RuntimeError):
    """The end of the trail is not as it was left: nothing can be added, `doelbinding audit verify` tells more."""


class HighWater:
    """The furthest end of the trail that this process knows to be durable.

    An earlier head is signed as well: only who saw a later one can tell that it was put back.
    """

    def __init__(self) -> None:
        self.head: Head | None = None

    def rise(self, head: Head) -> None:
        """The trail has come as far as this, and is durable."""
        if self.head is None or self.head.before(head):
            self.head = head


def signing(notary: Notary) -> Mapping[str, object]:
    """Execution options of the engine of a process that signs the trail, and remembers how far it came."""
    return {NOTARY: notary, HIGH_WATER: HighWater()}


def notary_of(connection: AsyncConnection) -> Notary | None:
    """Who signs in this process; nobody does where the trail is used without the application."""
    notary: Notary | None = options_of(connection).get(NOTARY)
    return notary


def high_water_of(connection: AsyncConnection) -> HighWater:
    """How far this process knows the trail to have come; one that knows nothing where the engine has none."""
    known: HighWater | None = options_of(connection).get(HIGH_WATER)
    return known or HighWater()


async def standing_head(connection: AsyncConnection) -> Head:
    """The end of the trail, locked. Raises BrokenTrailError where it is not as those left it who have the key."""
    found = (await connection.execute(LOCKED_HEAD)).all()
    if len(found) != 1:
        raise BrokenTrailError(NO_HEAD)
    head, notary = Head(*found[0]), notary_of(connection)
    if notary is not None:
        await _demand_genuine(connection, head, notary)
        await _demand_standing(connection, head, high_water_of(connection).head)
    return head


async def _demand_genuine(connection: AsyncConnection, head: Head, notary: Notary) -> None:
    """Only a trail that no process with a key has used yet ends without a signature: it has no roots either."""
    if head.unsigned:
        rooted = (await connection.execute(select(exists().select_from(audit_roots)))).scalar_one()
        if not rooted and head.root_number == 0:
            return
    if not notary.public_keys.holds(head.key_id, head.message, head.signature):
        raise BrokenTrailError(FORGED)


async def _demand_standing(connection: AsyncConnection, head: Head, known: Head | None) -> None:
    """Three places of the chain in one message: its end, what is beyond it, and where this process saw its end."""
    there = _hash_at(known.sequence if known else 0)
    beyond = exists().where(audit_entries.c.sequence > head.sequence)
    last, hash_there, goes_on = (await connection.execute(select(_hash_at(head.sequence), there, beyond))).one()
    if goes_on or (last or GENESIS) != head.hash or (last is None) != (head.sequence == 0):
        raise BrokenTrailError(OTHER_LAST)
    if known is not None and (head.before(known) or (hash_there or GENESIS) != known.hash):
        raise BrokenTrailError(OLDER)


def _hash_at(sequence: int) -> ScalarSelect[bytes]:
    return select(audit_entries.c.hash).where(audit_entries.c.sequence == sequence).scalar_subquery()
