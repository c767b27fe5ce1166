"""Failures in a row into how long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_LIMIT = 900.0
"""Longest wait, in seconds, that the other side may ask for: a slip in its header must not stop delivery for days."""


class Backoff:
    """Exponential waits between `least` and `most` seconds, spread at random so that clients do not come together."""

    def __init__(self, least: float = 0.5, most: float = 60.0) -> None:
        self.least = least
        self.most = most
        self._failures = 0
        self._random = random.SystemRandom()

    def after_failure(self, asked: float | None = None) -> float:
        """Seconds to wait after one more failure; never shorter than what the other side asked for."""
        ceiling = min(self.most, self.least * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return max(self._random.uniform(self.least, ceiling), asked or 0.0)

    def reset(self) -> None:
        """The next failure counts as the first."""
        self._failures = 0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110: seconds or a date), at most RETRY_AFTER_LIMIT."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), RETRY_AFTER_LIMIT)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):  # no date, or one without a zone
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_LIMIT)
