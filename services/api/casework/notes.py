"""Free text of casework into a note that is bounded, plain, and holds no citizen service number."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from services.api.payloads import PRINTABLE
from services.core.eleven_proof import is_valid

LONGEST = 4_000
BETWEEN = r"[\s.\-/_\u0080-\u009f\u00ad\u200b-\u2015\ufeff]{0,2}"
"""What may stand between digits of one number: blanks, also unseen ones, dots, dashes, strokes."""
NINE_DIGITS = re.compile(rf"(?<![0-9])[0-9](?:{BETWEEN}[0-9]){{8}}(?![0-9])")


def holds_bsn(text: str) -> bool:
    """Whether nine digits that pass the 11-proef stand in a text, together or in groups; one in eleven is chance."""
    plain = unicodedata.normalize("NFKC", text)
    runs = (re.sub(r"[^0-9]", "", found[0]) for found in NINE_DIGITS.finditer(plain))
    return any(is_valid(run) for run in runs)


def masked(text: str) -> str:
    """The text with a dot for each sign of what `holds_bsn` finds: its author sees where it stood."""
    plain = unicodedata.normalize("NFKC", text) if holds_bsn(text) else text
    return NINE_DIGITS.sub(lambda found: "\u2022" * len(found[0]) if holds_bsn(found[0]) else found[0], plain)


def without_bsn(text: str) -> str:
    """The text. Raises ValueError if it holds a citizen service number."""
    if holds_bsn(text):
        raise ValueError(
            "holds a number that reads as a citizen service number (BSN); people are pseudonyms here: leave it out"
        )
    return text


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("must say something")
    return text


Note = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST, pattern=PRINTABLE),
    AfterValidator(_says_something),
    AfterValidator(without_bsn),
]
