"""The role of a reader into the signals that are for it: those about readers of signals go to another officer.

Whoever reads signals for Bureau Integriteit is a colleague of whom such a signal is about, and does not judge it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal_column

from services.api.db.tables import intake_items, signals
from services.core.reading import READER_RULES

OFFICER = "auditor"
"""The one role that signals about readers are for; all others are for the other roles that read signals."""
LEADING = frozenset({"lead", OFFICER})
"""Roles that settle, assign and suspend: on what is about readers nobody stands above the officers."""
_RULES: list[ColumnElement[str]] = [literal_column(f"'{rule}'") for rule in READER_RULES]
"""Constants of ours in the statement itself: nothing is bound for each request, and the planner knows how few match."""
_OF_SIGNALS, _OF_ITEMS = signals.c.rule.in_(_RULES), intake_items.c.rule.in_(_RULES)
_OTHER_SIGNALS, _OTHER_ITEMS = signals.c.rule.not_in(_RULES), intake_items.c.rule.not_in(_RULES)


def is_for(role: str, rule: str) -> bool:
    """Whether a signal of this rule is for readers in this role."""
    return (rule in READER_RULES) == (role == OFFICER)


def signals_for(role: str) -> ColumnElement[bool]:
    """The condition on `signals` that leaves what is for this role."""
    return _OF_SIGNALS if role == OFFICER else _OTHER_SIGNALS


def items_for(role: str) -> ColumnElement[bool]:
    """The same on `intake_items`, whose lists have indexes by rule."""
    return _OF_ITEMS if role == OFFICER else _OTHER_ITEMS
