"""Stored dead letters into those that the topic of dead letters has not got yet, and what it got into marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select, update

from services.detector.state.connection import reading, writing
from services.detector.state.outbox import EPOCH, MICROSECOND
from services.detector.state.schema import DEAD_LETTERS

MOST_BYTES = 8 * 2**20
"""Largest sum of sealed bytes that are taken at once, beyond the first letter."""

COLUMNS = ("id", "partition", "record", "position", "reasons", "codes", "sealed", "committed_us")
WAITS = DEAD_LETTERS.c.to_tell.is_(True)


@dataclass(frozen=True)
class UntoldLetter:
    """A dead letter whose event is to be sent; `sealed` opens with its record and position."""

    id: int
    partition: str
    record: str
    position: str
    reasons: Sequence[str]
    codes: Sequence[str]
    sealed: bytes
    stored_at: datetime


class Untold:
    """May be used from any thread. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def next(self, most: int) -> list[UntoldLetter]:
        """The oldest that wait: at most so many, and some `MOST_BYTES`."""
        columns = [DEAD_LETTERS.c[name] for name in COLUMNS]
        query = select(*columns).where(WAITS).order_by(DEAD_LETTERS.c.id).limit(most)
        chosen: list[UntoldLetter] = []
        size = 0
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                letter = _letter(row)
                size += len(letter.sealed)
                if chosen and size > MOST_BYTES:
                    break
                chosen.append(letter)
        return chosen

    def waiting(self) -> int:
        """How many wait."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(DEAD_LETTERS).where(WAITS)).scalar_one()

    def told(self, letters: Iterable[int]) -> None:
        """The brokers have these, by id."""
        mine = update(DEAD_LETTERS).where(DEAD_LETTERS.c.id.in_(list(letters)))
        with writing(self._engine) as connection:
            connection.execute(mine.values(to_tell=False))


def _letter(row: Row[*tuple[Any, ...]]) -> UntoldLetter:
    return UntoldLetter(
        row.id,
        row.partition,
        row.record,
        row.position,
        row.reasons,
        row.codes,
        row.sealed,
        EPOCH + row.committed_us * MICROSECOND,
    )
