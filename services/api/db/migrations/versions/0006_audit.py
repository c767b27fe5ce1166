"""The audit trail; the reads that were recorded until now become its first entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from alembic import op

from services.api.audit.chain import GENESIS, Sealed, seal
from services.api.audit.entries import Entry
from services.api.db.append_only import statements
from services.api.db.types import AnyRow, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TELLS_OF_BLANKING = sa.text("blanked_through IS NOT NULL")
CARRIED_AT_ONCE = 1_000

reads = sa.table(
    "reads",
    sa.column("id", sa.BigInteger()),
    sa.column("reader", sa.String()),
    sa.column("read_at", Instant()),
    sa.column("what", sa.String()),
    sa.column("signal_id", sa.String()),
    sa.column("purpose", sa.String()),
)
OF_ONE_REQUEST = attrgetter("reader", "read_at", "what", "purpose")


def upgrade() -> None:
    """Add the tables, carry the reads over, and have the database refuse changes from then on."""
    entries, objects, head = _add_entries(), _add_objects(), _add_head()
    op.create_table(
        "audit_roots",
        sa.Column("number", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("sequence", SEQUENCE, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_roots"),
    )
    sequence, last = _carry_over(entries, objects)
    op.bulk_insert(head, [{"id": 1, "sequence": sequence, "hash": last, "root_number": 0, "root_sequence": 0}])
    op.drop_table("reads")
    for statement in statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _add_entries() -> sa.Table:
    table = op.create_table(
        "audit_entries",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200)),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object_kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(100)),
        sa.Column("purpose", sa.String(40)),
        sa.Column("detail", sa.JSON(none_as_null=True)),
        sa.Column("blanked_through", SEQUENCE),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entries"),
    )
    for name, columns in (("time", []), ("actor", ["actor"]), ("action", ["action"])):
        op.create_index(f"ix_audit_entries_by_{name}", "audit_entries", [*columns, "at", "sequence"])
    op.create_index(
        "ix_audit_entries_by_blanking",
        "audit_entries",
        ["blanked_through"],
        sqlite_where=TELLS_OF_BLANKING,
        postgresql_where=TELLS_OF_BLANKING,
    )
    return table


def _add_objects() -> sa.Table:
    return op.create_table(
        "audit_objects",
        sa.Column("object_key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("object_key", "at", "sequence", name="pk_audit_objects"),
        sqlite_with_rowid=False,
    )


def _add_head() -> sa.Table:
    return op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", SEQUENCE, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("root_number", SEQUENCE, nullable=False),
        sa.Column("root_sequence", SEQUENCE, nullable=False),
        sa.Column("root_at", Instant()),
        sa.Column("key_id", sa.String(16)),
        sa.Column("signature", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )


def _carry_over(entries: sa.Table, objects: sa.Table) -> tuple[int, bytes]:
    """Each request of which reads were recorded becomes one entry; the last sequence and hash."""
    sequence, last = 0, GENESIS
    rows: list[dict[str, object]] = []
    found: list[dict[str, object]] = []
    for first, sealed in _requests():
        sequence += 1
        row, last = sealed.placed(sequence, first.read_at, last)
        rows.append(row)
        found += [{"object_key": key, "at": first.read_at, "sequence": sequence} for key in sealed.objects]
        if len(rows) == CARRIED_AT_ONCE:
            _store(entries, rows)
            _store(objects, found)
    _store(entries, rows)
    _store(objects, found)
    return sequence, last


def _store(table: sa.Table, rows: list[dict[str, object]]) -> None:
    if rows:
        op.bulk_insert(table, rows)
    rows.clear()


def _requests() -> Iterator[tuple[AnyRow, Sealed]]:
    for (reader, _, what, purpose), shown in groupby(_reads(), OF_ONE_REQUEST):
        rows = list(shown)
        signals = [row.signal_id for row in rows if row.signal_id is not None]
        object_id = signals[0] if len(signals) == 1 else None
        detail = {"shown": what, "signals": signals}
        role = reader.removeprefix("token:")[:40]
        yield rows[0], seal(Entry(reader, role, "read", "signal", object_id, purpose, detail))


def _reads() -> Iterator[AnyRow]:
    """In order, some at a time."""
    after = 0
    while page := _page(after):
        yield from page
        after = page[-1].id


def _page(after: int) -> Sequence[AnyRow]:
    query = sa.select(reads).where(reads.c.id > after).order_by(reads.c.id).limit(CARRIED_AT_ONCE)
    return op.get_bind().execute(query).all()
