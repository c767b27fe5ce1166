"""Dead letters that were marked into slices of their partitions: decoded anew, as if they had just been read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import structlog

from services.core.cloud_events import MOST_EVENTS, Unfit, unwrap
from services.core.contract import LOOKUP
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing
from services.detector.deadletters import open_sealed
from services.detector.decode import Decoded, dead_letters, decode_lines
from services.detector.decode.faults import Fault
from services.detector.patience import Patience
from services.detector.sources.slices import SourceSlice
from services.detector.state.again import MarkedLetter
from services.detector.state.store import Store

IN_A_TOPIC = "offset "
"""Begins the position of a letter that came as a message; the others are records of files."""

NOT_READ_AGAIN = {
    "same-id-other-content": "it was read: of two lookups with one id one was scored; give each an id of its own",
}
"""Codes of letters that cannot be taken again as they are, and what to do instead."""
BYTES_OF_A_SEAL = 29
"""A letter of so many sealed bytes holds nothing."""

LOG = structlog.get_logger()


def obstacle(record: str, codes: Sequence[str], size: int) -> str | None:
    """Why a letter cannot be taken again, or None if it can; `size` counts its sealed bytes."""
    for code in codes:
        if code in NOT_READ_AGAIN:
            return NOT_READ_AGAIN[code]
    if record != LOOKUP.name:
        return "it is a row of a register; mend its file, which is read anew, or write the row to its topic again"
    if size <= BYTES_OF_A_SEAL:
        return "it has no bytes: a whole file, an empty message or a line too long to keep; deliver it anew"
    return None


class LettersAgain:
    """The marked letters of a store, for the one detector that owns it."""

    def __init__(self, store: Store, ring: KeyRing, patience: Patience, most_events: int = MOST_EVENTS) -> None:
        self._most_events = most_events
        self._store = store
        self._ring = ring
        self._patience = patience
        self._shut: set[int] = set()

    def slices(self) -> Iterator[SourceSlice]:
        """The next slice, until no letter is marked."""
        while (piece := self.next()) is not None:
            yield piece

    def next(self) -> SourceSlice | None:
        """Letters of one partition, some megabytes at most; None where no letter is marked.

        It must be stored (`Commit.again`) before the next one is asked for. A letter that cannot be opened stays as it
        is, and is told once.
        """
        while letters := self._patience.later(lambda: self._store.letters_again(self._shut)):
            opened = [(letter, raw) for letter in letters if (raw := self._opened(letter)) is not None]
            if not opened:
                continue
            decoded = decode_again([(letter.position, raw) for letter, raw in opened], self._most_events)
            LOG.info("dead-letters-again", partition=letters[0].partition, letters=len(opened))
            return SourceSlice(
                letters[0].partition,
                decoded.valid,
                decoded.dead,
                positions={},
                closed=False,
                again=tuple(letter.id for letter, _ in opened),
                place=decoded.place,
            )
        return None

    def _opened(self, letter: MarkedLetter) -> bytes | None:
        try:
            return open_sealed(letter.sealed, letter.record, letter.position, self._ring)
        except DoelbindingError as error:
            self._shut.add(letter.id)
            LOG.error("dead-letter-shut", letter=letter.id, reason=str(error))
            return None


def decode_again(letters: Sequence[tuple[str, bytes]], most_events: int = MOST_EVENTS) -> Decoded:
    """Positions and bytes of dead lookups into what this release makes of them.

    What cannot be read is a dead letter at the same position; of a message with several events, at `..., event N`.
    """
    lines: list[tuple[str, bytes]] = []
    unfit: list[tuple[str, Unfit]] = []
    for position, raw in letters:
        found: Sequence[bytes | Unfit] = [raw]
        if position.startswith(IN_A_TOPIC):
            found = unwrap(raw, most=most_events)
        for number, event in enumerate(found, 1):
            place = position if len(found) == 1 else f"{position}, event {number}"
            if isinstance(event, Unfit):
                unfit.append((place, event))
            else:
                lines.append((place, event))
    decoded = decode_lines([line for _, line in lines], [place for place, _ in lines], LOOKUP)
    faults = [[Fault(event.code, event.reason)] for _, event in unfit]
    dead = dead_letters(LOOKUP, [place for place, _ in unfit], faults, [event.raw for _, event in unfit])
    return Decoded(decoded.valid, pl.concat([decoded.dead, dead]), decoded.rows, decoded.place)
