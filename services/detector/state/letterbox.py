"""The dead letters of a store as a person asks for them: listed, counted, opened, and marked to be taken again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Engine, Row, Select, Text, cast, exists, func, or_, select, update

from services.core.clock import Clock
from services.detector.state.again import mark
from services.detector.state.connection import reading, writing
from services.detector.state.outbox import EPOCH, MICROSECOND, microseconds
from services.detector.state.schema import DEAD_LETTERS, LETTERS_AGAIN

LETTERS_AT_ONCE = 500
COLUMNS = (
    *(DEAD_LETTERS.c[name] for name in ("id", "partition", "record", "position", "reasons", "codes", "committed_us")),
    func.length(DEAD_LETTERS.c.sealed).label("size"),
    LETTERS_AGAIN.c.letter.is_not(None).label("waits"),
)


@dataclass(frozen=True)
class Letter:
    """A dead letter without its bytes; `size` counts these as sealed. `waits`: it will be taken again."""

    id: int
    partition: str
    record: str
    position: str
    reasons: Sequence[str]
    codes: Sequence[str]
    stored_at: datetime
    size: int
    waits: bool


@dataclass(frozen=True)
class Wanted:
    """Which letters: of one of these codes (none: any), of a partition, stored from a moment on, or by their ids."""

    codes: Sequence[str] = ()
    partition: str | None = None
    since: datetime | None = None
    ids: Sequence[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        found: list[ColumnElement[bool]] = []
        if self.codes:
            text = cast(DEAD_LETTERS.c.codes, Text)
            found.append(or_(*(text.contains(f'"{code}"', autoescape=True) for code in self.codes)))
        if self.partition is not None:
            found.append(DEAD_LETTERS.c.partition == self.partition)
        if self.since is not None:
            found.append(DEAD_LETTERS.c.committed_us >= microseconds(self.since))
        if self.ids is not None:
            found.append(DEAD_LETTERS.c.id.in_(self.ids))
        return found


class LetterBox:
    """Works beside a running detector. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def newest(self, wanted: Wanted, most: int) -> list[Letter]:
        """The letters that were stored last, the newest first."""
        query = _letters(wanted).order_by(DEAD_LETTERS.c.id.desc()).limit(most)
        with reading(self._engine) as connection:
            return [_letter(row) for row in connection.execute(query)]

    def all(self, wanted: Wanted) -> Iterator[Letter]:
        """All letters that are wanted, the oldest first, some at a time."""
        after = 0
        while True:
            query = _letters(wanted).where(DEAD_LETTERS.c.id > after).order_by(DEAD_LETTERS.c.id)
            with reading(self._engine) as connection:
                found = [_letter(row) for row in connection.execute(query.limit(LETTERS_AT_ONCE))]
            if not found:
                return
            yield from found
            after = found[-1].id

    def counts(self, wanted: Wanted) -> dict[str, int]:
        """Letters per code, the most frequent first; a letter with two faults counts under both."""
        kinds = select(cast(DEAD_LETTERS.c.codes, Text), func.count()).where(*wanted.conditions())
        counted = Counter[str]()
        with reading(self._engine) as connection:
            for codes, letters in connection.execute(kinds.group_by(cast(DEAD_LETTERS.c.codes, Text))):
                counted.update(dict.fromkeys(msgspec.json.decode(codes, type=list[str]), letters))
        return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))

    def total(self, wanted: Wanted) -> int:
        """How many letters are wanted."""
        query = select(func.count()).select_from(DEAD_LETTERS).where(*wanted.conditions())
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def sealed(self, letter: int) -> bytes:
        """The sealed bytes of a letter; none if it is gone."""
        query = select(DEAD_LETTERS.c.sealed).where(DEAD_LETTERS.c.id == letter)
        with reading(self._engine) as connection:
            found: bytes | None = connection.execute(query).scalar_one_or_none()
        return found or b""

    def mark(self, letters: Sequence[int]) -> None:
        """Marks letters to be taken again by the detector; those that are marked already stay so."""
        with writing(self._engine) as connection:
            mark(connection, letters, microseconds(self._clock.now()))

    def mend(self, letter: int, sealed: bytes) -> bool:
        """Puts other bytes in a letter's place and marks it; false if it is marked already or gone."""
        now_us = microseconds(self._clock.now())
        unmarked = ~exists().where(LETTERS_AGAIN.c.letter == letter)
        mended = update(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter, unmarked).values(sealed=sealed)
        with writing(self._engine) as connection:
            if connection.execute(mended).rowcount != 1:
                return False
            mark(connection, [letter], now_us)
        return True


def _letters(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    tables = DEAD_LETTERS.outerjoin(LETTERS_AGAIN, LETTERS_AGAIN.c.letter == DEAD_LETTERS.c.id)
    return select(*COLUMNS).select_from(tables).where(*wanted.conditions())


def _letter(row: Row[*tuple[Any, ...]]) -> Letter:
    return Letter(
        row.id,
        row.partition,
        row.record,
        row.position,
        row.reasons,
        row.codes,
        EPOCH + row.committed_us * MICROSECOND,
        row.size,
        bool(row.waits),
    )
