"""Bytes and frames as they come into validated records, and dead letters with all their faults."""

from __future__ import annotations

from services.detector.decode.columns import column_faults
from services.detector.decode.frames import decode_frame
from services.detector.decode.letters import DEAD, Decoded, Place, by_number, dead_letters, nothing
from services.detector.decode.lines import MAX_LINE_BYTES, decode_lines

__all__ = [
    "DEAD",
    "MAX_LINE_BYTES",
    "Decoded",
    "Place",
    "by_number",
    "column_faults",
    "dead_letters",
    "decode_frame",
    "decode_lines",
    "nothing",
]
