"""START HERE. The whole way of a slice: lookups in, state and revised signals out.

One function serves stream and batch: the stream runs it on the lookups of a moment, re-scoring on days of history.
Nothing in it asks what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import polars as pl

from services.core.archive import Wanted
from services.core.calendar import AgencyCalendar
from services.core.keyring import KeyRing
from services.core.pseudonyms import Pseudonymiser
from services.core.signal_ids import SignalIds
from services.detector.admit import Admitted, admit, remembered
from services.detector.claims import borne_out
from services.detector.context import add_context
from services.detector.contribute import as_stored, classify, contribute, registered_afterwards
from services.detector.encode import LOOKUPS, NUMBERS, Encoder
from services.detector.enrich import enrich
from services.detector.explain.margins import margins_of
from services.detector.faults.muting import counting_with_reads
from services.detector.faults.rejected import REJECTED
from services.detector.faults.stage import FaultStage
from services.detector.forest.stage import ForestStage, with_strangeness
from services.detector.group import MOMENTS, by_window
from services.detector.leavers.stage import LeaverStage
from services.detector.members import member_days
from services.detector.outcomes import come_out_otherwise
from services.detector.readers.apart import admitted_apart, archive_of_work, work_of
from services.detector.readers.stage import ReaderStage
from services.detector.registers import Registers
from services.detector.revise import Reviser
from services.detector.sequences.stage import News, Sequences
from services.detector.settings import AgencySettings
from services.detector.shares.stage import ShareStage
from services.detector.state.schemas import SUPERSEDED
from services.detector.state.tables import State, without_ids
from services.detector.statements import bereft, firsts, without_statement
from services.detector.states import JUDGED
from services.detector.surroundings import Surroundings, Touched
from services.detector.telling import Teller
from services.detector.ticks import DailyPush
from services.detector.timeline import Explainer
from services.detector.volume.stage import VolumeStage
from services.detector.watermark import advance_clocks, clocks_of, late, of_work, watermark

NO_KEYS = pl.Series([], dtype=pl.Int64)
NO_LOOKUPS, NO_NUMBERS, NO_REJECTED = (pl.DataFrame(schema=schema) for schema in (LOOKUPS, NUMBERS, REJECTED))


@dataclass(frozen=True)
class Slice:
    """Encoded lookups (LOOKUPS schema), and whose register rows changed before them."""

    lookups: pl.DataFrame
    partition: str = "history"
    """Of the source that they come from."""
    clocks: pl.DataFrame | None = None
    """The greatest event time per partition and system (CLOCKS), where the lookups come from several partitions."""
    behind: frozenset[str] = frozenset()
    """Partitions that are known to hold more than was read of them."""
    closed: bool = False
    """The input has ended: everything is decided with what the registers hold."""
    until: datetime | None = None
    """With `closed`: decide only what was known by this moment."""
    changed_employees: pl.Series = field(default_factory=NO_KEYS.clone)
    changed_subjects: pl.Series = field(default_factory=NO_KEYS.clone)
    numbers: pl.DataFrame = field(default_factory=NO_NUMBERS.clone)
    """The digits behind the persons of these lookups (NUMBERS); without them no mistyped number is recognised."""
    rejected: pl.DataFrame = field(default_factory=NO_REJECTED.clone)
    """How many records came without an actor or from the future, per system and day (REJECTED)."""
    judged: pl.DataFrame | None = None
    """These lookups as `judge` told of them under the same registers, where that was done beforehand."""

    @property
    def seen(self) -> pl.DataFrame:
        """The greatest event time per partition and system (CLOCKS) among the lookups."""
        return clocks_of(self.lookups, self.partition) if self.clocks is None else self.clocks


@dataclass(frozen=True)
class Findings:
    """What a step found out."""

    judged: pl.DataFrame
    """Each admitted lookup's explanation and timeline (JUDGED columns)."""
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
        self.calendar = AgencyCalendar(
            settings.timezone,
            settings.country,
            settings.opening_hour,
            settings.closing_hour,
            settings.extra_closed_days,
        )
        self.pseudonyms = pseudonyms = Pseudonymiser(ring)
        self.encoder = Encoder(pseudonyms, self.calendar)
        self.reviser = Reviser(SignalIds(ring), pseudonyms, self.calendar, settings)
        self._teller = Teller(self.reviser)
        self._margins = margins_of(settings)
        self._explainer = Explainer(settings, self.calendar, pseudonyms)
        self._surroundings = Surroundings(settings, self.calendar, pseudonyms)
        self._sequences = Sequences(settings, self.calendar, pseudonyms)
        self._faults = FaultStage(settings.faults, self.calendar, self._explainer.grace_table)
        self._volume = VolumeStage(settings, self.calendar)
        self._shares = ShareStage(settings, self.calendar)
        self._leavers = LeaverStage(settings, self.calendar)
        self._forest = ForestStage(settings.forest)
        self._push = DailyPush(settings.budget, self.calendar, self.reviser)
        self._readers = ReaderStage(settings, self.calendar)

    def step(self, state: State, piece: Slice, registers: Registers) -> tuple[State, Findings]:
        """The way of one slice: admit, judge, contribute, decide what is due; reads of signals apart from the rest."""
        admitted = admit(piece.lookups, state, timedelta(days=self.settings.duplicate_days))
        work, reads = admitted_apart(admitted)
        known = replace(state, clocks=advance_clocks(state.clocks, piece.seen))
        of_work = replace(known, archive=archive_of_work(known.archive))
        worked, judged = self._work(of_work, work, piece, registers)
        after = replace(worked, archive=state.archive, progress=state.progress)
        changed = piece.changed_employees, piece.changed_subjects
        due = self._end_of_reads(after, piece, reads.lookups, worked.progress.watermark)
        after, read = self._readers.run(after, reads, changed, registers, due)
        mark = self._end_of_reads(after, piece, reads.lookups, due)
        superseded = pl.concat([state.superseded, admitted.replaced.select(list(SUPERSEDED))])
        progress = replace(worked.progress, watermark=mark)
        return replace(after, superseded=superseded, progress=progress), Findings(
            judged=pl.concat([judged.select(list(JUDGED)), read]),
            archived=admitted.lookups,
            conflicts=admitted.conflicts,
            duplicates=admitted.duplicates,
            late=late(admitted.lookups, state),
        )

    def _work(self, state: State, admitted: Admitted, piece: Slice, registers: Registers) -> tuple[State, pl.DataFrame]:
        """The state after the looks of a slice, and these as they were judged; of reads it sees nothing."""
        before = state
        again = self._judged_before(state, piece, admitted)
        news = pl.concat([admitted.lookups, again])
        judged = self._judged_now(piece, admitted, again, registers)
        outdated = pl.concat([admitted.replaced["lookup_id"], again["lookup_id"]])
        kept = without_ids(state.contributions, outdated)
        kept, contributions = firsts(kept, self._contributions(judged, registers))
        state = replace(state, contributions=pl.concat([kept, contributions]))
        state = self._take_in(state, admitted, judged, outdated)
        state = replace(state, claims=borne_out(state.claims, judged, registers))
        state, renewed = self._sequences.run(
            before,
            state,
            News(judged, admitted.replaced, outdated, piece.numbers),
            partial(self.judge, registers=registers),
            registers,
        )
        touched = Touched(judged, admitted.replaced, outdated, contributions.height + renewed, piece.numbers)
        state, shifted = self._surroundings.run(
            before, state, touched, lambda known: self.judge(known, registers), registers
        )
        mark = self._watermark(state, piece, news)
        again_news = come_out_otherwise(again, before.contributions, state.contributions, piece.changed_employees)
        news = pl.concat([admitted.lookups, again_news])
        rejudged = pl.concat([again_news["day"], shifted["day"]])
        state, remuted = self._faults.run(state, admitted, rejudged, piece.rejected, mark)
        reopened = pl.concat([admitted.replaced, remuted, shifted], how="diagonal")
        counted = state
        state = self._volume.run(state, news, reopened, registers, mark)
        days = pl.concat([news["day"], reopened["day"]])
        state = self._shares.run(counted, state, days, mark)
        state = self._leavers.run(counted, state, pl.concat([news, reopened], how="diagonal"), registers)
        state = self._forest.run(before, state)
        state = self._push.run(state, registers, self._end_of_work(state, piece, mark))
        state = replace(state, progress=replace(state.progress, watermark=mark))
        return state, judged if again.is_empty() else judged.join(again, on="lookup_id", how="anti")

    def tell(self, before: State, state: State) -> tuple[State, pl.DataFrame]:
        """The revisions (REVISION schema) of the signals that a step changed, and the state that remembers them."""
        return self._teller.tell(before, state)

    def judge(self, lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Stage 1: who looked at whom, and why it was fine, if it was; of reads of signals it says nothing."""
        return classify(self._explainer.explain(enrich(work_of(lookups), registers), registers))

    def signals(self, state: State, moment: datetime) -> pl.DataFrame:
        """Every signal as it stands at a moment (REVISION schema)."""
        windowed = by_window(counting_with_reads(state), member_days(state.volume_days))
        scored = self.reviser.scored(windowed, windowed, with_strangeness(state), moment)
        return self.reviser.revisions(scored, state.pushed)

    def _judged_now(self, piece: Slice, admitted: Admitted, again: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """The admitted lookups and those to be judged again; judging needs no state, so it may have been done ahead."""
        if piece.judged is None:
            return self.judge(pl.concat([admitted.lookups, again]), registers)
        ahead = piece.judged
        if ahead.height > admitted.lookups.height:
            ahead = ahead.filter(pl.col("content").is_in(admitted.lookups["content"].implode()))
            ahead = ahead.unique("content", maintain_order=True)
        return ahead if again.is_empty() else pl.concat([ahead, self.judge(again, registers)])

    def _contributions(self, judged: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """In which rule families these lookups count, from when until when (CONTRIBUTIONS)."""
        found = contribute(judged)
        unsigned = without_statement(judged, registers, self.settings.statement_systems)
        both = found if unsigned.is_empty() else pl.concat([found, unsigned.select(found.columns)])
        around = add_context(both, registers, self._margins, self.settings.pairs.dormant_months)
        return as_stored(registered_afterwards(around))

    def _judged_before(self, state: State, piece: Slice, admitted: Admitted) -> pl.DataFrame:
        """Earlier lookups that changed register rows concern, or days without their first one: judged again."""
        parts = [NO_LOOKUPS]
        if not (piece.changed_employees.is_empty() and piece.changed_subjects.is_empty()):
            parts.append(state.earlier(Wanted(piece.changed_employees, piece.changed_subjects)))
        days = bereft(state.contributions, admitted.replaced)
        if not days.is_empty():
            of_them = state.earlier(Wanted(days["employee"].unique(), days=days["day"].unique()))
            parts.append(of_them.join(days, on=["employee", "day"], how="semi"))
        earlier = pl.concat(parts)
        if earlier.is_empty():
            return earlier
        return earlier.unique("lookup_id").join(admitted.lookups, on="lookup_id", how="anti")

    def _take_in(self, state: State, admitted: Admitted, judged: pl.DataFrame, outdated: pl.Series) -> State:
        """The state with this slice's lookups; what was replaced or judged again (`outdated`) goes first."""
        firsts = [state.progress.first_seen, admitted.lookups["at"].min()]
        seen = [moment for moment in firsts if isinstance(moment, datetime)]
        return replace(
            state,
            recent=remembered(state.recent, judged, outdated, self.settings.remembered),
            superseded=pl.concat([state.superseded, admitted.replaced.select(list(SUPERSEDED))]),
            progress=replace(state.progress, first_seen=min(seen, default=None)),
        )

    def _watermark(self, state: State, piece: Slice, news: pl.DataFrame) -> datetime | None:
        """Up to when decisions may be taken; a closed input is decided to the end, late links included."""
        mark = watermark(state.clocks, state.progress.watermark, self.settings, piece.behind)
        if not piece.closed or state.progress.first_seen is None:
            return mark
        if piece.until is not None:
            return piece.until
        work = of_work(state.clocks)
        ends = [
            watermark(work, state.progress.watermark, self.settings),
            self._volume.last_decision(state, news),
            *(state.contributions[name].max() for name in MOMENTS),
            work["latest"].max(),
        ]
        return self._push.next_tick(max(end for end in ends if isinstance(end, datetime)))

    def _end_of_work(self, state: State, piece: Slice, mark: datetime | None) -> datetime | None:
        """Up to when pushes are decided: reads of signals, which have no part in them, cannot bring one nearer."""
        work = of_work(state.clocks)
        same = piece.closed or work.height == state.clocks.height
        return mark if same else watermark(work, None, self.settings, piece.behind)

    def _end_of_reads(self, state: State, piece: Slice, reads: pl.DataFrame, mark: datetime | None) -> datetime | None:
        """The watermark; of a closed input the reads are decided to the end too."""
        if not piece.closed:
            return mark
        ends = [end for end in (mark, self._readers.last_decision(state, reads)) if end is not None]
        return piece.until if ends and piece.until is not None else max(ends, default=None)
