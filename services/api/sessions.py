"""An account that signed in on the pages into a signed cookie, and back."""

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
    """Signs sessions under the key ring's key and the account's token: a new token ends its old sessions."""

    def __init__(self, key: bytes, tokens: Mapping[str, str]) -> None:
        self._key = key
        self._tokens = tokens

    def start(self, account: str, now: datetime) -> str:
        """The cookie's value for a session that starts now."""
        ends = int((now + LASTS).timestamp())
        return f"{account}.{ends}.{self._mac(account, ends)}"

    def account(self, cookie: str, now: datetime) -> str | None:
        """The account of a genuine session that has not ended, else nothing."""
        account, _, rest = cookie.partition(".")
        ends, _, mac = rest.partition(".")
        if account not in self._tokens or not ENDS.fullmatch(ends) or not mac.isascii():
            return None
        genuine = hmac.compare_digest(mac, self._mac(account, int(ends)))
        return account if genuine and now.timestamp() < int(ends) else None

    def _mac(self, account: str, ends: int) -> str:
        return hmac.digest(self._key, f"{account}|{ends}|{self._tokens[account]}".encode(), "sha256").hex()
