"""The words by which the audit trail names what an answer showed of signals: a list of them, or one."""

from __future__ import annotations

from typing import Literal, get_args

ManySignals = Literal[
    "signals",
    "intake-items",
    "queue-page",
    "reveals",
    "reveals-page",
    "search",
    "search-page",
    "warning",
    "news",
]
"""A little of each: read as one search, however many there were."""
OneSignal = Literal[
    "signal",
    "lookups",
    "signal-page",
    "family-page",
    "intake-item",
    "item-page",
    "assessments",
    "casework",
    "sanction-factors",
    "reveal-page",
]
"""What there is to tell of a signal; a page shows each relative of its signal so."""
Shown = ManySignals | OneSignal
SINGLES = frozenset(get_args(OneSignal))
