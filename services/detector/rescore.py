"""A dataset directory into signals and explanations: the engine run on history, in order of time."""

from __future__ import annotations

import hashlib
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl

from services.core.contract import SIGNAL
from services.core.errors import DoelbindingError, InputError
from services.core.keyring import KeyRing
from services.detector.deadletters import seal_frame
from services.detector.decode import Decoded, Place
from services.detector.decode.versions import without_other_versions
from services.detector.encode import LOOKUPS
from services.detector.faults.rejected import REJECTED, rejected_by_system
from services.detector.faults.report import sources_report
from services.detector.forest.report import SHADOW_FILE, Shadow, shadow_of, write_models
from services.detector.inactive import inactive_explanations, inactive_rules
from services.detector.misread import in_sentences
from services.detector.pipeline import Pipeline, Slice
from services.detector.register_files import read_registers
from services.detector.settings import AgencySettings
from services.detector.sources.datafiles import OF_A_FILE, unread_files
from services.detector.sources.dataset import Dataset
from services.detector.state.tables import Archive, State
from services.detector.states import states
from services.detector.whole import whole, write_parquet

ROWS_PER_SLICE = 500_000
"""Large enough for the engine's full speed, small enough for a few hundred megabytes."""

DIGEST_DIGITS = 16
"""Of a record whose id came with several contents; hex."""

FILES = ("signals.parquet", "evidence.parquet", "explained.parquet", "dead-letters.parquet", "coverage.json")

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
    warnings: tuple[str, ...] = ()
    """What a person should know of the dataset, a sentence each: records, rows and files that did not count."""
    inactive: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Rules and explanations that did nothing, and why."""
    unread: tuple[str, ...] = ()
    """Faults of files with lookups that could not be read, a sentence each."""
    shadow: Shadow | None = None
    """Where the isolation forest is enabled: what it says of each day."""


def rescore(
    dataset: Dataset, settings: AgencySettings, ring: KeyRing, advance: Advance, period: Period | None = None
) -> Rescored:
    """Re-scores history; the same signals as the stream gives for the same input."""
    period = period or Period()
    pipeline = Pipeline(settings, ring)
    advance("reading", 0.0)
    with ThreadPoolExecutor(1) as beside:  # reading is Polars' work, pseudonyms are Python's: one core each
        reading = beside.submit(dataset.lookups)
        try:
            read = read_registers(dataset, pipeline, settings.sources_for_history())
        except InputError as error:
            raise InputError(*_faults_of(reading.exception()), *error.faults) from error
        history = reading.result()
    valid, _, foreign = without_other_versions(history.valid, pipeline.pseudonyms.prefix, _by_id(history.valid))
    unscored = pl.concat([history.dead, foreign])
    if valid.is_empty():
        raise InputError(*in_sentences(unscored), "no lookup could be read; nothing was scored")
    encoded, numbers = pipeline.encoder.with_numbers(valid)
    asked = _until(encoded, period.end)
    lookups = _once(asked).sort("at")
    rejected = _rejected(history, pipeline)
    records = asked.height
    del reading, history, valid, encoded, asked  # the records as they were read take more room than all that follows
    state, duplicates = State(), records - lookups.height
    judged: list[pl.DataFrame] = []
    conflicts = [lookups.clear()]
    pieces = _judged_ahead(_slices(lookups, rejected, period), lambda piece: pipeline.judge(piece, read.registers))
    for piece, share in pieces:
        state = replace(state, archive=_before(lookups, len(judged) * ROWS_PER_SLICE))
        state, found = pipeline.step(state, replace(piece, numbers=numbers), read.registers)
        judged.append(found.judged)
        conflicts.append(found.conflicts)
        duplicates += found.duplicates
        advance("judging", 0.2 + 0.7 * share)
    advance("signals", 0.9)
    moment = state.progress.watermark
    if moment is None:
        raise DoelbindingError("no lookup lies in this period; nothing was scored")
    with ThreadPoolExecutor(1) as beside:
        explaining = beside.submit(lambda: pl.concat(states(part, state.contributions, moment) for part in judged))
        signals = pipeline.signals(state, moment)
        explained = explaining.result()
    shadow = None
    if settings.forest.enabled:
        shadow = shadow_of(state, lookups.select("employee", "employee_check"), pipeline.pseudonyms)
    dead = pl.concat([read.dead, unscored, conflict_letters(pl.concat(conflicts))])
    return Rescored(
        signals=signals if period.start is None else signals.filter(pl.col("raised_at") >= period.start),
        explained=explained,
        dead=dead,
        sources=sources_report(state, moment),
        lookups=records,
        duplicates=duplicates,
        warnings=(*dataset.passed_over(), *read.warnings, *in_sentences(dead.filter(~OF_A_FILE))),
        inactive={
            "rules": inactive_rules(read.present, settings),
            "explanations": inactive_explanations(read.present, settings),
        },
        unread=tuple(unread_files(dead)),
        shadow=shadow,
    )


def _faults_of(error: BaseException | None) -> tuple[str, ...]:
    return error.faults if isinstance(error, InputError) else ()


def _by_id(lookups: pl.DataFrame) -> Place:
    """Where lookups of many files stood is not kept."""
    ids = lookups["lookup_id"]
    return lambda row: f"lookup {ids[row]}"


def conflict_letters(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Dead letters for lookups whose id came twice with different content; the bytes hold the encoded record.

    Where a lookup stood is not known any more when its id comes again. So its position is the id with a digest of the
    record under the agency's keys: each content is a letter of its own, however often it comes.
    """
    rows = [msgspec.json.encode(row) for row in conflicts.iter_rows(named=True)]
    digests = [hashlib.sha256(row).hexdigest()[:DIGEST_DIGITS] for row in rows]
    reason = (
        "field lookup_id: came twice with different content; one of the two was scored, whatever their order; "
        "give each lookup an id of its own"
    )
    return conflicts.select(
        pl.lit("lookup").alias("record"),
        pl.format("lookup {}, content {}", "lookup_id", pl.Series(digests, dtype=pl.String)).alias("position"),
        pl.concat_list(pl.lit(reason)).alias("reasons"),
        pl.concat_list(pl.lit("same-id-other-content")).alias("codes"),
        pl.Series("raw", rows, pl.Binary),
    )


def write(result: Rescored, out: Path, ring: KeyRing) -> None:
    """Writes signals.parquet, evidence.parquet, explained.parquet, dead-letters.parquet and coverage.json, or none.

    Where there are forests, shadow.parquet and models/ as well.

    Raises InputError if the directory cannot be made, DoelbindingError if it does not take the files.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from error
    told = msgspec.json.format(msgspec.json.encode(coverage(result)), indent=1)
    shadow = result.shadow or Shadow(pl.DataFrame(), {})
    scored = [SHADOW_FILE] if shadow.models else []
    try:
        write_models(shadow.models, out)
        with whole(out, *scored, *FILES) as (*scores, signals, evidence, explained, dead, counts):
            for path in scores:
                write_parquet(shadow.days, path)
            with ThreadPoolExecutor(1) as beside:  # a row per lookup takes as long as all the others together
                writing = beside.submit(write_parquet, result.explained, explained)
                write_parquet(result.signals.select(list(SIGNAL.schema)), signals)
                write_parquet(_evidence(result.signals), evidence)
                write_parquet(seal_frame(result.dead, ring), dead)
                writing.result()
            counts.write_bytes(told)
            if not scored:  # an earlier run's scores do not stay beside other signals
                (out / SHADOW_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise DoelbindingError(
            f"{out}: cannot be written: {error.strerror}; nothing of this run was kept there. "
            "Free space on its disk, or give another directory with --out"
        ) from error


def _evidence(signals: pl.DataFrame) -> pl.DataFrame:
    """A row per signal and lookup of its evidence, in the order of the signal's lookup_ids."""
    return signals.select("signal_id", "evidence").explode("evidence").unnest("evidence")


def coverage(result: Rescored) -> dict[str, object]:
    """What arrived and what became of it: counts that add up, and what a person should know of the input."""
    counted = result.explained.group_by("state").len().sort("state")
    reasons = result.explained.drop_nulls("explanation").group_by("explanation").len().sort("explanation")
    return {
        "lookups": result.lookups,
        "scored": result.explained.height,
        "duplicates": result.duplicates,
        "states": dict(counted.iter_rows()),
        "explanations": dict(reasons.iter_rows()),
        "inactive": result.inactive,
        "deadLetters": dict(result.dead.explode("codes").group_by("codes").len().sort("codes").iter_rows()),
        "signals": dict(result.signals.group_by("rule").len().sort("rule").iter_rows()),
        "pushed": result.signals.filter("pushed").height,
        "warnings": [*result.warnings, *result.unread],
        **result.sources,
    }


def _until(lookups: pl.DataFrame, end: datetime | None) -> pl.DataFrame:
    return lookups if end is None else lookups.filter(pl.col("at") < end)


def _once(lookups: pl.DataFrame) -> pl.DataFrame:
    """Every record once: the engine would drop the others too, but after their judgement, from many more columns."""
    first = lookups["content"].is_first_distinct()
    return lookups if first.all() else lookups.filter(first)


def _rejected(history: Decoded, pipeline: Pipeline) -> pl.DataFrame:
    """Records of the history without an actor, per system and day."""
    latest = history.valid["occurred_at"].max()
    if not isinstance(latest, datetime):
        return pl.DataFrame(schema=REJECTED)
    return rejected_by_system(history.dead, latest, pipeline.calendar)


def _before(lookups: pl.DataFrame, rows: int) -> Archive:
    """Reads the first so many of these lookups: those of earlier slices."""
    earlier = lookups.head(rows)

    return lambda wanted: earlier.filter(wanted.matches())


def _judged_ahead(
    pieces: Iterator[tuple[Slice, float]], judge: Callable[[pl.DataFrame], pl.DataFrame]
) -> Iterator[tuple[Slice, float]]:
    """The slices, each judged while the one before is worked on."""
    with ThreadPoolExecutor(1) as beside:
        waiting: deque[tuple[Slice, float, Future[pl.DataFrame]]] = deque()
        for piece, share in pieces:
            waiting.append((piece, share, beside.submit(judge, piece.lookups)))
            if len(waiting) > 1:
                yield _with_judgement(*waiting.popleft())
        while waiting:
            yield _with_judgement(*waiting.popleft())


def _with_judgement(piece: Slice, share: float, judged: Future[pl.DataFrame]) -> tuple[Slice, float]:
    return replace(piece, judged=judged.result()), share


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
