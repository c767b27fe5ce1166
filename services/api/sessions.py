"""Somebody who signed in on the pages into a signed cookie, and back."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from services.api.reader import Reader, local_reader

ENDS = re.compile(r"[0-9]{1,12}")
COOKIE = "doelbinding-session"
LASTS = timedelta(hours=8)
"""A working day; after that one signs in again."""
MAC_BYTES = 32
LONGEST = 1_000
"""Characters of a cookie that is looked into."""


class LocalSessions:
    """Signs sessions under the key ring's key and the account's token: a new token ends its old sessions."""

    def __init__(self, key: bytes, tokens: Mapping[str, str], people: Mapping[str, str]) -> None:
        self._key = key
        self._tokens = tokens
        self._people = people

    def start(self, account: str, now: datetime) -> str:
        """The cookie's value for a session that starts now."""
        ends = int((now + LASTS).timestamp())
        return f"{account}.{ends}.{self._mac(account, ends)}"

    def reader(self, cookie: str, now: datetime) -> Reader | None:
        """Who holds a genuine session that has not ended, else nothing."""
        account, _, rest = cookie.partition(".")
        ends, _, mac = rest.partition(".")
        if account not in self._tokens or not ENDS.fullmatch(ends) or not mac.isascii():
            return None
        genuine = hmac.compare_digest(mac, self._mac(account, int(ends)))
        return local_reader(account, self._people) if genuine and now.timestamp() < int(ends) else None

    def _mac(self, account: str, ends: int) -> str:
        return hmac.digest(self._key, f"{account}|{ends}|{self._tokens[account]}".encode(), "sha256").hex()


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What the cookie of a person says; `issuer` and `client` are those of the sign-in, so that others end it."""

    subject: str
    role: str
    employee: str | None
    ends: int
    issuer: str
    client: str


class IssuerSessions:
    """Signs what the issuer told of a person; it holds codes and pseudonyms alone."""

    def __init__(self, key: bytes, issuer: str, client: str) -> None:
        self._key = key
        self._issuer = issuer
        self._client = client

    def start(self, reader: Reader, now: datetime) -> str:
        """The cookie's value for a session that starts now."""
        ends = int((now + LASTS).timestamp())
        held = Held(reader.subject, reader.role, reader.employee, ends, self._issuer, self._client)
        payload = msgspec.json.encode(held)
        return urlsafe_b64encode(self._mac(payload) + payload).decode()

    def reader(self, cookie: str, now: datetime) -> Reader | None:
        """Who holds a genuine session that has not ended, else nothing."""
        try:
            sealed = urlsafe_b64decode(cookie.encode("ascii")) if len(cookie) <= LONGEST else b""
        except ValueError:
            return None
        mac, payload = sealed[:MAC_BYTES], sealed[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(payload)):
            return None
        held = msgspec.json.decode(payload, type=Held)
        ours = (held.issuer, held.client) == (self._issuer, self._client)
        return (
            Reader(held.subject, held.role, held.employee, local=False)
            if ours and now.timestamp() < held.ends
            else None
        )

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"issuer|" + payload, "sha256")
