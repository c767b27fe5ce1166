"""A dataset directory into signals and explanations: the engine run on history, in order of time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl

from services.core.contract import SIGNAL
from services.core.errors import DoelbindingError, InputError
from services.core.keyring import KeyRing
from services.detector.deadletters import seal_frame
from services.detector.decode import Decoded
from services.detector.encode import LOOKUPS
from services.detector.faults.rejected import REJECTED, rejected_by_system
from services.detector.faults.report import sources_report
from services.detector.pipeline import Pipeline, Slice
from services.detector.registers import Registers, build_registers
from services.detector.settings import AgencySettings
from services.detector.sources.dataset import Dataset
from services.detector.sources.registers import Registers as RegisterFiles
from services.detector.state.tables import State
from services.detector.states import states

ROWS_PER_SLICE = 250_000
"""Large enough for the engine's full speed, small enough for a few hundred megabytes."""

Advance = Callable[[str, float], None]
"""Told what is going on and the share done, 0 to 1."""


@dataclass(frozen=True)
class Period:
    """Which part of history is asked for: signals raised from `start`, with what was known by `end`."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Rescored:
    """What a re-scoring run found."""

    signals: pl.DataFrame
    explained: pl.DataFrame
    dead: pl.DataFrame
    sources: Mapping[str, object]
    """What is known of faults of the sources: a part of the coverage."""
    lookups: int
    duplicates: int


def rescore(
    dataset: Dataset, settings: AgencySettings, ring: KeyRing, advance: Advance, period: Period | None = None
) -> Rescored:
    """Re-scores history; the same signals as the stream gives for the same input."""
    period = period or Period()
    pipeline = Pipeline(settings, ring)
    advance("reading", 0.0)
    with ThreadPoolExecutor(1) as beside:  # reading is Polars' work, pseudonyms are Python's: one core each
        reading = beside.submit(dataset.lookups)
        registers, dead = read_registers(dataset, pipeline, settings.sources_for_history())
        history = reading.result()
    lookups = _until(pipeline.encoder.lookups(history.valid), period.end).sort("at")
    rejected = _rejected(history, pipeline)
    state, duplicates = State(), 0
    judged: list[pl.DataFrame] = []
    conflicts = [lookups.clear()]
    for piece, share in _slices(lookups, rejected, period):
        state, found = pipeline.step(state, piece, registers)
        judged.append(found.judged)
        conflicts.append(found.conflicts)
        duplicates += found.duplicates
        advance("judging", 0.2 + 0.7 * share)
    advance("signals", 0.9)
    moment = state.progress.watermark
    if moment is None:
        raise DoelbindingError("no lookup lies in this period; nothing was scored")
    with ThreadPoolExecutor(1) as beside:
        explaining = beside.submit(lambda: pl.concat(states(part, moment) for part in judged))
        signals = pipeline.signals(state, moment)
        explained = explaining.result()
    return Rescored(
        signals=signals if period.start is None else signals.filter(pl.col("raised_at") >= period.start),
        explained=explained,
        dead=pl.concat([*dead, history.dead, conflict_letters(pl.concat(conflicts))]),
        sources=sources_report(state, moment),
        lookups=lookups.height,
        duplicates=duplicates,
    )


def read_registers(
    dataset: RegisterFiles, pipeline: Pipeline, sources: tuple[str, ...]
) -> tuple[Registers, list[pl.DataFrame]]:
    """The registers of a dataset, and the dead letters among their rows."""
    parts: list[Decoded] = [dataset.case_links(), dataset.employees(), dataset.relations()]
    links, employees, relations = (part.valid for part in parts)
    registers = build_registers(pipeline.encoder, links, employees, relations, sources)
    return registers, [part.dead for part in parts]


def conflict_letters(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Dead letters for lookups whose id came twice with different content; the bytes hold the encoded record."""
    rows = [msgspec.json.encode(row) for row in conflicts.iter_rows(named=True)]
    reason = (
        "field lookup_id: came twice with different content; the record with the smaller hash was kept; "
        "give each lookup an id of its own"
    )
    return conflicts.select(
        pl.lit("lookup").alias("record"),
        pl.format("lookup {}", "lookup_id").alias("position"),
        pl.concat_list(pl.lit(reason)).alias("reasons"),
        pl.concat_list(pl.lit("same-id-other-content")).alias("codes"),
        pl.Series("raw", rows, pl.Binary),
    )


def write(result: Rescored, out: Path, ring: KeyRing) -> None:
    """Writes signals.parquet, explained.parquet, dead-letters.parquet and coverage.json into a directory."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        result.signals.select(list(SIGNAL.schema)).write_parquet(out / "signals.parquet")
        result.explained.write_parquet(out / "explained.parquet")
        seal_frame(result.dead, ring).write_parquet(out / "dead-letters.parquet")
        (out / "coverage.json").write_bytes(msgspec.json.format(msgspec.json.encode(coverage(result)), indent=1))
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from error


def coverage(result: Rescored) -> dict[str, object]:
    """What arrived and what became of it: counts that add up."""
    counted = result.explained.group_by("state").len().sort("state")
    return {
        "lookups": result.lookups,
        "scored": result.explained.height,
        "duplicates": result.duplicates,
        "states": dict(counted.iter_rows()),
        "deadLetters": dict(result.dead.explode("codes").group_by("codes").len().sort("codes").iter_rows()),
        "signals": dict(result.signals.group_by("rule").len().sort("rule").iter_rows()),
        "pushed": result.signals.filter("pushed").height,
        **result.sources,
    }


def _until(lookups: pl.DataFrame, end: datetime | None) -> pl.DataFrame:
    return lookups if end is None else lookups.filter(pl.col("at") < end)


def _rejected(history: Decoded, pipeline: Pipeline) -> pl.DataFrame:
    """Records of the history without an actor, per system and day."""
    latest = history.valid["occurred_at"].max()
    if not isinstance(latest, datetime):
        return pl.DataFrame(schema=REJECTED)
    return rejected_by_system(history.dead, latest, pipeline.calendar)


def _slices(lookups: pl.DataFrame, rejected: pl.DataFrame, period: Period) -> Iterator[tuple[Slice, float]]:
    """Slices in order of time, each with the share done after it; the last one closes the input.

    The first one brings the counts of rejected records: they are only asked for when their day is over.
    """
    pieces = max(1, math.ceil(lookups.height / ROWS_PER_SLICE))
    for number in range(pieces):
        piece = lookups.slice(number * ROWS_PER_SLICE, ROWS_PER_SLICE).select(list(LOOKUPS))
        last = number == pieces - 1
        told = rejected if number == 0 else rejected.clear()
        yield Slice(piece, closed=last, until=period.end if last else None, rejected=told), (number + 1) / pieces
