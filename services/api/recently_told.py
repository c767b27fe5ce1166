"""Signals as they were told lately: most who page through the queue read what somebody read before them.

They are pseudonymous, stay in the memory of one process, and are told only to a reader for whom the database has just
named each of them, in the same state.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from services.api.signals import Seen, Told

KEPT = 10_000
"""Signals; of some two kilobytes each."""


class RecentlyTold:
    """The last ones that were told, by what decides how they are told."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Seen, Told] = OrderedDict()

    def all_of(self, page: Iterable[Seen]) -> Sequence[Told] | None:
        """These signals as they were told, in this order; None where one of them was not told lately."""
        found = []
        for seen in page:
            told = self._kept.get(seen)
            if told is None:
                return None
            self._kept.move_to_end(seen)
            found.append(told)
        return found

    def keep(self, rows: Iterable[Told]) -> None:
        """Remembers these, and forgets what was told longest ago."""
        for row in rows:
            self._kept[row.seen] = row
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
