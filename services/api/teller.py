"""A reader and a query into the signals that are plainly theirs to see, by statements that are worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import bindparam

from services.api import signals
from services.api.cursors import CursorSeal, Given
from services.api.db.direct import DirectReader, Prepared
from services.api.db.tables import signals as signal_rows
from services.api.need_to_know import plainly_theirs
from services.api.paging import Page, opened, page_of, query_from
from services.api.queries import SignalQuery
from services.api.reader import Reader
from services.api.recently_told import RecentlyTold
from services.api.signals import BY_RANK, SEEN, Seen, Told

KEPT = 512
"""Statements of each kind: of so many readers, or of fewer with several filters each."""
PLACE = ("place_score", "place_signal_id")
"""Names of the values of BY_RANK where a page begins."""


class SignalTeller:
    """What it does not find may still be there: then the long way tells it, or tells why it may not be shown."""

    def __init__(self, direct: DirectReader) -> None:
        self._direct = direct
        self._recent = RecentlyTold()
        self._one = lru_cache(KEPT)(self._prepare_one)
        self._page = lru_cache(KEPT)(self._prepare_page)

    async def one(self, reader: Reader, signal_id: str) -> Told | None:
        """The current revision of a signal."""
        prepared = self._one(reader)
        rows = await self._direct.rows(prepared, {"wanted": signal_id}) if prepared else ()
        return Told._make(rows[0]) if rows else None

    async def page(self, reader: Reader, query: SignalQuery, seal: CursorSeal) -> Page[Told] | None:
        """A page by rank that is not empty. Raises HTTPException 400 if the cursor is not one of this list."""
        place, filters = opened(BY_RANK, seal, query.cursor), signals.filters_of(query)
        towards = None if place is None else place.backward
        prepared = self._page(reader, tuple(filters), query.pushed, query.limit, towards)
        if prepared is None:
            return None
        values = filters if place is None else {**filters, **dict(zip(PLACE, place.values, strict=True))}
        rows = await self._rows(*prepared, values)
        return page_of(rows, _place, BY_RANK, seal, place, query.limit) if rows else None

    async def _rows(self, seen: Prepared, told: Prepared, values: Mapping[str, object]) -> Sequence[Told]:
        """The signals of a page: which ones, and only where one was not told lately, all of them with their bodies."""
        recent = self._recent.all_of(Seen._make(row) for row in await self._direct.rows(seen, values))
        if recent is not None:
            return recent
        rows = [Told._make(row) for row in await self._direct.rows(told, values)]
        self._recent.keep(rows)
        return rows

    def _prepare_one(self, reader: Reader) -> Prepared | None:
        theirs = plainly_theirs(reader)
        if theirs is None:
            return None
        wanted = signal_rows.c.signal_id == bindparam("wanted")
        return self._direct.prepare(signals.signals_told(wanted, *theirs))

    def _prepare_page(
        self, reader: Reader, filters: tuple[str, ...], pushed: bool, limit: int, towards: bool | None
    ) -> tuple[Prepared, Prepared] | None:
        """The page as SEEN, and as TOLD."""
        theirs = plainly_theirs(reader)
        if theirs is None:
            return None
        like = signals.signals_where({name: bindparam(name) for name in filters}, theirs, pushed=pushed)
        place: list[Given] | None = None if towards is None else [bindparam(name) for name in PLACE]
        page = query_from(like, BY_RANK, place, limit, backward=bool(towards))
        return self._direct.prepare(page.with_only_columns(*SEEN)), self._direct.prepare(page)


def _place(row: Told) -> tuple[float, str]:
    return row.score, row.signal_id
