"""Dead letters that were chosen into letters marked for the detector, or into a word on what would become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.core.errors import InputError
from services.core.keyring import KeyRing
from services.detector.again import decode_again, obstacle
from services.detector.deadletters import open_sealed, seal
from services.detector.state.letterbox import LETTERS_AT_ONCE, Letter, LetterBox, Wanted


@dataclass
class Replay:
    """What became, or would become, of the letters that were chosen.

    `again` counts those that are marked, or would be; `waiting` those that were marked before; `left` those that
    cannot be taken again, by reason. After a trial, `failing` counts those of `again` that this release still cannot
    read, by code.
    """

    again: int = 0
    waiting: int = 0
    left: Counter[str] = field(default_factory=Counter)
    failing: Counter[str] = field(default_factory=Counter)


def replay(box: LetterBox, ring: KeyRing, wanted: Wanted, *, trial: bool) -> Replay:
    """Marks all letters that are wanted and can be taken again; a trial decodes them and changes nothing.

    Raises InputError, and marks nothing, if letters that were asked for by id are not there or cannot be taken again;
    DoelbindingError if one cannot be opened with this key ring.
    """
    found, chosen = Replay(), list[int]()
    seen = set[int]()
    for letter in box.all(wanted):
        seen.add(letter.id)
        if letter.waits:
            found.waiting += 1
        elif why := obstacle(letter.record, letter.codes, letter.size):
            found.left[why] += 1
        else:
            chosen.append(letter.id)
            raw = open_letter(box, ring, letter)  # also where nothing is decoded: the detector could not open it either
            found.failing.update(_faults(letter, raw) if trial else ())
    _refuse(box, wanted, seen, found)
    found.again = len(chosen)
    if not trial:
        for first in range(0, len(chosen), LETTERS_AT_ONCE):
            box.mark(chosen[first : first + LETTERS_AT_ONCE])
    return found


def mend(box: LetterBox, ring: KeyRing, letter: Letter, raw: bytes, *, trial: bool) -> Replay:
    """Gives the detector these bytes in place of a letter's.

    Raises InputError if the letter cannot be mended, or if this release cannot read the bytes either.
    """
    if letter.record != "lookup":
        raise InputError(f"dead letter {letter.id}: {obstacle(letter.record, letter.codes, letter.size)}")
    dead = decode_again([(letter.position, raw)]).dead
    if reasons := dead["reasons"].explode().drop_nulls().to_list():
        raise InputError(*(f"--mended: {reason}" for reason in reasons))
    if not trial and not box.mend(letter.id, seal(raw, letter.record, letter.position, ring)):
        raise InputError(f"dead letter {letter.id}: waits to be taken again, or was taken; see: dead-letters list")
    return Replay(again=1)


def open_letter(box: LetterBox, ring: KeyRing, letter: Letter) -> bytes:
    """The bytes of a letter. Raises DoelbindingError if they were sealed under another ring, or were changed."""
    return open_sealed(box.sealed(letter.id), letter.record, letter.position, ring)


def _faults(letter: Letter, raw: bytes) -> Sequence[str]:
    """The codes of what is still wrong with a letter, each once."""
    codes: list[str] = decode_again([(letter.position, raw)]).dead["codes"].explode().unique().drop_nulls().to_list()
    return codes


def _refuse(box: LetterBox, wanted: Wanted, seen: set[int], found: Replay) -> None:
    """Who names letters means these: then nothing is marked if one of them is wrong."""
    if wanted.ids is None:
        return
    faults = [f"dead letter {letter}: there is none with this id" for letter in wanted.ids if letter not in seen]
    if found.left:
        faults += [
            f"dead letter {letter.id}: {why}"
            for letter in box.all(wanted)
            if (why := obstacle(letter.record, letter.codes, letter.size))
        ]
    if faults:
        raise InputError(*faults)
