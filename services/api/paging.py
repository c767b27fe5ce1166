"""A query and a cursor into one page of rows, with links to the pages beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.cursors import BadCursorError, Cursor, CursorSeal, Given, Order, Value, past
from services.api.db.types import AnyRow, AnySelect
from services.api.queries import PageQuery

AnyTuple = TypeVar("AnyTuple", bound=tuple[object, ...])


@dataclass(frozen=True)
class Listing:
    """A list with a fixed order; its name binds cursors to it."""

    name: str
    order: tuple[Order, ...]

    def place(self, row: AnyRow) -> tuple[Value, ...]:
        """Where a row stands in the order."""
        return tuple(row._mapping[column.column] for column in self.order)


@dataclass(frozen=True)
class Page(Generic[AnyTuple]):
    """Some rows of a list, and the cursors of the pages before and after them."""

    rows: Sequence[AnyTuple]
    previous: str | None
    next: str | None

    def links(self, request: Request) -> Mapping[str, str]:
        """The Link header (RFC 8288), with targets relative to this server."""
        found = [
            f'<{self.target(request, cursor)}>; rel="{relation}"'
            for relation, cursor in (("prev", self.previous), ("next", self.next))
            if cursor
        ]
        return {"Link": ", ".join(found)} if found else {}

    @staticmethod
    def target(request: Request, cursor: str) -> str:
        """The same request, at another place of the list."""
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        return f"{request.scope['path']}?{urlencode([*kept, ('cursor', cursor)])}"


async def fetch_page(
    connection: AsyncConnection,
    query: AnySelect,
    listing: Listing,
    seal: CursorSeal,
    wanted: PageQuery,
) -> Page[AnyRow]:
    """At most as many rows as wanted, from the cursor on.

    Raises HTTPException 400 if the cursor is not one of this list.
    """
    place = opened(listing, seal, wanted.cursor)
    rows = (await connection.execute(page_query(query, listing, place, wanted.limit))).all()
    return page_of(rows, listing.place, listing, seal, place, wanted.limit)


def page_of(
    rows: Sequence[AnyTuple],
    place_of: Callable[[AnyTuple], tuple[Value, ...]],
    listing: Listing,
    seal: CursorSeal,
    cursor: Cursor | None,
    limit: int,
) -> Page[AnyTuple]:
    """What a `page_query` of this cursor and limit found, in the order of the list."""
    backward = cursor is not None and cursor.backward
    more = len(rows) > limit
    rows = rows[:limit][::-1] if backward else rows[:limit]
    if not rows:
        return Page(rows, None, None)
    has_before = more if backward else cursor is not None
    before = seal.seal(listing.name, Cursor(place_of(rows[0]), backward=True)) if has_before else None
    after = seal.seal(listing.name, Cursor(place_of(rows[-1]))) if backward or more else None
    return Page(rows, before, after)


def page_query(query: AnySelect, listing: Listing, cursor: Cursor | None, limit: int) -> AnySelect:
    """The query of one page, with one row more to see whether the list goes on."""
    if cursor is None:
        return query_from(query, listing, None, limit, backward=False)
    return query_from(query, listing, cursor.values, limit, backward=cursor.backward)


def query_from(
    query: AnySelect, listing: Listing, place: Sequence[Given] | None, limit: int, *, backward: bool
) -> AnySelect:
    """The same, from a place whose values may be names."""
    if place is not None:
        query = query.where(past(listing.order, place, backward=backward))
    return query.order_by(*(column.sorted(backward=backward) for column in listing.order)).limit(limit + 1)


def opened(listing: Listing, seal: CursorSeal, text: str | None) -> Cursor | None:
    """The place where a page begins. Raises HTTPException 400 if the cursor is not one of this list."""
    if text is None:
        return None
    try:
        return seal.open(listing.name, text, [column.kind for column in listing.order])
    except BadCursorError as error:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, "The cursor is not one of this list; take it from a Link header, or leave it out."
        ) from error
