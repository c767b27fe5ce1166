"""What an item shows of its signal into a new row of the queue, and what is told of one that is not the first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from services.api.casework.codes import NEXT_LOOK_EVENT, RECEIVED
from services.api.intake.notices import Happening


def opened(shown: Mapping[str, object], look_number: int, now: datetime, due: datetime) -> dict[str, object]:
    """A row of `intake_items`; `shown` are the columns that the signal's current revision gives."""
    return {
        **shown,
        "id": f"i-{secrets.token_hex(16)}",
        "look_number": look_number,
        "status": RECEIVED,
        "received_at": now,
        "due_at": None if shown["withdrawn"] else due,
    }


def told_of_next(row: Mapping[str, object], revision: int, new_lookups: int) -> Happening:
    """That it was opened for lookups that no decision was taken on."""
    detail = {"opened": False, "lookNumber": row["look_number"], "newLookups": new_lookups}
    return Happening(str(row["id"]), NEXT_LOOK_EVENT, revision, detail)
