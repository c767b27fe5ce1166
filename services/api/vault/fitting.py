"""A purpose and where an item stands now into a refusal, where the one does not go with the other."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.breaches import data_breaches
from services.api.db.types import AnyRow

NOTIFICATION = "data-breach-notification"
"""Goes with every status: a breach is notified whatever becomes of the item, once it was referred."""
FITS = {
    "assessment": ("received", "in-assessment", "disputed", "line-intervention"),
    "investigation": ("investigation",),
    "hearing": ("investigation",),
}


async def refuse_purpose(connection: AsyncConnection, purpose: str, item: AnyRow) -> None:
    """Asked whenever an identity is asked for, agreed to or opened, because an item goes on meanwhile.

    Raises HTTPException 409 that tells what the purpose goes with.
    """
    fitting = FITS.get(purpose)
    if fitting is not None and item.status not in fitting:
        raise HTTPException(
            HTTPStatus.CONFLICT,
            f"The purpose {purpose} goes with an item of status {', '.join(fitting)}; this one is {item.status}.",
        )
    if purpose == NOTIFICATION and not await _breach_referred(connection, item.id):
        raise HTTPException(
            HTTPStatus.CONFLICT,
            f"The purpose {purpose} goes with an item whose data breach was referred to Bureau Gegevensbescherming; "
            "of this one none was.",
        )


async def _breach_referred(connection: AsyncConnection, item_id: str) -> bool:
    referred = exists().where(data_breaches.c.item_id == item_id)
    return bool((await connection.execute(select(referred))).scalar_one())
