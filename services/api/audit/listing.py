"""The audit trail from the tables: who did what to what, newest first; every way to ask goes along an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audit.chain import object_key
from services.api.audit.concern import concerns
from services.api.audit.export import root_answer
from services.api.audit.heads import Root
from services.api.audit.withholding import withholding
from services.api.casework.notes import without_bsn
from services.api.cursors import Order
from services.api.db.trail import audit_entries, audit_objects, audit_roots
from services.api.db.types import AnyRow, AnySelect
from services.api.paging import Listing
from services.api.payloads import PRINTABLE, Code, Instant
from services.api.queries import PageQuery
from services.core.wire import to_wire


def _as_the_trail_may_hold_it(text: str) -> str:
    """What is asked for stands in the trail itself."""
    if not text.isprintable():
        raise ValueError("must not hold control characters")
    return without_bsn(text)


Nobody = AfterValidator(_as_the_trail_may_hold_it)
Actor = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE), Nobody]
ObjectId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE), Nobody]


def _after_its_start(end: datetime | None, info: ValidationInfo) -> datetime | None:
    start = info.data.get("from_")
    if start is not None and end is not None and end <= start:
        raise ValueError("must lie after from; entries of the moment to itself are not shown")
    return end


class AuditQuery(PageQuery):
    """Which entries of the audit trail; filters that are given hold together."""

    actor: Annotated[Actor | None, Field(description="Only what this reader did.")] = None
    action: Annotated[Annotated[Code, Nobody] | None, Field(description="Only entries of this action.")] = None
    object_id: Annotated[
        ObjectId | None, Field(description="Only what is about this signal, item or pseudonym, in a list as well.")
    ] = None
    from_: Annotated[Instant | None, Field(description="At this moment or later (RFC 3339).")] = None
    to: Annotated[
        Instant | None, Field(description="Before this moment (RFC 3339)."), AfterValidator(_after_its_start)
    ] = None

    @property
    def filters(self) -> Mapping[str, object]:
        """What was asked for, for the entry that records the asking."""
        asked = self.model_dump(exclude={"cursor", "limit"}, exclude_none=True, by_alias=True)
        return {name: to_wire(value) for name, value in asked.items()}


BY_TIME = Listing(
    "audit-entries",
    (
        Order(audit_entries.c.at, datetime, descending=True),
        Order(audit_entries.c.sequence, int, descending=True),
    ),
)
OF_OBJECT = Listing(
    "audit-entries-of-object",
    (
        Order(audit_objects.c.at, datetime, descending=True),
        Order(audit_objects.c.sequence, int, descending=True),
    ),
)
BY_NUMBER = Listing("audit-roots", (Order(audit_roots.c.number, int, descending=True),))


async def entries_for(connection: AsyncConnection, reader: Reader, query: AuditQuery) -> tuple[AnySelect, Listing]:
    """What a query asks for and its reader may find: of what they have an interest in, only what they did themselves.

    Entries of which the object is withheld would tell it if they were found by it.
    """
    like, order = entries_like(query)
    if query.object_id is not None and await concerns(connection, reader, query.object_id):
        like = like.where(audit_entries.c.actor == reader.subject)
    return like, order


def entries_like(query: AuditQuery) -> tuple[AnySelect, Listing]:
    """The entries that a query asks for, and the order to page through them."""
    if query.object_id is None:
        return select(audit_entries).where(*_conditions(query, BY_TIME)), BY_TIME
    about = select(audit_entries, *(order.column for order in OF_OBJECT.order)).join_from(
        audit_objects, audit_entries, audit_entries.c.sequence == audit_objects.c.sequence
    )
    key = audit_objects.c.object_key == object_key(query.object_id)
    return about.where(key, *_conditions(query, OF_OBJECT)), OF_OBJECT


def _conditions(query: AuditQuery, listing: Listing) -> list[ColumnElement[bool]]:
    at = listing.order[0].column
    conditions: list[ColumnElement[bool]] = []
    if query.actor is not None:
        conditions.append(audit_entries.c.actor == query.actor)
    if query.action is not None:
        conditions.append(audit_entries.c.action == query.action)
    if query.from_ is not None:
        conditions.append(at >= query.from_)
    if query.to is not None:
        conditions.append(at < query.to)
    return conditions


async def as_answers(
    connection: AsyncConnection, reader: Reader, rows: Sequence[AnyRow]
) -> Sequence[Mapping[str, object]]:
    """A page of entries as the API shows them to a reader, without what they must not know, or not know yet."""
    withheld = await withholding(connection, reader, rows)
    return [withheld.told(row, as_answer(row)) for row in rows]


def as_answer(row: AnyRow) -> Mapping[str, object]:
    """An entry as the API shows it; hashes in hexadecimal."""
    shown = ("sequence", "at", "actor", "role", "action", "object_kind", "object_id", "purpose", "blanked_through")
    entry = to_wire({name: row._mapping[audit_entries.c[name]] for name in shown})
    assert isinstance(entry, dict)  # noqa: S101 - a mapping becomes one
    hashes = {"payloadHash": row.payload_hash.hex(), "hash": row.hash.hex()}
    return entry | {"detail": row.detail} | hashes


def roots_listed() -> AnySelect:
    """All roots."""
    return select(audit_roots)


def as_root_answer(row: AnyRow) -> Mapping[str, object]:
    """A root as the API shows it."""
    return root_answer(Root(*(row._mapping[audit_roots.c[field.name]] for field in fields(Root))))
