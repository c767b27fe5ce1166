"""A look and what is known of signals and items into the item that made it the reader's work, as it was then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.api.readers.deeds import Deed, Look
from services.api.readers.histories import History, first_that_is_work

Parent = tuple[datetime, str | None]
"""Since when, and which."""


@dataclass(frozen=True)
class Known:
    """What a number of deeds needs to know.

    `people` holds the employee and the person of each signal, `parents` under which signal each of its revisions put
    it, `of_signal` its items, the newest first, and `about` the items that an account ever worked on, by the account
    and whom they are about.
    """

    people: Mapping[str, tuple[str | None, str | None]]
    parents: Mapping[str, Sequence[Parent]]
    items: Mapping[str, History]
    of_signal: Mapping[str, Sequence[History]]
    about: Mapping[tuple[str, str], Sequence[History]]

    def seen(self, look: Look) -> list[tuple[int, str | None]]:
        """Whose file a look was at, each with the place of the lookup; nobody's where no one is named."""
        if look.signal_id is None:
            return [(look.place, look.person)]
        named = self.people.get(look.signal_id, (None, None))
        return [(look.place + number, who) for number, who in enumerate(named) if who] or [(look.place, None)]

    def ground(self, deed: Deed, look: Look) -> str | None:
        """The item that made it the reader's work; null for lists, and where nothing did."""
        own = first_that_is_work(self._items(deed, look), deed.actor, deed.role, deed.at)
        if own is not None:
            return own
        beside = (item for _, who in self.seen(look) for item in self.about.get((deed.actor, who or ""), ()))
        return next((item.item_id for item in beside if item.assigned(deed.actor, deed.at)), None)

    def _items(self, deed: Deed, look: Look) -> Iterator[History]:
        """Those of the signal, of the signal that it was shown beside, and of the one it belonged under."""
        if look.item_id is not None and look.item_id in self.items:
            yield self.items[look.item_id]
        if look.signal_id is not None:
            for signal_id in (look.signal_id, look.beside, self._parent(look.signal_id, deed.at)):
                yield from self.of_signal.get(signal_id or "", ())

    def _parent(self, signal_id: str, at: datetime) -> str | None:
        parent = None
        for since, told in self.parents.get(signal_id, ()):
            if since <= at:
                parent = told
        return parent
