"""The settings of an agency: calendar, grace, sources, thresholds and budget, read from one TOML file."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from services.core.calendar import country_fault, timezone_fault
from services.core.errors import InputError
from services.core.settings import settings_faults
from services.detector.mandate_settings import Mandate, overlaps
from services.detector.setting_values import RuleId, Share, SystemName, Words, WorkingDays

RelationSource = Literal["declared", "eigen-personeel", "brp"]


A_LONG_DAY = timedelta(hours=26)
"""Longer than any local day."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class VolumeSettings(_Section):
    """When a day counts as far above the own history."""

    window_days: int = Field(56, ge=14, le=366, description="days of own history that a day is compared with")
    min_history_days: int = Field(3, ge=2, description="days at work before a day is judged at all")
    min_subjects: int = Field(5, ge=2, description="fewer unexplained persons on a day are never a volume signal")
    prior_days: int = Field(5, ge=1, description="weight of the agency's mean, in days, for people with little history")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per local day")


class BurstSettings(_Section):
    """When many employees on one file are a burst."""

    min_employees: int = Field(5, ge=3, description="fewer different employees are never a burst")
    window_days: int = Field(7, ge=1, le=31, description="local days within which they looked")
    quiet_days: int = Field(30, ge=7, le=366, description="days without a look that close an episode")


class PeerSettings(_Section):
    """When two weeks count as far above the peers: others of the same role and department."""

    window_days: int = Field(56, ge=14, le=366, description="days of the peers' history before the two weeks")
    min_history_days: int = Field(10, ge=2, description="days at work of the agency before anybody is judged")
    min_peers: int = Field(5, ge=1, description="with fewer others in the place, the whole agency is the peer group")
    min_subjects: int = Field(6, ge=2, description="fewer unexplained persons, counted per day, are never a signal")
    min_days: int = Field(3, ge=1, description="days above what is expected of a day; fewer are not persistent")
    prior_days: int = Field(20, ge=1, description="weight of the agency's mean, in days, for small peer groups")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per week")


class ExportSettings(_Section):
    """When the records exported or printed on a day count as far above the role's norm."""

    window_days: int = Field(
        182, ge=28, le=731, description="days before, of everybody in the role, that make the norm"
    )
    norm_percentile: int = Field(99, ge=90, le=99, description="of 100 days at work in the role, how many stay within")
    factor: int = Field(2, ge=1, le=100, description="more than so many times the norm counts")
    min_records: int = Field(100, ge=2, description="fewer records on a day are never a signal")
    min_norm_days: int = Field(100, ge=20, description="days at work that a norm rests on; with fewer it has none")
    min_records_without_norm: int = Field(
        1000, ge=2, description="fewer records are never a signal while the role has no norm of its own"
    )


class BudgetSettings(_Section):
    """How many class B signals reach the intake queue."""

    per_thousand_a_week: int = Field(1, ge=1, le=100, description="pushes per 1,000 employees a week")
    score_floor: float = Field(25, ge=0, le=100, description="class B signals below this score are not pushed")
    push_hour: int = Field(6, ge=4, le=12, description="local hour at which a day's pushes are decided")
    rule_share: float = Field(0.5, gt=0, le=1, description="largest share of one day's pushes for one rule, rounded up")
    quota: dict[RuleId, Share] = Field(
        default_factory=dict, description="that share for single rules, in place of rule_share; 0: never pushed"
    )


class FaultSettings(_Section):
    """When a source counts as at fault, so that its unexplained lookups are held against nobody until it is mended."""

    window_days: int = Field(28, ge=7, le=366, description="earlier days of a system that a day is compared with")
    min_history_days: int = Field(5, ge=2, description="with fewer earlier days nothing is decided")
    min_lookups: int = Field(100, ge=1, description="a system's day with fewer lookups is not judged")
    min_employees: int = Field(20, ge=3, description="nor one on which fewer employees looked three times or more")
    rise: float = Field(0.05, gt=0, le=1, description="the unexplained share lies this far above the usual one, and")
    times: float = Field(3.0, ge=1, description="this many times above it")
    spread: float = Field(0.5, ge=0.3, le=1, description="least share of employees concerned: few people make no fault")
    gap_share: float = Field(0.10, gt=0, lt=1, description="a working day below this share of the usual lookups: a gap")
    rejected_share: float = Field(0.01, gt=0, lt=1, description="more records without actor, or from the future: fault")
    min_rejected: int = Field(5, ge=1, description="fewer records of a day without actor, or from the future, are none")


class AgencySettings(_Section):
    """Everything in which one agency differs from another; the defaults suit UWV."""

    timezone: str = Field("Europe/Amsterdam", description="time zone of the agency's days and hours")
    country: str = Field("NL", description="country whose public holidays are no working days")
    lateness_minutes: int = Field(60, ge=0, le=1440, description="a lookup this late is still in time")
    idle_hours: int = Field(24, ge=1, description="a system this far behind the others does not hold back decisions")
    duplicate_days: int = Field(2, ge=1, le=31, description="same id, other content: recognised within this span")
    grace_working_days: int = Field(1, ge=0, le=10, description="a link may come until the end of this working day")
    grace_by_system: dict[SystemName, WorkingDays] = Field(
        default_factory=dict, description="working days of grace per system"
    )
    exempt_systems: tuple[str, ...] = Field(("peoplesoft",), description="systems that hold the own personnel file")
    relation_sources: tuple[RelationSource, ...] | None = Field(None, description="null: all that may be used")
    brp_legal_basis: str | None = Field(None, description="why relations of the BRP may be used when monitoring staff")
    aftercare_days: int = Field(30, ge=0, le=366, description="a closed case explains a lookup for so long")
    contact_before_minutes: int = Field(15, ge=0, le=1440, description="a contact explains lookups so long before it")
    contact_after_minutes: int = Field(60, ge=0, le=1440, description="and so long after it")
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
    burst: BurstSettings = BurstSettings()
    budget: BudgetSettings = BudgetSettings()
    faults: FaultSettings = FaultSettings()

    @field_validator("timezone", "country")
    @classmethod
    def _is_known(cls, value: str, field: ValidationInfo) -> str:
        if fault := (timezone_fault if field.field_name == "timezone" else country_fault)(value):
            raise ValueError(fault)
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

    def sources_for_history(self) -> tuple[str, ...]:
        """Relation sources of a re-scoring run: all, unless the settings name some."""
        return self.relation_sources or ("declared", "eigen-personeel", "brp")

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
        return self.relation_sources or ("declared", "eigen-personeel")


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
