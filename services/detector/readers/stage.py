"""The stage of readers: their reads judged as they come, and their days when these are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.archive import Wanted
from services.core.calendar import AgencyCalendar
from services.detector.admit import Admitted, remembered
from services.detector.encode import LOOKUPS
from services.detector.explain import reading_explanations
from services.detector.explain.margins import margins_of
from services.detector.readers.apart import OF_READS
from services.detector.readers.judge import UNMASKED, judged_reads, reader_contributions
from services.detector.readers.rates import decide_reveals
from services.detector.register_changes import Keys
from services.detector.registers import Registers
from services.detector.rules import REVEALS
from services.detector.settings import AgencySettings
from services.detector.state.schemas import READS
from services.detector.state.tables import State, bucket_of
from services.detector.states import JUDGED

NONE_JUDGED = pl.DataFrame(schema=JUDGED)


class ReaderStage:
    """Judges the reads of signals; of work it sees and changes nothing."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings
        self._calendar = calendar
        self._explanations = reading_explanations(margins_of(settings))

    def run(
        self, state: State, admitted: Admitted, changed: Keys, registers: Registers, mark: datetime | None
    ) -> tuple[State, pl.DataFrame]:
        """The state with these reads, those that changed register rows concern judged again, and the days decided.

        Also returns the admitted reads as they were judged (JUDGED). Nothing was read: the very same state.
        """
        if state.reads.is_empty() and admitted.lookups.is_empty():
            return state, NONE_JUDGED
        again = self._judged_before(state, admitted, changed, registers)
        news = pl.concat([admitted.lookups, again])
        over = self._last_over(mark)
        moved = over != self._last_over(state.progress.watermark)
        if news.is_empty() and admitted.replaced.is_empty() and not moved:
            return state, NONE_JUDGED
        judged = judged_reads(news, registers, self._explanations)
        state = self._take_in(state, admitted, again, judged)
        touched = pl.concat([admitted.lookups["day"], admitted.replaced["day"]])
        if over is not None and (moved or (touched <= over).any()):
            found = decide_reveals(state.reads, over, self._settings.readers, self._calendar)
            days = pl.concat([state.volume_days.filter(pl.col("family") != REVEALS), found])
            state = replace(state, volume_days=days.sort("day", "employee", "family"))
        return state, judged.join(again, on="lookup_id", how="anti").select(list(JUDGED))

    def last_decision(self, state: State, news: pl.DataFrame) -> datetime | None:
        """When everything of the reads, of the state or of these lookups, will have been decided."""
        ends = pl.concat([state.reads["day"], news["day"]]).to_frame("day").select(pl.col("day").max())
        end = ends.select(self._calendar.instant(pl.col("day") + pl.duration(days=1))).item()
        moments = [end, *(state.read_contributions[name].max() for name in ("counts_from", "counts_until"))]
        return max((moment for moment in moments if isinstance(moment, datetime)), default=None)

    def _judged_before(self, state: State, admitted: Admitted, changed: Keys, registers: Registers) -> pl.DataFrame:
        """Earlier reads by, or about, whom the changed rows tell of: as employee and as person alike."""
        who, whom = changed
        if who.is_empty() and whom.is_empty():
            return pl.DataFrame(schema=LOOKUPS)
        readers = pl.concat([who, registers.staff.rows(whom)["employee"]])
        persons = pl.concat(
            [whom, who.rename("subject"), registers.employees.rows(who)["own_subject"].rename("subject")]
        )
        either = pl.col("employee").is_in(readers.implode()) | pl.col("subject").is_in(persons.implode())
        concerned = state.reads.filter(either.fill_null(value=False))
        concerned = concerned.join(admitted.lookups, on="lookup_id", how="anti")
        concerned = concerned.join(admitted.replaced, on="lookup_id", how="anti")
        if concerned.is_empty():
            return pl.DataFrame(schema=LOOKUPS)
        wanted = Wanted(concerned["employee"].unique(), days=concerned["day"].unique())
        return state.earlier(wanted).filter(OF_READS).join(concerned, on="lookup_id", how="semi")

    def _take_in(self, state: State, admitted: Admitted, again: pl.DataFrame, judged: pl.DataFrame) -> State:
        gone = admitted.replaced["lookup_id"]
        outdated = pl.concat([gone, again["lookup_id"]])
        kept = state.read_contributions.filter(~pl.col("lookup_id").is_in(outdated.implode()))
        opened, bucket = UNMASKED.alias("opened"), bucket_of(pl.col("day"))
        fresh = admitted.lookups.select("lookup_id", "employee", "day", "subject", opened, bucket)
        standing = state.reads.filter(~pl.col("lookup_id").is_in(gone.implode()))
        return replace(
            state,
            reads=pl.concat([standing, fresh.select(list(READS))]),
            read_contributions=pl.concat([kept, reader_contributions(judged)]),
            recent_reads=remembered(state.recent_reads, judged, outdated, self._settings.remembered),
        )

    def _last_over(self, moment: datetime | None) -> date | None:
        """The last local day that is over at a moment."""
        return None if moment is None else self._calendar.date_of(moment) - timedelta(days=1)
