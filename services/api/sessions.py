"""A role that signed in on the pages into a signed cookie, and back."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

ENDS = re.compile(r"[0-9]{1,12}")
COOKIE = "doelbinding-session"
LASTS = timedelta(hours=8)
"""A working day; after that one signs in again."""


class Sessions:
    """Signs sessions under the key ring's key and the role's token: a new token ends its old sessions."""

    def __init__(self, key: bytes, tokens: Mapping[str, str]) -> None:
        self._key = key
        self._tokens = tokens

    def start(self, role: str, now: datetime) -> str:
        """The cookie's value for a session that starts now."""
        ends = int((now + LASTS).timestamp())
        return f"{role}.{ends}.{self._mac(role, ends)}"

    def role(self, cookie: str, now: datetime) -> str | None:
        """The role of a genuine session that has not ended, else nothing."""
        role, _, rest = cookie.partition(".")
        ends, _, mac = rest.partition(".")
        if role not in self._tokens or not ENDS.fullmatch(ends) or not mac.isascii():
            return None
        genuine = hmac.compare_digest(mac, self._mac(role, int(ends)))
        return role if genuine and now.timestamp() < int(ends) else None

    def _mac(self, role: str, ends: int) -> str:
        return hmac.digest(self._key, f"{role}|{ends}|{self._tokens[role]}".encode(), "sha256").hex()
