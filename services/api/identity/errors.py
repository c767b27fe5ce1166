"""Why a token or a sign-in is not taken."""

from __future__ import annotations

REASONS = (
    "malformed",
    "algorithm",
    "type",
    "unknown-key",
    "signature",
    "claims",
    "expired",
    "no-role",
    "several-roles",
)
"""Why a token is not taken, as the metrics count it."""


class BadTokenError(Exception):
    """The token is not one of the issuer for this API at this moment; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoRoleError(Exception):
    """The token is genuine, but does not name exactly one role of ours.

    `reason` is one of REASONS, `account` the code by which the trail knows whose token it is.
    """

    def __init__(self, reason: str, account: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.account = account


class IssuerAwayError(Exception):
    """The issuer does not answer as an issuer does, and what was known of it is too old or not enough."""


class IssuerRefusedError(IssuerAwayError):
    """The issuer answered that what it was asked for is wrong (400)."""
