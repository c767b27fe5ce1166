"""The settings of an agency: calendar, grace, sources, thresholds and budget, read from one TOML file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from services.core.calendar import CLOSING_HOUR, OPENING_HOUR, country_fault, timezone_fault
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


class EnumerationSettings(_Section):
    """When one employee's lookups of a day follow a series of numbers, or a pace at which nobody works."""

    min_numbers: int = Field(8, ge=4, description="fewer persons with neighbouring numbers are never an enumeration")
    minutes: int = Field(3, ge=1, le=30, description="the neighbouring number is opened this soon")
    min_persons_an_hour: int = Field(40, ge=20, description="unexplained persons within one hour: fewer are no pace")


class SharingSettings(_Section):
    """When one account is used at two places at once."""

    minutes: int = Field(5, ge=1, le=30, description="one system shows the account at another place this soon")
    min_changes: int = Field(2, ge=2, description="changes of place on one day: there and back; fewer are a move")


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
    similar_peers: int = Field(2, ge=1, le=20, description="what so many others of the role also took out on a day")
    similar_days: int = Field(35, ge=1, le=182, description="within so many days, this one included, is no exception")


class PairSettings(_Section):
    """When one employee's looks at one person are a long watch, a copied reason, or into a dormant file."""

    watch_months: int = Field(6, ge=2, le=60, description="different local months with a look without explanation")
    watch_span_months: int = Field(24, ge=2, le=120, description="consecutive months within which they lie")
    copied_reason_persons: int = Field(
        3, ge=1, description="the same words for emergency access at so many other persons are copied"
    )
    same_work_minutes: int = Field(
        60, ge=0, le=480, description="from a case worked on this long before or after, another file may be work too"
    )
    emergency_days: int = Field(90, ge=1, le=731, description="within so many days emergency access is counted")
    dormant_months: int = Field(24, ge=1, le=120, description="after so long without a case a file is dormant")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.watch_months > self.watch_span_months:
            raise ValueError(
                f"watch_months is {self.watch_months}, more than the {self.watch_span_months} of watch_span_months"
            )
        return self


class ShareSettings(_Section):
    """When the share of a month that nothing explains counts as far above that of the peers."""

    min_persons: int = Field(6, ge=2, description="fewer unexplained persons in a month are never a signal")
    min_found: int = Field(5, ge=2, description="nor are fewer of those who were found by name or address")
    factor: int = Field(3, ge=1, le=100, description="at least so many times what the peers' share led to expect")
    min_peers: int = Field(5, ge=1, description="with fewer others in the place, the whole agency is the peer group")
    prior_persons: int = Field(200, ge=1, description="weight of the agency's share, in persons, for small peer groups")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per month and rule")


class LeaverSettings(_Section):
    """When the last days of an employment count as far above the own norm."""

    days: int = Field(30, ge=7, le=92, description="last days of employment that are looked at")
    history_days: int = Field(91, ge=28, le=366, description="days before these that make the own norm")
    prior_days: int = Field(10, ge=1, description="weight of the others in the role, in days at work, for the own norm")
    factor: int = Field(3, ge=1, le=100, description="more than so many times the own norm counts")
    min_persons: int = Field(6, ge=2, description="fewer unexplained persons are never a signal")
    min_records: int = Field(100, ge=2, description="nor are fewer records exported or printed without explanation")
    chance: float = Field(0.001, gt=0, le=0.05, description="so many persons are at most this likely by chance")


class BudgetSettings(_Section):
    """How many class B signals reach the intake queue."""

    per_thousand_a_week: int = Field(1, ge=1, le=100, description="pushes per 1,000 employees a week")
    score_floor: float = Field(42, ge=0, le=100, description="class B signals below this score are not pushed")
    settling_days: int = Field(5, ge=0, le=31, description="days that a class B signal stands before it is pushed")
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


class ForestSettings(_Section):
    """The isolation forest over employee-days: a second opinion beside the signals."""

    enabled: bool = Field(default=False, description="train a forest each month and score days, beside the signals")
    counts: bool = Field(default=False, description="a score adds a few points to volume signals that exist anyway")
    trees: int = Field(100, ge=10, le=1000, description="trees of a forest")
    samples: int = Field(256, ge=16, le=4096, description="employee-days that each tree draws")
    min_days: int = Field(500, ge=20, description="with fewer employee-days in earlier months none is trained")
    seed: int = Field(20081215, ge=0, le=2**32 - 1, description="of the draws; the same seed gives the same forest")

    @model_validator(mode="after")
    def _counts_only_when_enabled(self) -> Self:
        if self.counts and not self.enabled:
            raise ValueError("counts = true needs enabled = true: a forest that is not trained has no scores")
        return self


class AgencySettings(_Section):
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
    enumeration: EnumerationSettings = EnumerationSettings()
    sharing: SharingSettings = SharingSettings()
    burst: BurstSettings = BurstSettings()
    pairs: PairSettings = PairSettings()
    shares: ShareSettings = ShareSettings()
    leaver: LeaverSettings = LeaverSettings()
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
