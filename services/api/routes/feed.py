"""The route of news: that an item is new or changed, as server-sent events that tell nothing about a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.api.access import GuardedRoute, ReaderOf
from services.api.answers import ItemNews
from services.api.db.engine import reading, writing
from services.api.db.types import AnyRow
from services.api.need_to_know import unconcerned_items
from services.api.news import Reel, forget_old
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.reads import record_reads

router = APIRouter(prefix="/v1/intake-items", tags=["intake-items"], route_class=GuardedRoute)

POLL_SECONDS = 1.0
LASTS = timedelta(minutes=15)
"""Then the connection ends; whoever connects again is admitted, and recorded, anew."""
RETRY_MILLISECONDS = 2_000
LARGEST_PLACE = 2**63 - 1

LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        pattern=r"^[0-9]{1,18}$",
        description="The id of the last event that was received; the stream goes on after it.",
        examples=["1024"],
    ),
]


async def reel_of(parts: PartsOf, reader: ReaderOf, last: LastEventId = None) -> AsyncIterator[Reel]:
    """A place among the followers, recorded as a read before anything is told."""
    with parts.followers.place(reader.subject):
        async with writing(parts.engine) as connection:
            await forget_old(connection)
        async with reading(parts.engine) as connection:
            await unconcerned_items(connection, reader)
            reel = Reel(int(last)) if last is not None else await Reel.from_now(connection)
        await record_reads(parts, reader, "news", [])
        yield reel


@router.get(
    "/_events",
    response_class=EventSourceResponse,
    summary="Follow the queue",
    response_description="Events, as they happen",
    responses=documented(400, 401, 403, 429),
)
async def follow(
    parts: PartsOf, reader: ReaderOf, reel: Annotated[Reel, Depends(reel_of)]
) -> AsyncIterator[ServerSentEvent]:
    """That an item is new, or has another status or version; what it says is read at its address.

    An event `item` tells `itemId`, `signalId`, `status`, `version`, `withdrawn` and `dataref`. An event
    `news-forgotten` says that what came after Last-Event-ID is not kept any more: read the queue anew. A connection
    ends after a quarter of an hour, and when the service stops; connect again with Last-Event-ID.
    """
    ends = parts.clock.now() + LASTS
    yield ServerSentEvent(comment="following", retry=RETRY_MILLISECONDS)
    async with reading(parts.engine) as connection:
        forgotten = await reel.forgotten(connection)
    if forgotten:
        yield ServerSentEvent(event="news-forgotten", data={})
    while not parts.followers.closing and parts.clock.now() < ends:
        try:
            async with reading(parts.engine) as connection:
                news = await reel.next(connection, await unconcerned_items(connection, reader))
        except HTTPException:  # an interest register was loaded that does not know this reader
            return
        for row in news:
            yield ServerSentEvent(event="item", id=str(row.id), raw_data=_told(row).model_dump_json(by_alias=True))
        if not news:
            await parts.followers.wait(POLL_SECONDS)


def _told(row: AnyRow) -> ItemNews:
    return ItemNews(
        itemId=row.item_id,
        signalId=row.signal_id,
        status=row.status,
        version=row.version,
        withdrawn=row.withdrawn,
        dataref=f"/v1/intake-items/{row.item_id}",
    )
