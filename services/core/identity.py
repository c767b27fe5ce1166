"""One identity into its pseudonym; the whole columns of the engine are keyed by `pseudonyms.py`, to the same values."""

from __future__ import annotations

import hmac

from services.core.keyring import KeyRing

HALVES = 16
"""Bytes of the digest that a pseudonym shows: the two 64-bit numbers that the engine works with."""
PSEUDONYM = r"^p[1-9][0-9]*-[0-9a-f]{32}$"
"""Of any version of the keys."""


def employee_pseudonym(ring: KeyRing, employee_id: str) -> str:
    """`p1-` and 32 hex digits, as signals carry the employee."""
    return _pseudonym(ring, "employee", employee_id)


def subject_pseudonym(ring: KeyRing, bsn: str) -> str:
    """`p1-` and 32 hex digits, as signals carry the subject; the BSN has nine digits."""
    return _pseudonym(ring, "bsn", bsn)


def _pseudonym(ring: KeyRing, domain: str, value: str) -> str:
    digest = hmac.digest(ring.key("pseudonym"), f"{domain}|{value}".encode(), "sha256")
    return f"p{ring.pseudonym_version}-{digest[:HALVES].hex()}"
