"""The settings of an agency, read from one TOML file: calendar, grace and sources, beside the thresholds."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from services.core.calendar import CLOSING_HOUR, OPENING_HOUR, country_fault, timezone_fault
from services.core.errors import InputError
from services.core.settings import settings_faults
from services.detector.mandate_settings import Mandate, overlaps
from services.detector.setting_values import RuleId, SystemName, Words, WorkingDays
from services.detector.thresholds import (
    BudgetSettings,
    BurstSettings,
    EnumerationSettings,
    ExportSettings,
    FaultSettings,
    ForestSettings,
    LeaverSettings,
    PairSettings,
    PeerSettings,
    ReaderSettings,
    Section,
    ShareSettings,
    SharingSettings,
    VolumeSettings,
)

RelationSource = Literal["declared", "eigen-personeel", "brp"]


A_LONG_DAY = timedelta(hours=26)
"""Longer than any local day."""


class AgencySettings(Section):
    """Everything in which one agency differs from another; the defaults suit UWV."""

    timezone: str = Field("Europe/Amsterdam", description="time zone of the agency's days and hours")
    country: str = Field("NL", description="country whose public holidays are no working days")
    opening_hour: int = Field(OPENING_HOUR, ge=0, le=23, description="office hours of a weekday begin")
    closing_hour: int = Field(
        CLOSING_HOUR, ge=1, le=24, description="office hours of a weekday end; after opening_hour"
    )
    lateness_minutes: int = Field(60, ge=0, le=1440, description="a lookup this late is still in time")
    idle_hours: int = Field(24, ge=1, description="a system this far behind the others does not hold back decisions")
    duplicate_days: int = Field(2, ge=1, le=31, description="same id, other content: recognised within this span")
    grace_working_days: int = Field(1, ge=0, le=10, description="a link may come until the end of this working day")
    grace_by_system: dict[SystemName, WorkingDays] = Field(
        default_factory=dict, description="working days of grace per system"
    )
    exempt_systems: tuple[str, ...] = Field(("peoplesoft",), description="systems that hold the own personnel file")
    relation_sources: tuple[RelationSource, ...] | None = Field(
        None, description="empty: none; left out: all that may be used"
    )
    brp_legal_basis: str | None = Field(None, description="why relations of the BRP may be used when monitoring staff")
    aftercare_days: int = Field(30, ge=0, le=366, description="a closed case explains a lookup for so long")
    contact_before_minutes: int = Field(15, ge=0, le=1440, description="a contact explains lookups so long before it")
    contact_after_minutes: int = Field(60, ge=0, le=1440, description="and so long after it")
    registration_minutes: int = Field(
        60, ge=0, le=480, description="a case that the viewer registers this soon after a look was there before it"
    )
    mistyped_seconds: int = Field(120, ge=0, le=3600, description="the right number follows a mistyped one this soon")
    namesake_minutes: int = Field(5, ge=0, le=60, description="the right person follows a namesake this soon")
    consultation_minutes: int = Field(30, ge=0, le=240, description="a colleague's look this near explains one's own")
    self_report_working_days: int = Field(
        1, ge=0, le=10, description="a wrong file may be reported until this one ends"
    )
    self_report_minutes: int = Field(
        30, ge=0, le=240, description="lookups this near a report's moment are meant by it"
    )
    systems_without_cases: tuple[SystemName, ...] = Field(
        (), description="systems whose lawful use has no case, such as an archive of forms"
    )
    statement_systems: tuple[SystemName, ...] = Field(
        ("suwinet",), description="systems that need a signed statement of confidentiality"
    )
    lead_roles: tuple[str, ...] = Field(("team-lead",), description="roles that lead the cases of their whole team")
    extra_closed_days: tuple[date, ...] = Field((), description="days without work beside weekends and public holidays")
    rules_off: dict[RuleId, Words] = Field(
        default_factory=dict, description="rules that give no signals, each with the reason why"
    )
    mandates: tuple[Mandate, ...] = Field((), description="work without cases, approved for a time")
    volume: VolumeSettings = VolumeSettings()
    peers: PeerSettings = PeerSettings()
    exports: ExportSettings = ExportSettings()
    enumeration: EnumerationSettings = EnumerationSettings()
    sharing: SharingSettings = SharingSettings()
    burst: BurstSettings = BurstSettings()
    pairs: PairSettings = PairSettings()
    shares: ShareSettings = ShareSettings()
    leaver: LeaverSettings = LeaverSettings()
    readers: ReaderSettings = ReaderSettings()
    budget: BudgetSettings = BudgetSettings()
    faults: FaultSettings = FaultSettings()
    forest: ForestSettings = ForestSettings()

    @field_validator("timezone", "country")
    @classmethod
    def _is_known(cls, value: str, field: ValidationInfo) -> str:
        if fault := (timezone_fault if field.field_name == "timezone" else country_fault)(value):
            raise ValueError(fault)
        return value

    @field_validator("closing_hour")
    @classmethod
    def _closes_after_opening(cls, value: int, field: ValidationInfo) -> int:
        if value <= (opening := field.data.get("opening_hour", 0)):
            raise ValueError(f"is {value}, not after the opening hour {opening}")
        return value

    @field_validator("mandates")
    @classmethod
    def _do_not_overlap(cls, mandates: tuple[Mandate, ...]) -> tuple[Mandate, ...]:
        if faults := overlaps(mandates):
            raise ValueError("; ".join(faults))
        return mandates

    @property
    def longest_grace(self) -> int:
        """Working days after which every system's grace is over."""
        return max([self.grace_working_days, *self.grace_by_system.values()])

    @property
    def watermark_lag(self) -> timedelta:
        """How far the watermark may be behind the latest event."""
        return timedelta(hours=self.idle_hours, minutes=self.lateness_minutes)

    @property
    def remembered(self) -> timedelta:
        """How long before the latest event lookups are remembered: whole local days, however far the watermark lags."""
        return timedelta(days=self.duplicate_days) + max(self.watermark_lag, A_LONG_DAY)

    @property
    def digest(self) -> str:
        """32 hex digits of SHA-256 over every setting by name; equal for equal settings."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def with_forest(self) -> AgencySettings:
        """The same settings with the isolation forest in shadow."""
        return self.model_copy(update={"forest": self.forest.model_copy(update={"enabled": True})})

    def sources_for_history(self) -> tuple[str, ...]:
        """Relation sources of a re-scoring run: all, unless the settings name which, or none."""
        return ("declared", "eigen-personeel", "brp") if self.relation_sources is None else self.relation_sources

    def sources_for_monitoring(self) -> tuple[str, ...]:
        """Relation sources of the streaming detector: the BRP only with a legal basis.

        Raises InputError when the settings name the BRP without one.
        """
        if self.brp_legal_basis:
            return self.sources_for_history()
        if self.relation_sources and "brp" in self.relation_sources:
            raise InputError(
                "relation_sources: 'brp' may not be used to monitor staff without a legal basis; "
                "set brp_legal_basis to the decision that allows it, or leave 'brp' out"
            )
        return ("declared", "eigen-personeel") if self.relation_sources is None else self.relation_sources


def load_agency_settings(path: Path | None) -> AgencySettings:
    """The settings in a TOML file, or the defaults; all faults of the file are told at once."""
    if path is None:
        return AgencySettings()
    try:
        return AgencySettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text at byte {error.start}; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not TOML: {error}") from error
    except ValidationError as error:
        raise settings_faults(error, str(path), AgencySettings) from error
