"""A request into two keyed hashes: whose key it came under, and what it asked."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

OWN = b"answered-requests"


class RequestSeal:
    """Hashes under a key of its own, derived from one of the key ring: rings of earlier releases have it too.

    A plain hash would give away what has few possible values: an account, a case number.
    """

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, OWN, "sha256")

    def hash(self, *parts: str | bytes) -> str:
        """64 hex digits; where one part ends and the next begins counts."""
        return hmac.new(self._key, b"".join(_framed(parts)), "sha256").hexdigest()


def _framed(parts: Iterable[str | bytes]) -> Iterable[bytes]:
    for part in parts:
        plain = part.encode() if isinstance(part, str) else part
        yield len(plain).to_bytes(8, "big") + plain
