"""Sections of the settings: from where on days, months, sequences, bursts and sources count, and what is pushed."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.detector.setting_values import RuleId, Share


class Section(BaseModel):
    """Part of the settings, read once; a key that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class VolumeSettings(Section):
    """When a day counts as far above the own history."""

    window_days: int = Field(56, ge=14, le=366, description="days of own history that a day is compared with")
    min_history_days: int = Field(3, ge=2, description="days at work before a day is judged at all")
    min_subjects: int = Field(5, ge=2, description="fewer unexplained persons on a day are never a volume signal")
    prior_days: int = Field(5, ge=1, description="weight of the agency's mean, in days, for people with little history")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per local day")


class BurstSettings(Section):
    """When many employees on one file are a burst."""

    min_employees: int = Field(5, ge=3, description="fewer different employees are never a burst")
    window_days: int = Field(7, ge=1, le=31, description="local days within which they looked")
    quiet_days: int = Field(30, ge=7, le=366, description="days without a look that close an episode")


class PeerSettings(Section):
    """When two weeks count as far above the peers: others of the same role and department."""

    window_days: int = Field(56, ge=14, le=366, description="days of the peers' history before the two weeks")
    min_history_days: int = Field(10, ge=2, description="days at work of the agency before anybody is judged")
    min_peers: int = Field(5, ge=1, description="with fewer others in the place, the whole agency is the peer group")
    min_subjects: int = Field(6, ge=2, description="fewer unexplained persons, counted per day, are never a signal")
    min_days: int = Field(3, ge=1, description="days above what is expected of a day; fewer are not persistent")
    prior_days: int = Field(20, ge=1, description="weight of the agency's mean, in days, for small peer groups")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per week")


class EnumerationSettings(Section):
    """When one employee's lookups of a day follow a series of numbers, or a pace at which nobody works."""

    min_numbers: int = Field(8, ge=4, description="fewer persons with neighbouring numbers are never an enumeration")
    minutes: int = Field(3, ge=1, le=30, description="the neighbouring number is opened this soon")
    min_persons_an_hour: int = Field(40, ge=20, description="unexplained persons within one hour: fewer are no pace")


class SharingSettings(Section):
    """When one account is used at two places at once."""

    minutes: int = Field(5, ge=1, le=30, description="one system shows the account at another place this soon")
    min_changes: int = Field(2, ge=2, description="changes of place on one day: there and back; fewer are a move")


class ExportSettings(Section):
    """When what was exported or printed on a day counts as far above the role's norm: records, or persons' files."""

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
    min_persons: int = Field(100, ge=2, description="nor are the files of fewer persons, exported or printed singly")
    min_persons_without_norm: int = Field(
        250, ge=2, description="nor of fewer persons while the role has no norm of its own"
    )
    similar_peers: int = Field(2, ge=1, le=20, description="what so many others of the role also took out on a day")
    similar_days: int = Field(35, ge=1, le=182, description="within so many days, this one included, is no exception")


class PairSettings(Section):
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


class ShareSettings(Section):
    """When the share of a month that nothing explains counts as far above that of the peers."""

    min_persons: int = Field(6, ge=2, description="fewer unexplained persons in a month are never a signal")
    min_found: int = Field(5, ge=2, description="nor are fewer of those who were found by name or address")
    factor: int = Field(3, ge=1, le=100, description="at least so many times what the peers' share led to expect")
    min_peers: int = Field(5, ge=1, description="with fewer others in the place, the whole agency is the peer group")
    prior_persons: int = Field(200, ge=1, description="weight of the agency's share, in persons, for small peer groups")
    false_discovery_rate: float = Field(0.01, gt=0, le=0.2, description="Benjamini-Hochberg level per month and rule")


class LeaverSettings(Section):
    """When the last days of an employment count as far above the own norm."""

    days: int = Field(30, ge=7, le=92, description="last days of employment that are looked at")
    history_days: int = Field(91, ge=28, le=366, description="days before these that make the own norm")
    prior_days: int = Field(10, ge=1, description="weight of the others in the role, in days at work, for the own norm")
    factor: int = Field(3, ge=1, le=100, description="more than so many times the own norm counts")
    min_persons: int = Field(6, ge=2, description="fewer unexplained persons are never a signal")
    min_records: int = Field(100, ge=2, description="nor are fewer records exported or printed without explanation")
    chance: float = Field(0.001, gt=0, le=0.05, description="so many persons are at most this likely by chance")


class ReaderSettings(Section):
    """When reads of signals are told of their readers."""

    min_reads: int = Field(3, ge=1, description="moments on a day at which signals were opened that were nobody's work")
    min_identities: int = Field(5, ge=2, description="fewer identities opened on a day are never a signal")
    factor: int = Field(4, ge=2, le=100, description="at least so many times the mean of the others' days with reads")
    norm_percentile: int = Field(
        90, ge=50, le=99, description="and above what so many of 100 of these days stay within"
    )
    window_days: int = Field(28, ge=7, le=366, description="days before that are compared with")
    min_days: int = Field(20, ge=5, description="with fewer of the others' days there is nothing to compare with")
    min_identities_alone: int = Field(10, ge=2, description="then fewer identities are never a signal")


class BudgetSettings(Section):
    """How many class B signals reach the intake queue."""

    per_thousand_a_week: int = Field(1, ge=1, le=100, description="pushes per 1,000 employees a week")
    score_floor: float = Field(42, ge=0, le=100, description="class B signals below this score are not pushed")
    settling_days: int = Field(5, ge=0, le=31, description="days that a class B signal stands before it is pushed")
    push_hour: int = Field(6, ge=4, le=12, description="local hour at which a day's pushes are decided")
    rule_share: float = Field(0.5, gt=0, le=1, description="largest share of one day's pushes for one rule, rounded up")
    quota: dict[RuleId, Share] = Field(
        default_factory=dict, description="that share for single rules, in place of rule_share; 0: never pushed"
    )


class FaultSettings(Section):
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


class ForestSettings(Section):
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
