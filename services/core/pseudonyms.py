"""Identities into keyed pseudonyms: integers inside the engine, text where a person reads them."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from numpy.typing import NDArray

from services.core.keyring import KeyRing

PAIR = struct.Struct(">qq")
WORD = struct.Struct(">q")
SCHEMA = {"value": pl.String(), "key": pl.Int64(), "check": pl.Int64(), "sid": pl.Int64()}

EMPLOYEE_DOMAIN = "employee"
BSN_DOMAIN = "bsn"
TEAM_DOMAIN = "team"
STREET_DOMAIN = "street"
CASE_DOMAIN = "case"
REASON_DOMAIN = "reason"
ROW_DOMAIN = "row"
WORKSTATION_DOMAIN = "workstation"
PSEUDONYM_DOMAIN = "pseudonym"
"""Of stable keys made of a pseudonym's text."""


class Pseudonymiser:
    """HMAC-SHA-256 of an identity under the ring's keys; computed once per distinct value.

    `key` and `check` are the two halves of the 128-bit pseudonym: the engine joins on `key` and compares `check`
    before a finding rests on the match. `sid` comes from the key that does not rotate; signal ids are made of it.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._pseudonym = HMAC(ring.key("pseudonym"), SHA256())
        self._stable = HMAC(ring.key("signal-id"), SHA256())
        self._prefix = f"p{ring.pseudonym_version}"
        self._key = ring.key("pseudonym")

    def intern(self, values: pl.Series, domain: str, *, sid: bool = True) -> pl.DataFrame:
        """Table (value, key, check, sid) with a row per distinct non-null value; without `sid` that column is null."""
        distinct = values.drop_nulls().unique()
        prefix = f"{domain}|".encode()
        messages = [prefix + value.encode() for value in distinct.to_list()]
        pseudonyms = _numbers(self._pseudonym, messages)
        stable = _numbers(self._stable, messages)[:, 0] if sid else None
        return pl.DataFrame(
            {"value": distinct, "key": pseudonyms[:, 0], "check": pseudonyms[:, 1], "sid": stable}, schema=SCHEMA
        )

    def stated(self, pseudonyms: pl.Series) -> pl.DataFrame:
        """Table (value, key, check, sid) of texts that are pseudonyms of this ring's version already.

        `key` and `check` are the halves that stand there; `sid` is made of the text, since the identity behind it is
        not known: ids of signals that rest on it change when the pseudonyms' key does.
        """
        distinct = pseudonyms.drop_nulls().unique()
        halves = [PAIR.unpack(bytes.fromhex(text.partition("-")[2])) for text in distinct.to_list()]
        stable = _numbers(self._stable, [f"{PSEUDONYM_DOMAIN}|{text}".encode() for text in distinct.to_list()])[:, 0]
        columns = {"value": distinct, "key": [key for key, _ in halves], "check": [check for _, check in halves]}
        return pl.DataFrame(columns | {"sid": stable}, schema=SCHEMA)

    @property
    def prefix(self) -> str:
        """What every pseudonym of this ring's version begins with."""
        return f"{self._prefix}-"

    def keys(self, values: pl.Series, domain: str) -> pl.DataFrame:
        """Table (value, key) with a row per distinct non-null value: 64-bit keys of what names no person.

        Cases and texts come by the hundred thousand; keyed BLAKE2b costs a third of an identity's two halves. Where two
        values share a key (one pair in 2**64) a claimed case counts as known, or a text as repeated.
        """
        distinct = values.drop_nulls().unique()
        keyed = hashlib.blake2b(key=self._key, digest_size=WORD.size, person=domain.encode())
        keys = []
        for value in distinct.to_list():
            state = keyed.copy()
            state.update(value.encode())
            keys.append(WORD.unpack(state.digest())[0])
        return pl.DataFrame({"value": distinct, "key": keys}, schema={"value": pl.String(), "key": pl.Int64()})

    def text(self, key: int, check: int) -> str:
        """The pseudonym as a person reads it: key version and 32 hex digits."""
        return f"{self._prefix}-{PAIR.pack(key, check).hex()}"


def _numbers(keyed: HMAC, messages: list[bytes]) -> NDArray[np.int64]:
    """The digests as rows of four signed 64-bit numbers."""
    digests = b"".join(_digest(keyed, message) for message in messages)
    return np.frombuffer(digests, ">i8").reshape(-1, 4).astype(np.int64)


def _digest(keyed: HMAC, message: bytes) -> bytes:
    """One digest from a state that already holds the key: a third of the time of starting anew."""
    state = keyed.copy()
    state.update(message)
    return state.finalize()
