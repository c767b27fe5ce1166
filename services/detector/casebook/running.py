"""Cases into what the engine makes of them: once in one closed slice, once in several; both must agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from services.core.errors import DoelbindingError
from services.detector.casebook.cases import ExplanationCase, Story
from services.detector.casebook.judging import CaseResult, explanation_faults, rule_faults
from services.detector.casebook.reading import Filed
from services.detector.casebook.records import RING, Records, case_of, records
from services.detector.further import report_margins
from services.detector.pipeline import Pipeline, Slice
from services.detector.registers import Registers, build_registers
from services.detector.rules import AGAINST_OTHERS
from services.detector.settings import AgencySettings
from services.detector.state.tables import Archive, State
from services.detector.states import states

MOST_PIECES_TOGETHER, MOST_PIECES_ALONE = 12, 2


@dataclass(frozen=True)
class Outcome:
    """Signals (REVISION schema) and states (EXPLAINED schema) at the end, of all cases."""

    signals: pl.DataFrame
    explained: pl.DataFrame


def results(filed: Sequence[Filed]) -> list[CaseResult]:
    """A verdict on each case, in the order given."""
    told: dict[int, CaseResult] = {}
    for places in companies(filed):
        told.update(zip(places, verdicts([filed[place] for place in places]), strict=True))
    return [told[place] for place in range(len(filed))]


def companies(filed: Sequence[Filed]) -> list[list[int]]:
    """Places of the cases that share one agency, each with its own people.

    Settings hold for a whole agency, and a moment of judgement ends everybody's input. What a day shows and the week's
    budget are decided over all employees, so a case about these has an agency to itself. A register of statements is
    there for everybody or for nobody.
    """
    shared: dict[object, list[int]] = defaultdict(list)
    for place, item in enumerate(filed):
        case = item.case
        about_push = not isinstance(case, ExplanationCase) and case.expect.pushed is not None
        alone = place if item.about in AGAINST_OTHERS or about_push else None
        settings = None if case.settings is None else case.settings.model_dump_json()
        shared[alone, settings, case.as_known_at, case.statements is None].append(place)
    return list(shared.values())


def verdicts(filed: Sequence[Filed]) -> Iterator[CaseResult]:
    """A verdict on each case of one company, in order."""
    cases = [item.case for item in filed]
    first = cases[0]
    pipeline = Pipeline(first.settings or AgencySettings(), RING)
    held = records(cases)
    whole = _outcome(pipeline, held, first, 1)
    cut = _outcome(pipeline, held, first, MOST_PIECES_ALONE if len(cases) == 1 else MOST_PIECES_TOGETHER)
    by_case, by_case_cut = _by_case(whole, len(cases)), _by_case(cut, len(cases))
    for place, item in enumerate(filed):
        signals, explained = by_case[place]
        case = item.case
        if isinstance(case, ExplanationCase):
            faults = explanation_faults(case.expect, explained)
        else:
            faults = rule_faults(case.expect, item.about, signals)
        if by_case[place] != by_case_cut[place]:
            faults.append("one slice and several slices of the same lookups give different signals or states")
        yield CaseResult(item.file, item.about, case.name, case.kind, tuple(faults))


def _outcome(pipeline: Pipeline, held: Records, case: Story, pieces: int) -> Outcome:
    """The engine over the lookups in order of time: in one closed slice, or cut between distinct moments.

    Cut, the engine starts anew from its stored tables after each slice, and an empty one closes the input.
    """
    registers = _registers(pipeline, held)
    encoded, numbers = pipeline.encoder.with_numbers(held.lookups)
    lookups = encoded.sort("at", "lookup_id")
    if case.as_known_at is not None:
        lookups = lookups.filter(pl.col("at") < case.as_known_at)
    cut = [lookups] if pieces == 1 else [*_cut(lookups, pieces), lookups.clear()]
    state, judged = State(), []
    for place, piece in enumerate(cut, 1):
        last = place == len(cut)
        now = Slice(piece, closed=last, until=case.as_known_at if last else None, numbers=numbers)
        state, found = pipeline.step(state, now, registers)
        state = State.restore(state.tables(), _archive(pl.concat(cut[:place])))
        judged.append(found.judged)
    moment = state.progress.watermark
    if moment is None:
        raise DoelbindingError(f"case '{case.name}': no look was judged")
    return Outcome(
        pipeline.signals(state, moment), pl.concat(states(part, state.contributions, moment) for part in judged)
    )


def _archive(seen: pl.DataFrame) -> Archive:
    """What the archive of a running detector would hand back of these lookups."""
    return lambda wanted: seen.filter(wanted.matches())


def _cut(lookups: pl.DataFrame, pieces: int) -> Iterator[pl.DataFrame]:
    """At most so many pieces with about equally many distinct moments."""
    times = lookups["at"].unique().sort()
    size = -(-times.len() // pieces)
    for start in range(0, times.len(), size):
        within = times[start : start + size]
        yield lookups.filter(pl.col("at").is_between(within[0], within[-1]))


def _registers(pipeline: Pipeline, held: Records) -> Registers:
    sources = pipeline.settings.sources_for_history()
    margins = report_margins(pipeline.settings, pipeline.calendar)
    return build_registers(
        pipeline.encoder, held.case_links, held.employees, held.relations, sources, held.further, margins
    )


def _by_case(outcome: Outcome, cases: int) -> list[tuple[list[dict[str, object]], list[dict[str, object]]]]:
    """Rows of signals and of states per case; a signal belongs to the case of its first log line."""
    signals, explained = defaultdict(list), defaultdict(list)
    placed = outcome.signals.with_columns(case_of(pl.col("lookup_ids").list.first()).alias("place")).sort("signal_id")
    for row in placed.iter_rows(named=True):
        signals[row.pop("place")].append(row)
    states_placed = outcome.explained.with_columns(case_of(pl.col("lookup_id")).alias("place")).sort("lookup_id")
    for row in states_placed.iter_rows(named=True):
        explained[row.pop("place")].append(row)
    return [(signals[place], explained[place]) for place in range(cases)]
