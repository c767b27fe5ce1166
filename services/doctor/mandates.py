"""The mandates of the settings into findings: which have ended, and which end soon."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.detector.settings import AgencySettings
from services.doctor.findings import Finding, ok, warning

SOON = timedelta(days=14)
"""Time enough to ask for a new one and have it approved."""


def examine_mandates(settings: AgencySettings | None, now: datetime) -> list[Finding]:
    """A finding per mandate that has ended or ends within a fortnight; one that all is well if there are others."""
    if settings is None or not settings.mandates:
        return []
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    found = []
    for place, mandate in enumerate(settings.mandates, 1):
        if mandate.end < today:
            told = f"mandate {place} ended on {mandate.end}; what it covered counts since; renew it, or leave it out"
            found.append(warning("mandates", f"{told} once no history from before is scored"))
        elif mandate.end - today <= SOON:
            told = f"mandate {place} ends on {mandate.end}; have a new one approved if the work goes on"
            found.append(warning("mandates", told))
    return found or [ok("mandates", f"{len(settings.mandates)} in force or to come, none ends within a fortnight")]
