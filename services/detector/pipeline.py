"""START HERE. The whole way of a slice: lookups in, state and revised signals out.

One function serves stream and batch: the stream runs it on the lookups of a moment, re-scoring on days of history.
Nothing in it asks what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.keyring import KeyRing
from services.core.pseudonyms import Pseudonymiser
from services.core.signal_ids import SignalIds
from services.detector.admit import Admitted, admit
from services.detector.context import add_context
from services.detector.contribute import contribute
from services.detector.encode import LOOKUPS, Encoder
from services.detector.enrich import enrich
from services.detector.group import by_window
from services.detector.registers import Registers
from services.detector.revise import Reviser
from services.detector.rules import VOLUME
from services.detector.settings import AgencySettings
from services.detector.state.tables import State
from services.detector.ticks import DailyPush
from services.detector.timeline import Explainer
from services.detector.volume.stage import VolumeStage
from services.detector.watermark import advance_clocks, late, watermark


def _no_keys() -> pl.Series:
    return pl.Series([], dtype=pl.Int64)


@dataclass(frozen=True)
class Slice:
    """Encoded lookups (LOOKUPS schema) of one source partition, and whose register rows changed before them."""

    lookups: pl.DataFrame
    partition: str = "history"
    closed: bool = False
    """The input has ended: everything is decided with what the registers hold."""
    changed_employees: pl.Series = field(default_factory=_no_keys)
    changed_subjects: pl.Series = field(default_factory=_no_keys)


@dataclass(frozen=True)
class Findings:
    """What a step found out."""

    revisions: pl.DataFrame
    """Signals whose content changed (REVISION schema)."""
    judged: pl.DataFrame
    """Each admitted lookup with its explanation and timeline."""
    archived: pl.DataFrame
    """The admitted lookups, to be kept for late news (LOOKUPS schema)."""
    conflicts: pl.DataFrame
    """Lookups whose id came twice with different content, and lost."""
    duplicates: int
    late: int


class Pipeline:
    """The engine under one key ring, one calendar and one agency's settings."""

    def __init__(self, settings: AgencySettings, ring: KeyRing) -> None:
        self.settings = settings
        self.calendar = AgencyCalendar(settings.timezone, settings.country)
        pseudonyms = Pseudonymiser(ring)
        self.encoder = Encoder(pseudonyms, self.calendar)
        self.reviser = Reviser(SignalIds(ring), pseudonyms, self.calendar)
        self._explainer = Explainer(settings, self.calendar)
        self._volume = VolumeStage(settings, self.calendar)
        self._push = DailyPush(settings.budget, self.calendar, self.reviser)

    def step(self, state: State, piece: Slice, registers: Registers) -> tuple[State, Findings]:
        """The way of one slice: admit, judge, contribute, decide what is due, tell what changed."""
        before = state
        admitted = admit(piece.lookups, state, timedelta(days=self.settings.duplicate_days))
        again = self._judged_before(state, piece, admitted)
        news = pl.concat([admitted.lookups, again])
        judged = self.judge(news, registers)
        state = self._take_in(state, piece, admitted, again, judged)
        mark = self._watermark(state, piece, registers)
        state = self._volume.run(state, news, mark)
        state = self._push.run(state, registers, mark)
        state = replace(state, progress=replace(state.progress, watermark=mark))
        state, revisions = self._tell(before, state, news, admitted)
        return state, Findings(
            revisions=revisions,
            judged=judged.join(admitted.lookups.select("lookup_id"), on="lookup_id", how="semi"),
            archived=admitted.lookups,
            conflicts=admitted.conflicts,
            duplicates=admitted.duplicates,
            late=late(admitted.lookups, before),
        )

    def judge(self, lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Stage 1: who looked at whom, and why it was fine, if it was."""
        return add_context(self._explainer.explain(enrich(lookups, registers), registers), registers)

    def signals(self, state: State, moment: datetime) -> pl.DataFrame:
        """Every signal as it stands at a moment (REVISION schema)."""
        windowed = by_window(state.contributions, state.volume_days)
        return self.reviser.revisions(self.reviser.scored(windowed, windowed, state.volume_days, moment), state.pushed)

    def _judged_before(self, state: State, piece: Slice, admitted: Admitted) -> pl.DataFrame:
        """Earlier lookups that changed register rows concern: they are judged again."""
        if piece.changed_employees.is_empty() and piece.changed_subjects.is_empty():
            return pl.DataFrame(schema=LOOKUPS)
        earlier = state.archive(piece.changed_employees, piece.changed_subjects)
        return earlier.join(admitted.lookups, on="lookup_id", how="anti").select(list(LOOKUPS))

    def _take_in(
        self, state: State, piece: Slice, admitted: Admitted, again: pl.DataFrame, judged: pl.DataFrame
    ) -> State:
        """The state with this slice's contributions; what was replaced or judged again is taken back first."""
        outdated = pl.concat([admitted.replaced, again["lookup_id"]])
        kept = state.contributions.filter(~pl.col("lookup_id").is_in(outdated.implode()))
        firsts = [state.progress.first_seen, admitted.lookups["at"].min()]
        seen = [moment for moment in firsts if isinstance(moment, datetime)]
        return replace(
            state,
            contributions=pl.concat([kept, contribute(judged)]),
            recent=admitted.recent,
            clocks=advance_clocks(state.clocks, admitted.lookups, piece.partition),
            progress=replace(state.progress, first_seen=min(seen, default=None)),
        )

    def _watermark(self, state: State, piece: Slice, registers: Registers) -> datetime | None:
        """Up to when decisions may be taken; a closed input is decided to the end."""
        mark = watermark(state.clocks, state.progress.watermark, self.settings)
        if not piece.closed or state.progress.first_seen is None:
            return mark
        ends = [
            mark,
            registers.latest_knowledge,
            self._volume.last_decision(state),
            state.contributions["counts_from"].max(),
            state.clocks["latest"].max(),
        ]
        return self._push.next_tick(max(end for end in ends if isinstance(end, datetime)))

    def _tell(self, before: State, state: State, news: pl.DataFrame, admitted: Admitted) -> tuple[State, pl.DataFrame]:
        """Revisions of the signals whose content changed in this step."""
        moment = state.progress.watermark or state.progress.first_seen
        if moment is None:
            return state, self.reviser.revisions([], state.pushed)
        windowed = by_window(state.contributions, state.volume_days)
        affected = self._affected(before, state, windowed, news, admitted)
        scored = self.reviser.scored(affected, windowed, state.volume_days, moment)
        revisions = self.reviser.revisions(scored, state.pushed)
        told = state.told.select("signal_id", pl.col("content_hash").alias("told"))
        changed = revisions.join(told, on="signal_id", how="left", maintain_order="left").filter(
            pl.col("told").ne_missing(pl.col("content_hash"))
        ).drop("told")  # fmt: skip
        ledger = changed.select("signal_id", "content_hash", "as_of")
        kept = state.told.join(ledger, on="signal_id", how="anti")
        return replace(state, told=pl.concat([kept, ledger])), changed

    def _affected(
        self, before: State, state: State, windowed: pl.DataFrame, news: pl.DataFrame, admitted: Admitted
    ) -> pl.DataFrame:
        """Contributions to signals that this step may have changed."""
        crossed = _crossed(windowed, before.progress.watermark, state.progress.watermark)
        taken_back = before.contributions.filter(pl.col("lookup_id").is_in(admitted.replaced.implode()))
        subjects = pl.concat([crossed["subject"], news["subject"], taken_back["subject"]]).drop_nulls().unique()
        pushed = state.pushed.height != before.pushed.height
        days_changed = not state.volume_days.equals(before.volume_days)
        if pushed:
            return windowed
        about = pl.col("about").is_in(subjects.implode())
        crowd_of = windowed.filter(pl.col("subject").is_in(subjects.implode()))["employee"].unique()
        crowd = (pl.col("family") == VOLUME) & (pl.lit(days_changed) | pl.col("employee").is_in(crowd_of.implode()))
        return windowed.filter(about | crowd)


def _crossed(windowed: pl.DataFrame, before: datetime | None, after: datetime | None) -> pl.DataFrame:
    """Contributions that began, ended or got a case link between two watermarks."""
    if after is None:
        return windowed.clear()
    moments = [pl.col(name) for name in ("counts_from", "counts_until", "linked_at")]
    passed = [(moment <= after) & (moment > before if before else True) for moment in moments]
    return windowed.filter(pl.any_horizontal(passed))
