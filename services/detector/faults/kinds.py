"""The kinds of fault that a source can have on a local day."""

from __future__ import annotations

UNEXPLAINED_SHARE = "unexplained-share"
"""Far more lookups than usual were unexplained at the end of grace, for most of the employees: links are missing."""
GAP = "gap"
"""A working day with hardly any of the usual records."""
ACTORS_MISSING = "actors-missing"
"""Records that do not say who looked."""
CLOCK_SKEW = "clock-skew"
"""Records from the future."""

CODES = {"actor-missing": "actors_missing", "future-time": "future"}
"""Codes of dead letters that tell of their source, and the columns that count them."""

KINDS = (UNEXPLAINED_SHARE, GAP, ACTORS_MISSING, CLOCK_SKEW)
