"""The audit trail of a database, and the roots outside it, into a report of what holds and what does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields

from sqlalchemy import Connection, func, select

from services.api.audit.chain import GENESIS
from services.api.audit.export import Exported
from services.api.audit.findings import Findings, Report
from services.api.audit.heads import Head, Root
from services.api.audit.keys import PublicKeys
from services.api.audit.seals import check_head, check_roots
from services.api.audit.stored import Stored, entries_after, stored
from services.api.audit.walk import Walk
from services.api.db.trail import audit_entries, audit_head, audit_objects, audit_roots

STREAMED = {"yield_per": 1_000}
"""Rows that are held at once; as many are looked through for what belongs at a place where the chain breaks."""
BLOCK = 1_024
"""Entries whose look-ups are compared as one sum."""
MASK = 2**64 - 1

Advance = Callable[[float], None]


def verify(connection: Connection, exported: Exported | None, keys: PublicKeys, advance: Advance) -> Report:
    """Reads the whole chain once, in bounded memory, in the connection's transaction, which must be one view.

    The roots outside must have been read before that view was taken, else those of a running API look like entries
    that were cut off. `exported` is None where there is no file.
    """
    findings = Findings()
    head, roots = head_of(connection), roots_of(connection)
    wanted = {root.sequence for root in (*roots, *(exported.roots if exported else ()))}
    walk = Walk(0, GENESIS, _blanked_through(connection), wanted, findings)
    sums = _follow(connection, walk, head.sequence if head else 0, advance)
    check_head(head, walk, findings)
    check_roots(head, roots, exported, walk, keys, findings)
    _check_objects(connection, sums, findings)
    counted = len(exported.roots) if exported else 0
    return Report(walk.entries, walk.intact, walk.blanked, len(roots), counted, findings)


def head_of(connection: Connection) -> Head | None:
    """Where the chain ends, as the database has it."""
    found = connection.execute(select(*(audit_head.c[field.name] for field in fields(Head)))).one_or_none()
    return Head(*found) if found else None


def roots_of(connection: Connection, after: int = 0) -> list[Root]:
    """The roots from the next number on, in order."""
    columns = (audit_roots.c[field.name] for field in fields(Root))
    query = select(*columns).where(audit_roots.c.number > after).order_by(audit_roots.c.number)
    return [Root(*row) for row in connection.execute(query)]


def _blanked_through(connection: Connection) -> int:
    tells = audit_entries.c.blanked_through.is_not(None)
    return connection.execute(select(func.max(audit_entries.c.blanked_through)).where(tells)).scalar_one() or 0


def _follow(connection: Connection, walk: Walk, total: int, advance: Advance) -> dict[int, int]:
    """Walks the chain; per block of entries the sum of what they are about."""
    sums: dict[int, int] = defaultdict(int)
    for part in connection.execute(entries_after(0), execution_options=STREAMED).partitions():
        rows = [stored(row) for row in part]
        walk.follow(rows)
        _sum_up(rows, sums)
        advance(min(1.0, walk.sequence / total) if total else 1.0)
    return sums


def _sum_up(rows: Sequence[Stored], sums: dict[int, int]) -> None:
    for row in rows:
        for key in row.objects():
            sums[row.sequence // BLOCK] += hash((key, row.at, row.sequence)) & MASK


def _check_objects(connection: Connection, sums: dict[int, int], findings: Findings) -> None:
    """Whether the look-ups by object are those of the entries: sums are free of order, so neither side is sorted."""
    columns = audit_objects.c.object_key, audit_objects.c.at, audit_objects.c.sequence
    for part in connection.execute(select(*columns), execution_options=STREAMED).partitions():
        for key, at, sequence in part:
            plain = key.replace("-", "")  # a UUID is read with hyphens
            sums[sequence // BLOCK] -= hash((plain, at, sequence)) & MASK
    for block in _unequal(sums):
        first, last = block * BLOCK, (block + 1) * BLOCK - 1
        findings.add("look-up", None, f"what is looked up by object does not agree with entries {first} to {last}")


def _unequal(sums: dict[int, int]) -> Iterable[int]:
    return sorted(block for block, rest in sums.items() if rest)
