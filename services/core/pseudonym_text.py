"""One identity into its pseudonym as a person reads it; loads no engine, as the API needs none."""

from __future__ import annotations

import hmac

from services.core.keyring import KeyRing

EMPLOYEE, BSN = "employee", "bsn"
"""Domains of people, as in services/core/pseudonyms.py."""
HALVES_BYTES = 16
"""Of the HMAC: `key` and `check` of services/core/pseudonyms.py."""


def pseudonym_of(ring: KeyRing, domain: str, value: str) -> str:
    """The same text as `Pseudonymiser` gives for this value of this domain: key version and 32 hex digits."""
    digest = hmac.digest(ring.key("pseudonym"), f"{domain}|{value}".encode(), "sha256")
    return f"p{ring.pseudonym_version}-{digest[:HALVES_BYTES].hex()}"
