"""Marks on dead letters into the letters that are to be taken again, each once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, literal, select

from services.core.errors import DoelbindingError
from services.detector.state.connection import insert_new
from services.detector.state.schema import DEAD_LETTERS, LETTERS_AGAIN

MOST_LETTERS = 200
MOST_BYTES = 8 * 1024 * 1024
"""Largest sum of sealed bytes that are taken at once, beyond the first letter."""


@dataclass(frozen=True)
class MarkedLetter:
    """A dead letter that is to be taken again; `sealed` opens with its record and position."""

    id: int
    partition: str
    record: str
    position: str
    sealed: bytes


def mark(connection: Connection, letters: Sequence[int], now_us: int) -> None:
    """Marks letters; those that have a mark keep it, and those that are gone get none."""
    there = select(DEAD_LETTERS.c.id, literal(now_us)).where(DEAD_LETTERS.c.id.in_(letters))
    # a letter that is being taken away at this moment is waited for, and is then not among them
    there = there.with_for_update(read=True, key_share=True)
    connection.execute(insert_new(connection, LETTERS_AGAIN).from_select(["letter", "marked_us"], there))


def marked(connection: Connection, but: Collection[int]) -> list[MarkedLetter]:
    """The oldest marked letters of one partition, some `MOST_BYTES` of them, without those of `but`."""
    with_marks = DEAD_LETTERS.join(LETTERS_AGAIN, LETTERS_AGAIN.c.letter == DEAD_LETTERS.c.id)
    columns = [DEAD_LETTERS.c[name] for name in ("id", "partition", "record", "position", "sealed")]
    wanted = DEAD_LETTERS.c.id.not_in(but)
    first = select(DEAD_LETTERS.c.partition).select_from(with_marks).where(wanted).order_by(DEAD_LETTERS.c.id).limit(1)
    query = select(*columns).select_from(with_marks).where(wanted, DEAD_LETTERS.c.partition == first.scalar_subquery())
    chosen: list[MarkedLetter] = []
    total = 0
    for row in connection.execute(query.order_by(DEAD_LETTERS.c.id).limit(MOST_LETTERS)):
        letter = MarkedLetter(*row)
        total += len(letter.sealed)
        if chosen and total > MOST_BYTES:
            break
        chosen.append(letter)
    return chosen


def forget(connection: Connection, letters: Sequence[int]) -> None:
    """Takes away marked letters, in the transaction that stores what came of them.

    Raises DoelbindingError if one is not there any more: then it was taken already, and must not count twice.
    """
    if not letters:
        return
    marks = connection.execute(delete(LETTERS_AGAIN).where(LETTERS_AGAIN.c.letter.in_(letters))).rowcount
    if marks != len(letters):
        raise DoelbindingError(
            f"{len(letters) - marks} of {len(letters)} dead letters that were taken again are not marked any more; "
            "if the database was restored from a backup, start again: each is taken once"
        )
    connection.execute(delete(DEAD_LETTERS).where(DEAD_LETTERS.c.id.in_(letters)))
