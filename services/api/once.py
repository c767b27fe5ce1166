"""A request that may be sent twice into one deed and one answer, by its Idempotency-Key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Request, Response
from pydantic import StringConstraints
from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.deliveries import answered_requests as answered
from services.api.db.engine import writing
from services.api.db.types import AnyRow
from services.api.need_to_know import item_for
from services.api.parts import Parts, parts_of
from services.api.reader import reader_of
from services.api.reads import record_reads

KEY_HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 100
UNDER_WAY = 0
"""The status of a row whose answer is not there yet; no other transaction ever sees it."""
KEPT_HEADERS = frozenset({"content-type", "etag", "link", "location"})

Key = Annotated[
    Annotated[str, StringConstraints(pattern=r'^("[A-Za-z0-9._:-]{8,128}"|[A-Za-z0-9._:-]{8,128})$')] | None,
    Header(
        alias=KEY_HEADER,
        description=(
            "A key of the sender's own making, such as a UUID, for this one deed. The same request under the same key "
            "does nothing again within 24 hours, and gets the first answer."
        ),
        examples=["3f0c1b4e-6a52-4c0f-9d6e-0f7f4f1f2a10"],
    ),
]
Check = Callable[[AsyncConnection], Awaitable[str | None]]
"""Whether the reader may be shown the answer again, and the signal that it shows. Raises as `item_for` does."""


class Answered(Exception):  # noqa: N818 - no error: the way out of a transaction in which there is nothing to do
    """This request was answered before; this is the answer, and the signal that it shows."""

    def __init__(self, response: Response, shown: str | None) -> None:
        super().__init__()
        self.response = response
        self.shown = shown


class Once:
    """One request that writes. Without a key it is an ordinary transaction."""

    def __init__(self, parts: Parts, row_id: str | None, fingerprint: str, check: Check) -> None:
        self._parts = parts
        self._row_id: Final = row_id
        self._fingerprint = fingerprint
        self._check = check
        self._answer: tuple[Response, bool] | None = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction as `engine.writing` gives it; the answer given in it is stored with what it did.

        Raises Answered where the same request was answered before, and HTTPException 422 where another request came
        under this key, or 409 where the answer was not kept. A second request at the same moment waits for the first.
        What fails leaves no trace, and may be tried again under the same key.
        """
        async with writing(self._parts.engine) as connection:
            if self._row_id is not None:
                await self._claim(connection, self._row_id, self._parts.clock.now())
            yield connection
            if self._answer is None:
                raise RuntimeError("the transaction ends without its answer; a repeat would have none")
            if self._row_id is not None:
                await self._keep(connection, self._row_id, *self._answer)

    def answer(self, response: Response, *, keep: bool = True) -> Response:
        """The same response, to be given again to the same request.

        With `keep=False` its body is not stored: a request that is sent again is told where to look.
        """
        self._answer = response, keep
        return response

    async def _claim(self, connection: AsyncConnection, row_id: str, now: datetime) -> None:
        await connection.execute(answered.delete().where(answered.c.id == row_id, answered.c.answered_at <= now - KEPT))
        row = {"id": row_id, "fingerprint": self._fingerprint, "answered_at": now, "status": UNDER_WAY, "headers": {}}
        insert = _insert_new(connection).values(row).returning(answered.c.id)
        if (await connection.execute(insert)).first() is not None:
            return
        held = (await connection.execute(select(answered).where(answered.c.id == row_id))).one()
        if held.fingerprint != self._fingerprint:
            raise HTTPException(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"Another request was sent under this {KEY_HEADER}; give each deed a key of its own.",
            )
        shown = await self._check(connection)
        raise Answered(_again(held), shown)

    async def _keep(self, connection: AsyncConnection, row_id: str, response: Response, keep: bool) -> None:
        headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
        told = {"status": response.status_code, "headers": headers, "body": bytes(response.body) if keep else None}
        await connection.execute(answered.update().where(answered.c.id == row_id).values(told))
        await _purge(connection, self._parts.clock.now())


async def once_of(request: Request, key: Key = None) -> Once:
    """The request as one that may come twice. A repeat of what is about an item is shown to those who may see it."""
    parts, reader = parts_of(request), reader_of(request)
    if key is None:
        return Once(parts, None, "", _nothing)
    query = request.url.query
    fingerprint = parts.requests.hash(request.method, request.url.path, query, await request.body())
    row_id = parts.requests.hash(reader.subject, key.strip('"'))
    item_id = request.path_params.get("itemId")

    async def check(connection: AsyncConnection) -> str | None:
        return None if item_id is None else str((await item_for(connection, reader, item_id)).signal_id)

    return Once(parts, row_id, fingerprint, check)


OnceOf = Annotated[Once, Depends(once_of)]


async def answer_again(request: Request, error: Exception) -> Response:
    """The first answer, marked as such; that it shows an item once more is recorded before.

    Raises HTTPException 503 or 507 if that cannot be done.
    """
    assert isinstance(error, Answered)  # noqa: S101 - registered for this class alone
    if error.shown is not None:
        await record_reads(parts_of(request), reader_of(request), "casework", [error.shown])
    return error.response


def _again(held: AnyRow) -> Response:
    headers = {**held.headers, REPLAYED: "true"}
    if held.body is not None:
        return Response(held.body, held.status, headers)
    place = held.headers.get("location")
    raise HTTPException(
        HTTPStatus.CONFLICT,
        "This request was done before, and its answer is not kept."
        + (" What came of it stands at the Location of this answer." if place else ""),
        headers,
    )


async def _nothing(_connection: AsyncConnection) -> None:
    """There is nothing to check, and no signal is shown."""


async def _purge(connection: AsyncConnection, now: datetime) -> None:
    """Forgets some of the old; those that another transaction forgets at this moment are left to it."""
    old = select(answered.c.id).where(answered.c.answered_at <= now - KEPT).order_by(answered.c.answered_at)
    some = old.limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
    await connection.execute(answered.delete().where(answered.c.id.in_(some)))


def _insert_new(connection: AsyncConnection) -> Insert:
    """Waits where another transaction claims the same key, and leaves its row as it is."""
    dialect = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert: Insert = dialect(answered).on_conflict_do_nothing()
    return insert
