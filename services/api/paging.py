"""A query and a cursor into one page of rows, with links to the pages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.cursors import BadCursorError, Cursor, CursorSeal, Order, Value, past
from services.api.db.types import AnyRow, AnySelect
from services.api.queries import PageQuery


@dataclass(frozen=True)
class Listing:
    """A list with a fixed order; its name binds cursors to it."""

    name: str
    order: tuple[Order, ...]

    def place(self, row: AnyRow) -> tuple[Value, ...]:
        """Where a row stands in the order."""
        return tuple(row._mapping[column.column] for column in self.order)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursors of the pages before and after them."""

    rows: Sequence[AnyRow]
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
        url = request.url.include_query_params(cursor=cursor)
        return f"{url.path}?{url.query}"


async def fetch_page(
    connection: AsyncConnection,
    query: AnySelect,
    listing: Listing,
    seal: CursorSeal,
    wanted: PageQuery,
) -> Page:
    """At most as many rows as wanted, from the cursor on.

    Raises HTTPException 400 if the cursor is not one of this list.
    """
    place = _opened(listing, seal, wanted.cursor)
    backward = place is not None and place.backward
    rows = list((await connection.execute(page_query(query, listing, place, wanted.limit))).all())
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit][::-1] if backward else rows[: wanted.limit]
    if not rows:
        return Page(rows, None, None)
    before = seal.seal(listing.name, Cursor(listing.place(rows[0]), backward=True))
    after = seal.seal(listing.name, Cursor(listing.place(rows[-1])))
    has_before = more if backward else place is not None
    return Page(rows, before if has_before else None, after if backward or more else None)


def page_query(query: AnySelect, listing: Listing, cursor: Cursor | None, limit: int) -> AnySelect:
    """The query of one page, with one row more to see whether the list goes on."""
    backward = cursor is not None and cursor.backward
    if cursor is not None:
        query = query.where(past(listing.order, cursor))
    return query.order_by(*(column.sorted(backward=backward) for column in listing.order)).limit(limit + 1)


def _opened(listing: Listing, seal: CursorSeal, text: str | None) -> Cursor | None:
    if text is None:
        return None
    try:
        return seal.open(listing.name, text, [column.kind for column in listing.order])
    except BadCursorError as error:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, "The cursor is not one of this list; take it from a Link header, or leave it out."
        ) from error
