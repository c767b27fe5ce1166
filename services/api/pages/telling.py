"""A signal from the tables into everything that its story shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import families, signals
from services.api.access import Reader
from services.api.db.types import AnyRow
from services.api.families import Family
from services.api.need_to_know import apart_from
from services.api.pages import captions, frame
from services.api.pages.story import story_of
from services.api.parts import Parts
from services.api.readers.shown import Shown
from services.api.reads import record_reads


@dataclass(frozen=True)
class Telling:
    """The values of the templates of a story, and the relatives that it may show."""

    signal_id: str
    values: Mapping[str, object]
    family: Family


async def telling_of(connection: AsyncConnection, reader: Reader, row: AnyRow, timezone: ZoneInfo) -> Telling:
    """The story of a signal as `signal_for` gives it; relatives in which the reader has an interest are left out."""
    lookups = (await connection.execute(signals.evidence_of(row.signal_id))).scalars(1).all()
    family = await families.family_of(connection, row, apart_from(reader))
    signal = signals.as_answer(row)
    values = {
        "signal": signal,
        "story": story_of(signal, lookups, timezone),
        "revisions": await signals.latest_revisions(connection, row.signal_id),
        "family": family,
        "frame": vars(frame),
        "captions": vars(captions),
    }
    return Telling(row.signal_id, values, family)


async def record_telling(
    parts: Parts, reader: Reader, what: Shown, telling: Telling, purpose: str | None = None
) -> None:
    """Written down before the story is shown: its signal, and the relatives of which it tells anything."""
    await record_reads(parts, reader, what, [telling.signal_id], purpose)
    if shown := telling.family.shown(purpose):
        relatives = [relative.signal_id for relative in shown]
        await record_reads(parts, reader, "family-page", relatives, purpose, beside=telling.signal_id)
