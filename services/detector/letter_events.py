"""A dead letter into a CloudEvent: what was wrong, where, and the bytes under seal."""

from __future__ import annotations

import base64
import hashlib

import msgspec

from services.core.cloud_events import SPECVERSION
from services.core.wire import to_wire
from services.detector.decode.faults import printable
from services.detector.state.untold import UntoldLetter

LETTER_TYPE = "nl.overheid.doelbinding.dead-letter.v1"
ID_DIGITS = 32

BESIDE_THE_SEAL = 64 * 1024
"""Bytes of a message that are kept free for reasons, position and attributes."""


def event_id(letter: UntoldLetter) -> str:
    """The same for each telling of a letter, and another one where the same place gave a letter again later."""
    what = "\n".join((letter.partition, letter.record, letter.position, letter.stored_at.isoformat()))
    return hashlib.sha256(what.encode()).hexdigest()[:ID_DIGITS]


def encode_letter(letter: UntoldLetter, source: str, most_bytes: int) -> bytes:
    """Structured JSON by the NL GOV profile; no word of the record is readable.

    `data.sealed` is base64 of bytes that `dead-letters show --raw` opens, under the detector's key ring. It is left out
    where the message would be larger than `most_bytes`: then the detector's table alone has them.
    """
    sealed = base64.b64encode(letter.sealed).decode()
    data: dict[str, object] = {
        "partition": letter.partition,
        "position": printable(letter.position),
        "record": letter.record,
        "codes": letter.codes,
        "reasons": [printable(reason) for reason in letter.reasons],
    }
    if len(sealed) <= most_bytes - BESIDE_THE_SEAL:
        data["sealed"] = sealed
    return msgspec.json.encode(
        {
            "specversion": SPECVERSION,
            "id": event_id(letter),
            "source": source,
            "type": LETTER_TYPE,
            "time": to_wire(letter.stored_at),
            "subject": letter.partition,
            "datacontenttype": "application/json",
            "data": data,
        }
    )
