"""Ways in which somebody with the rights of the database's owner may change the trail, none of which may go unseen."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from services.api.audit.chain import GENESIS, Entry, seal
from services.api.audit.export import read_roots
from services.api.audit.keys import open_audit_key
from services.api.audit.seals import EXPORTED_WITHIN
from services.api.audit.stored import Stored, entries_after, stored
from services.api.audit.verification import head_of, roots_of

Tampering = Callable[["Hand"], bool]
"""Changes something and says so, or finds nothing to change."""


class Hand:
    """Changes what it likes in the database and in the file of roots; it does not have the key."""

    def __init__(self, connection: Connection, export: Path, rng: random.Random) -> None:
        self.connection = connection
        self.export = export
        self.rng = rng
        for statement in triggers_gone(connection):
            connection.execute(text(statement))

    def sql(self, statement: str, **values: object) -> int:
        return self.connection.execute(text(statement), values).rowcount

    @property
    def entries(self) -> list[Stored]:
        return [stored(row) for row in self.connection.execute(entries_after(0))]

    def some(self) -> Stored:
        return self.rng.choice(self.entries)

    def two(self) -> list[Stored]:
        found = self.entries
        return self.rng.sample(found, 2) if len(found) > 1 else []

    def change(self, sequence: int, **values: object) -> bool:
        places = ", ".join(f"{name} = :{name}" for name in values)
        return bool(self.sql(f"UPDATE audit_entries SET {places} WHERE sequence = :place", place=sequence, **values))

    def rehash(self) -> None:
        """Works the chain out anew, to its head, and leaves the signatures as they are."""
        last = GENESIS
        for row in self.entries:
            last = row.hashed(last)
            self.sql("UPDATE audit_entries SET hash = :hash WHERE sequence = :at", hash=last, at=row.sequence)
        self.sql("UPDATE audit_head SET hash = :hash, sequence = :at", hash=last, at=len(self.entries))

    def shift(self, start: int, by: int) -> None:
        rows = [row.sequence for row in self.entries if row.sequence >= start]
        for sequence in rows[::-1] if by > 0 else rows:
            values = {"new": sequence + by, "old": sequence}
            self.sql("UPDATE audit_entries SET sequence = :new WHERE sequence = :old", **values)

    def insert(self, sequence: int) -> None:
        last = next((row.hash for row in self.entries if row.sequence == sequence - 1), GENESIS)
        forged = seal(Entry("token:nobody", "lead", "assess", "intake-item", None, None, {"verdict": "lawful"}))
        row, _ = forged.placed(sequence, self.entries[0].at, last)
        row |= {"detail": json.dumps(row["detail"]), "at": self.at_of(self.entries[0].sequence)}
        names = ", ".join(row)
        self.sql(f"INSERT INTO audit_entries ({names}) VALUES ({', '.join(f':{name}' for name in row)})", **row)

    def at_of(self, sequence: int) -> object:
        """As the database keeps it."""
        return self.connection.execute(text(f"SELECT at FROM audit_entries WHERE sequence = {sequence}")).scalar_one()


def triggers_gone(connection: Connection) -> Sequence[str]:
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        return [f"DROP TRIGGER {name}" for name in names]
    tables = ("audit_entries", "audit_objects", "audit_roots", "audit_head")
    return [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]


def edit(hand: Hand) -> bool:
    column = hand.rng.choice(("role", "action", "object_kind", "purpose"))
    return hand.change(hand.some().sequence, **{column: "other"})


def edit_time(hand: Hand) -> bool:
    pair = hand.two()
    if not pair or pair[0].at == pair[1].at:
        return False
    return hand.change(pair[0].sequence, at=hand.at_of(pair[1].sequence))


def edit_payload(hand: Hand) -> bool:
    row = hand.some()
    column, value = hand.rng.choice((("actor", "token:other"), ("object_id", "i-1"), ("detail", '{"verdict":1.5}')))
    return not row.blank and hand.change(row.sequence, **{column: value})


def damage_payload(hand: Hand) -> bool:
    """PostgreSQL refuses what is no JSON."""
    return hand.connection.dialect.name == "sqlite" and hand.change(hand.some().sequence, detail="{")


def swap_payloads(hand: Hand) -> bool:
    pair = [row for row in hand.two() if not row.blank]
    if len(pair) < 2:
        return False
    for row, other in (pair, pair[::-1]):
        payload = {"actor": other.actor, "object_id": other.object_id, "salt": other.salt}
        hand.change(row.sequence, detail=json.dumps(other.detail), **payload)
    return True


def replace_payload(hand: Hand) -> bool:
    """With a hash that fits it."""
    row = hand.some()
    forged = seal(Entry("token:other", row.role, row.action, row.object_kind, None, row.purpose, {}))
    hashes = {"salt": forged.salt, "payload_hash": forged.payload_hash}
    return hand.change(row.sequence, actor="token:other", object_id=None, detail="{}", **hashes)


def delete(hand: Hand) -> bool:
    return bool(hand.sql("DELETE FROM audit_entries WHERE sequence = :at", at=hand.some().sequence))


def delete_and_renumber(hand: Hand) -> bool:
    sequence = hand.some().sequence
    hand.sql("DELETE FROM audit_entries WHERE sequence = :at", at=sequence)
    hand.shift(sequence + 1, -1)
    return True


def delete_and_rewrite(hand: Hand) -> bool:
    delete_and_renumber(hand)
    hand.rehash()
    return True


def cut_off(hand: Hand) -> bool:
    return bool(hand.sql("DELETE FROM audit_entries WHERE sequence >= :at", at=hand.some().sequence))


def cut_off_with_head(hand: Hand) -> bool:
    cut_off(hand)
    left = hand.entries
    last = left[-1].hash if left else GENESIS
    hand.sql("UPDATE audit_head SET sequence = :at, hash = :hash", at=len(left), hash=last)
    return True


def empty(hand: Hand) -> bool:
    """As if there had never been anything; only the file outside knows better."""
    if not hand.export.exists() or not read_roots(hand.export).roots:
        return False
    for table in ("audit_entries", "audit_objects", "audit_roots"):
        hand.sql(f"DELETE FROM {table}")
    values = "sequence = 0, root_number = 0, root_sequence = 0, root_at = NULL, key_id = NULL, signature = NULL"
    return bool(hand.sql(f"UPDATE audit_head SET hash = :hash, {values}", hash=GENESIS))


def insert_inside(hand: Hand) -> bool:
    sequence = hand.some().sequence
    hand.shift(sequence, 1)
    hand.insert(sequence)
    return True


def insert_and_rewrite(hand: Hand) -> bool:
    insert_inside(hand)
    hand.rehash()
    return True


def add(hand: Hand) -> bool:
    hand.insert(hand.entries[-1].sequence + 1)
    return True


def add_with_head(hand: Hand) -> bool:
    add(hand)
    hand.rehash()
    return True


def swap(hand: Hand) -> bool:
    one, other = hand.two() or (None, None)
    if one is None or other is None:
        return False
    for old, new in ((one.sequence, -1), (other.sequence, one.sequence), (-1, other.sequence)):
        hand.sql("UPDATE audit_entries SET sequence = :new WHERE sequence = :old", new=new, old=old)
    return True


def rewrite(hand: Hand) -> bool:
    edit(hand)
    hand.rehash()
    return True


def rewrite_under_another_key(hand: Hand) -> bool:
    """The whole chain, its roots, its head and the file, all signed by somebody else."""
    rewrite(hand)
    other = open_audit_key(hand.export.with_name("other-key.json"))
    head, hashes = head_of(hand.connection), {row.sequence: row.hash for row in hand.entries}
    assert head is not None
    for root in roots_of(hand.connection):
        hand.sql(
            "UPDATE audit_roots SET hash = :hash, key_id = :key, signature = :signature WHERE number = :number",
            hash=hashes[root.sequence],
            key=other.key_id,
            signature=other.sign(root.message),
            number=root.number,
        )
    signed = head.signed(other)
    values = {"key": signed.key_id, "signature": signed.signature}
    return bool(hand.sql("UPDATE audit_head SET key_id = :key, signature = :signature", **values))


def drop_head(hand: Hand) -> bool:
    return bool(hand.sql("DELETE FROM audit_head"))


def unsign_head(hand: Hand) -> bool:
    if not roots_of(hand.connection):
        return False
    return bool(hand.sql("UPDATE audit_head SET key_id = NULL, signature = NULL"))


def forge_root(hand: Hand) -> bool:
    roots = roots_of(hand.connection)
    if not roots:
        return False
    root = hand.rng.choice(roots)
    signature = bytes([root.signature[0] ^ 1]) + root.signature[1:]
    return bool(hand.sql("UPDATE audit_roots SET signature = :new WHERE number = :at", new=signature, at=root.number))


def drop_root(hand: Hand) -> bool:
    numbers = [root.number for root in roots_of(hand.connection)]
    return bool(numbers) and bool(hand.sql("DELETE FROM audit_roots WHERE number = :at", at=hand.rng.choice(numbers)))


def blank_silently(hand: Hand) -> bool:
    row = hand.some()
    allowed = max((other.blanked_through or 0 for other in hand.entries), default=0)
    if row.sequence <= allowed:
        return False
    hand.sql("DELETE FROM audit_objects WHERE sequence = :at", at=row.sequence)
    blank = "actor = NULL, object_id = NULL, detail = NULL, salt = NULL"
    return bool(hand.sql(f"UPDATE audit_entries SET {blank} WHERE sequence = :at", at=row.sequence))


def drop_look_ups(hand: Hand) -> bool:
    """Nobody is to find who read a signal."""
    keys = hand.connection.execute(text("SELECT object_key FROM audit_objects")).scalars().all()
    return bool(keys) and bool(hand.sql("DELETE FROM audit_objects WHERE object_key = :key", key=hand.rng.choice(keys)))


def point_look_up_elsewhere(hand: Hand) -> bool:
    row = hand.connection.execute(text("SELECT object_key, sequence FROM audit_objects LIMIT 1")).first()
    if row is None:
        return False
    this = {"key": row.object_key, "at": row.sequence}
    moved = "UPDATE audit_objects SET sequence = sequence + 1 WHERE object_key = :key AND sequence = :at"
    return bool(hand.sql(moved, **this))


def edit_export(hand: Hand) -> bool:
    return _change_line(hand, lambda line: line.replace(b'"sequence":', b'"sequence":1', 1))


def damage_export(hand: Hand) -> bool:
    return _change_line(hand, lambda line: line[: len(line) // 2])


def drop_line_of_export(hand: Hand) -> bool:
    lines = hand.export.read_bytes().splitlines(keepends=True) if hand.export.exists() else []
    if len(lines) < 3:
        return False
    lines.pop(hand.rng.randrange(1, len(lines) - 1))  # the first may have been put away, the last may be on its way
    hand.export.write_bytes(b"".join(lines))
    return True


def drop_end_of_export(hand: Hand) -> bool:
    """So much that it cannot be on its way."""
    lines = hand.export.read_bytes().splitlines(keepends=True) if hand.export.exists() else []
    roots = read_roots(hand.export).roots if lines else []
    late = [place for place, root in enumerate(roots) if roots[-1].at - root.at >= EXPORTED_WITHIN]
    if not late or len(lines) != len(roots):
        return False
    hand.export.write_bytes(b"".join(lines[: hand.rng.choice(late)]))
    return True


def drop_export(hand: Hand) -> bool:
    if not roots_of(hand.connection) or not hand.export.exists():
        return False
    hand.export.unlink()
    return True


def _change_line(hand: Hand, change: Callable[[bytes], bytes]) -> bool:
    lines = hand.export.read_bytes().splitlines() if hand.export.exists() else []
    if not lines:
        return False
    place = hand.rng.randrange(len(lines))
    lines[place] = change(lines[place])
    hand.export.write_bytes(b"".join(line + b"\n" for line in lines))
    return True


ALL: tuple[Tampering, ...] = (
    *(edit, edit_time, edit_payload, damage_payload, swap_payloads, replace_payload),
    *(delete, delete_and_renumber, delete_and_rewrite, cut_off, cut_off_with_head, empty),
    *(insert_inside, insert_and_rewrite, add, add_with_head, swap, rewrite, rewrite_under_another_key),
    *(drop_head, unsign_head, forge_root, drop_root, blank_silently, drop_look_ups, point_look_up_elsewhere),
    *(edit_export, damage_export, drop_line_of_export, drop_end_of_export, drop_export),
)
