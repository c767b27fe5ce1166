"""One BSN into whether it passes the 11-proef; loads no library, as the command line needs it before any."""

from __future__ import annotations

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""11-proef: the weighted sum of the digits is divisible by 11 (Besluit burgerservicenummer)."""


def is_valid(bsn: str) -> bool:
    """The 11-proef on one number."""
    if len(bsn) != len(WEIGHTS) or not (bsn.isascii() and bsn.isdigit()) or int(bsn) == 0:
        return False
    return sum(int(digit) * weight for digit, weight in zip(bsn, WEIGHTS, strict=True)) % 11 == 0
