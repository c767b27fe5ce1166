"""Identities into keyed pseudonyms: integers inside the engine, text where a person reads them."""

from __future__ import annotations

import struct

import polars as pl
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from services.core.keyring import KeyRing

PAIR = struct.Struct(">qq")
SCHEMA = {"value": pl.String(), "key": pl.Int64(), "check": pl.Int64(), "sid": pl.Int64()}

EMPLOYEE_DOMAIN = "employee"
BSN_DOMAIN = "bsn"
TEAM_DOMAIN = "team"
STREET_DOMAIN = "street"
WORKSTATION_DOMAIN = "workstation"


class Pseudonymiser:
    """HMAC-SHA-256 of an identity under the ring's keys; computed once per distinct value.

    `key` and `check` are the two halves of the 128-bit pseudonym: the engine joins on `key` and compares `check`
    before a finding rests on the match. `sid` comes from the key that does not rotate; signal ids are made of it.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._pseudonym = HMAC(ring.key("pseudonym"), SHA256())
        self._stable = HMAC(ring.key("signal-id"), SHA256())
        self._prefix = f"p{ring.pseudonym_version}"

    def intern(self, values: pl.Series, domain: str, *, sid: bool = True) -> pl.DataFrame:
        """Table (value, key, check, sid) with a row per distinct non-null value; without `sid` that column is null."""
        distinct = values.drop_nulls().unique()
        prefix = f"{domain}|".encode()
        key, check, stable = [], [], []
        for value in distinct.to_list():
            message = prefix + value.encode()
            high, low = PAIR.unpack_from(_digest(self._pseudonym, message))
            key.append(high)
            check.append(low)
            stable.append(PAIR.unpack_from(_digest(self._stable, message))[0] if sid else None)
        return pl.DataFrame({"value": distinct, "key": key, "check": check, "sid": stable}, schema=SCHEMA)

    def text(self, key: int, check: int) -> str:
        """The pseudonym as a person reads it: key version and 32 hex digits."""
        return f"{self._prefix}-{PAIR.pack(key, check).hex()}"


def _digest(keyed: HMAC, message: bytes) -> bytes:
    """One digest from a state that already holds the key: a third of the time of starting anew."""
    state = keyed.copy()
    state.update(message)
    return state.finalize()
