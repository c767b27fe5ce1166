"""Signal ids: derived from keys, so that re-scoring and re-delivery are idempotent."""

from __future__ import annotations

import hmac

from services.core.keyring import KeyRing


class SignalIds:
    """Ids by rule family, employee, subject and window; equal for equal keys under one key ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._key = ring.key("signal-id")

    def of(self, family: str, employee_sid: int | None, subject_sid: int | None, window: str = "") -> str:
        """`s-` and 32 hex digits. `window` is the local date for volume, the episode's first date for bursts."""
        message = f"{family}|{employee_sid}|{subject_sid}|{window}".encode()
        return f"s-{hmac.digest(self._key, message, 'sha256')[:16].hex()}"
