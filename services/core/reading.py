"""How the API's own reads go back to the detector: the system they are of, and the rules that judge who reads."""

from __future__ import annotations

SYSTEM = "doelbinding"
"""The source system of lookups that tell of reads of signals, items and identities."""

NOT_ASSIGNED = "reader-not-assigned"
WITH_INTEREST = "reader-with-interest"
REVEAL_RATE = "reveal-rate"
READER_RULES = (WITH_INTEREST, NOT_ASSIGNED, REVEAL_RATE)
"""Rules whose signals are about readers of signals: they go to another officer, not to those readers."""
