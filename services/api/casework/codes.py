"""The code words of casework: states, verdicts, reasons, outcomes, and what is told beside them."""

from __future__ import annotations

from collections.abc import Mapping

RECEIVED, IN_ASSESSMENT, DISPUTED = "received", "in-assessment", "disputed"
NO_FOLLOW_UP, LINE_INTERVENTION, INVESTIGATION = "no-follow-up", "line-intervention", "investigation"
CONCLUDED = "concluded"
ITEM_STATUSES = (RECEIVED, IN_ASSESSMENT, DISPUTED, NO_FOLLOW_UP, LINE_INTERVENTION, INVESTIGATION, CONCLUDED)
ENDED = frozenset({NO_FOLLOW_UP, LINE_INTERVENTION, CONCLUDED})
"""States in which nothing awaits anybody; new looks open the next item."""
UNDER_ASSESSMENT = frozenset({RECEIVED, IN_ASSESSMENT})

VERDICTS = (NO_FOLLOW_UP, LINE_INTERVENTION, INVESTIGATION)
NO_FOLLOW_UP_REASONS = ("other-intervention", "too-little-concrete", "criteria-not-met", "lawful")
"""Why a report leads to nothing more: the three grounds of the annual report (2024, chapter 11), and lawful work."""

ESTABLISHED = "established"
OUTCOMES = (ESTABLISHED, "not-established", "could-not-be-established")
AREAS: Mapping[str, tuple[str, ...]] = {
    "misuse-of-information": (
        *("unlawful-consultation", "unlawful-use", "unlawful-sharing"),
        "careless-handling-of-data-carriers",
    ),
    "misuse-of-position": ("favouring-third-parties", "other"),
    "other": ("other",),
}
"""Areas of the annual report on integrity (2024), each with its subcategories."""
SUBCATEGORIES = tuple(dict.fromkeys(name for names in AREAS.values() for name in names))

SUSPENSION_REASONS = ("awaiting-information", "criminal-investigation", "absence-of-the-employee", "legal-proceedings")
WRITTEN_WARNING = "written-warning"
MEASURES = (
    *("none", "conversation", WRITTEN_WARNING, "conditional-dismissal", "dismissal", "suspension"),
    *("access-withdrawn", "other"),
)
"""What was decided by those who decide about staff; it is recorded here, and never advised."""
FUNCTIONS = ("team-manager", "manager", "director", "board", "other")
"""Who decided, or who was told, as a function: names have no place here."""

NOTIFIED, NOT_REQUIRED = "notified", "not-required"
BREACH_DECISIONS = (NOTIFIED, NOT_REQUIRED)
NOT_REQUIRED_REASONS = ("no-breach", "risk-unlikely", "notified-already")
"""Why the authority is not notified: no personal data breach, no likely risk (AVG art. 33(1)), or done elsewhere."""

MEASURED_STATUSES = frozenset({LINE_INTERVENTION, CONCLUDED})
"""Decided by two people; what is still investigated has no outcome that a measure could rest on."""
ACTIONS = (
    *("assess", "settle", "note", "assign", "suspend", "resume", "record-outcome", "confirm-outcome"),
    *("record-measure", "record-line-intervention", "refer-data-breach", "notify-data-breach"),
    *("correct-data-breach", "acknowledge-withdrawal"),
)
WITHDRAWN_EVENT, REOPENED_EVENT, NEXT_LOOK_EVENT = "signal-withdrawn", "signal-reopened", "opened-for-new-looks"
NOTICES = frozenset({WITHDRAWN_EVENT, REOPENED_EVENT})
"""What changes the ground under a case, and is to be acknowledged by those who work on it."""
EVENTS = (
    *("assess", "settle", "note", "assign", "release", "suspend", "resume", "record-outcome", "confirm-outcome"),
    *("reject-outcome", "record-measure", "record-line-intervention", "refer-data-breach", "notify-data-breach"),
    *("correct-data-breach", "acknowledge-withdrawal", WITHDRAWN_EVENT, REOPENED_EVENT, NEXT_LOOK_EVENT),
)
"""Everything that can have happened to an item; those of a person are words of the audit trail too."""
