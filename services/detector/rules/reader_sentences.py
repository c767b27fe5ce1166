"""What the rules on readers of signals leave open, in the same words."""

from __future__ import annotations

from services.detector.rules.base import Text

PURPOSE = Text(
    "Met welk doel is gelezen, staat in de audittrail en niet in deze gegevens.",
    "The purpose of reading is in the audit trail and not in these data.",
)
SEEN = Text(
    "Wat de lezer met het gelezene heeft gedaan, blijkt niet uit deze gegevens.",
    "What the reader did with what was read does not follow from these data.",
)
ASKED = Text(
    "Of een collega of leidinggevende om dit lezen heeft gevraagd, blijkt niet uit deze gegevens.",
    "Whether a colleague or manager asked for this reading does not follow from these data.",
)
REGISTERED = Text(
    "Of de lezer van de relatie wist, blijkt niet uit de registers.",
    "Whether the reader knew of the relation does not follow from the registers.",
)
