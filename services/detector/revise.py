"""Signals as they stand at a moment into revisions: with ids, pseudonyms, windows and content hashes."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import COMPARISON, EVIDENCE, INSTANT, SIGNAL
from services.core.pseudonyms import Pseudonymiser
from services.core.signal_ids import SignalIds
from services.core.wire import content_hash
from services.detector.aggregate import COUNTING_RULE, aggregate
from services.detector.group import as_of
from services.detector.named import with_names
from services.detector.parents import with_parents
from services.detector.rules import BURST, FAMILIES, OF_DAYS, rules_of
from services.detector.score import name_rules, score
from services.detector.scored import ScoredRule
from services.detector.settings import AgencySettings
from services.detector.story import tell

REVISION = {**SIGNAL.schema, "evidence": pl.List(EVIDENCE)}
"""A signal and its evidence rows."""
NO_REVISIONS = pl.DataFrame(schema=REVISION)

WIRE_TIME = "%Y-%m-%dT%H:%M:%S%.6fZ"
"""Times as wire.to_wire writes them, a column at a time."""


class Reviser:
    """Makes revisions under one key ring and one calendar; rules that are switched `off` name no signal.

    `silent` are the families of which every rule is off.
    """

    def __init__(
        self,
        ids: SignalIds,
        pseudonyms: Pseudonymiser,
        calendar: AgencyCalendar,
        settings: AgencySettings,
    ) -> None:
        self.burst = settings.burst
        self.pairs = settings.pairs
        self._least_reads = settings.readers.min_reads
        self._ids = ids
        self._pseudonyms = pseudonyms
        self._calendar = calendar
        self._settings_hash = settings.digest
        self._off = frozenset(settings.rules_off)
        self.silent = [family for family in FAMILIES if self._off.issuperset(rule.id for rule in rules_of(family))]

    def scored(
        self, windowed: pl.DataFrame, everything: pl.DataFrame, volume_days: pl.DataFrame, moment: datetime
    ) -> list[ScoredRule]:
        """The signals of these contributions at a moment, a frame per rule, with `signal_id` and `parent_id`."""
        rows = windowed if windowed.is_empty() else as_of(windowed, moment, self.burst)
        if rows.is_empty():
            return []
        signals = aggregate(rows, everything, volume_days, moment, self.pairs)
        signals = signals.with_columns(pl.lit(self._least_reads, pl.Int64).alias("least_reads"))
        related = with_parents(signals, everything, moment, self.burst, self.silent)
        return score(self._with_ids(name_rules(related, self._off)))

    def revisions(self, scored: list[ScoredRule], pushed: pl.DataFrame) -> pl.DataFrame:
        """Frame of REVISION, ordered by id. `pushed` holds (signal_id, pushed_at) of class B signals."""
        if not scored:
            return NO_REVISIONS
        return _hashed(self._contract(tell(scored, self._calendar), pushed).sort("signal_id"))

    def withdrawn(self, revisions: pl.DataFrame, reason: str, moment: datetime) -> pl.DataFrame:
        """The same signals, withdrawn for a reason."""
        changes = {"status": "withdrawn", "withdrawn_reason": reason}
        return _hashed(
            revisions.with_columns(
                pl.lit(moment, SIGNAL.schema["as_of"]).alias("as_of"),
                *(pl.lit(value).alias(name) for name, value in changes.items()),
            )
        )

    def _with_ids(self, signals: pl.DataFrame) -> pl.DataFrame:
        of_burst = pl.col("parent_family") == BURST
        parents = signals.select(
            "parent_family",
            pl.when(~of_burst).then("employee_sid"),
            pl.when(of_burst).then("subject_sid"),
            "parent_window",
        )
        ids = signals.select("family", "employee_sid", "subject_sid", "window")
        return signals.with_columns(
            pl.Series("signal_id", [self.signal_id(*key) for key in ids.iter_rows()], pl.String),
            pl.Series("parent_id", [key[0] and self.signal_id(*key) for key in parents.iter_rows()], pl.String),
        )

    def signal_id(self, family: str, employee: int | None, subject: int | None, window: date | None) -> str:
        """The id of a signal, made of the stable keys (`sid`) of whom it is about."""
        return self._ids.of(family, employee, subject, "" if window is None else window.isoformat())

    def _contract(self, told: pl.DataFrame, pushed: pl.DataFrame) -> pl.DataFrame:
        day_start = self._calendar.instant(pl.col("since"))
        day_end = self._calendar.instant(pl.col("until") + pl.duration(days=1))
        of_days = pl.col("family").is_in(OF_DAYS)
        told = told.with_columns(with_names(told["evidence"], self._pseudonyms))
        return (
            told.join(pushed, on="signal_id", how="left", maintain_order="left")
            .with_columns(
                self._named("employee").alias("employee_id"),
                self._named("about", "subject_check").alias("subject"),
                pl.when(of_days).then(day_start).otherwise("first_at").alias("window_start"),
                pl.when(of_days).then(day_end).otherwise("last_at").alias("window_end"),
                pl.max_horizontal("as_of", "pushed_at").alias("as_of"),
                (pl.col("pushed_at").is_not_null() | (pl.col("rule_class") == "P")).alias("pushed"),
                pl.when(pl.col("withdrawn")).then(pl.lit("withdrawn")).otherwise(pl.lit("open")).alias("status"),
                pl.when(pl.col("withdrawn")).then(_reason()).alias("withdrawn_reason"),
                pl.lit(COUNTING_RULE).alias("counting_rule"),
                pl.col("evidence").list.eval(pl.element().struct.field("lookup_id")).alias("lookup_ids"),
                pl.col("comparison").fill_null(pl.lit([], pl.List(COMPARISON))),
                pl.col("shared").alias("shared_count"),
                pl.lit(self._settings_hash).alias("settings_hash"),
                pl.lit("").alias("content_hash"),
            )
            .rename({"first_at": "first_lookup_at", "last_at": "last_lookup_at", "lookups": "lookup_count"})
            .rename({"moments": "moment_count", "days": "day_count"})
            .select(pl.col(name).cast(kind) for name, kind in REVISION.items())
        )

    def _named(self, key: str, check: str | None = None) -> pl.Expr:
        """The pseudonym as text, made of its two halves."""
        halves = pl.struct(pl.col(key).alias("key"), pl.col(check or f"{key}_check").alias("check"))
        return halves.map_elements(self._text, return_dtype=pl.String)

    def _text(self, halves: dict[str, int | None]) -> str | None:
        key, check = halves["key"], halves["check"]
        return None if key is None or check is None else self._pseudonyms.text(key, check)


def _reason() -> pl.Expr:
    """What was recorded later explains the lookups, moved them to another signal, or else too few are left."""
    ended = pl.when(pl.col("cleared_at").is_not_null()).then(pl.lit("moved")).otherwise(pl.lit("too-few"))
    return pl.when(pl.col("explanation").is_not_null()).then(pl.lit("explained-later")).otherwise(ended)


def _hashed(revisions: pl.DataFrame) -> pl.DataFrame:
    told = revisions.drop("evidence", "content_hash").with_columns(pl.col(INSTANT).dt.strftime(WIRE_TIME))
    hashes = [content_hash(row) for row in told.iter_rows(named=True)]
    return revisions.with_columns(pl.Series("content_hash", hashes, pl.String))
