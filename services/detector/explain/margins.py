"""An agency's settings into the margins of its explanations."""

from __future__ import annotations

from services.detector.explain.base import Margins
from services.detector.settings import AgencySettings


def margins_of(settings: AgencySettings) -> Margins:
    """The margins that this agency chose."""
    return Margins(
        contact_before_minutes=settings.contact_before_minutes,
        contact_after_minutes=settings.contact_after_minutes,
        registration_minutes=settings.registration_minutes,
        aftercare_days=settings.aftercare_days,
        exempt_systems=settings.exempt_systems,
        mistyped_seconds=settings.mistyped_seconds,
        namesake_minutes=settings.namesake_minutes,
        consultation_minutes=settings.consultation_minutes,
        systems_without_cases=settings.systems_without_cases,
    )
