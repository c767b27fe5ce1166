"""The signals of a run, laid beside the known answers, into an evaluation."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from services.core.errors import InputError
from services.detector.evaluate.burden import Burden, burdens
from services.detector.evaluate.by_rule import by_rule
from services.detector.evaluate.evaluation import Evaluation
from services.detector.evaluate.figures import Rate, Share
from services.detector.evaluate.inputs import (
    EXPLAINED_COLUMNS,
    SIGNAL_COLUMNS,
    TOLD_BY_SOME,
    Truth,
    column_faults,
    read_truth,
    with_nulls,
)
from services.detector.evaluate.kinds import by_kind, by_role
from services.detector.evaluate.lookers import Staff, burdened, clusters, roles_of_episodes, weeks_at_work
from services.detector.evaluate.looks import explained_share, lawful_looks, looks_at_strangers, unexplained
from services.detector.evaluate.probes import Probes
from services.detector.evaluate.ranking import (
    BUDGETS,
    REFERENCE_BUDGET,
    average_precision,
    catch,
    rank,
    spend,
    with_right,
)
from services.detector.evaluate.situations import by_situation


def evaluate(
    signals: pl.DataFrame,
    explained: pl.DataFrame,
    truth_dir: Path,
    staff: Staff | None = None,
    probes: Probes | None = None,
    budgets: tuple[int, ...] = BUDGETS,
) -> Evaluation:
    """Judges a run by the answers in `truth_dir`.

    `signals` and `explained` have the columns of signals.parquet and explained.parquet (inputs.py names those that
    are used). Without `staff` nothing is judged per group of employees; `probes` go into the evaluation as they are.
    Raises InputError for missing columns or answers, and for answers that belong to another dataset.
    """
    faults = column_faults(signals.schema, SIGNAL_COLUMNS, "signals")
    faults += column_faults(explained.schema, EXPLAINED_COLUMNS, "explained")
    if faults:
        raise InputError(*faults)
    truth = read_truth(truth_dir)
    decided = Share(truth.lookups.join(explained, on="lookup_id", how="semi").height, truth.lookups.height)
    if not decided.count:
        raise InputError(f"{truth_dir}: none of its lookups is in explained; these answers belong to another dataset")
    judged = with_right(with_nulls(signals, TOLD_BY_SOME), truth.misuse)
    ranked = clusters(rank(judged), truth.lookups)
    episodes = catch(judged, ranked, truth)
    reference = spend(REFERENCE_BUDGET, ranked, episodes, truth.employee_weeks)
    precision, precision_interval = average_precision(episodes)
    lawful = lawful_looks(truth, explained)
    known = staff if truth.names_lookers else None
    return Evaluation(
        employee_weeks=truth.employee_weeks,
        signals=Share(ranked.height, signals.height),
        episodes=Share(episodes["rank"].count(), episodes.height),
        average_precision=precision,
        average_precision_interval=precision_interval,
        budgets=tuple(spend(budget, ranked, episodes, truth.employee_weeks) for budget in budgets),
        burden=Share(reference.precision.of - reference.precision.count, reference.precision.of),
        explained=explained_share(lawful, explained),
        leak=explained_share(looks_at_strangers(truth), explained),
        decided=decided,
        kinds=by_kind(episodes, reference.slots),
        roles=by_role(episodes, roles_of_episodes(truth.misuse, truth.lookups, known), reference.slots)
        if known
        else (),
        rules=by_rule(judged),
        situations=by_situation(truth, unexplained(lawful, explained), judged, ranked, reference.slots),
        false_pushes=_false_pushes(judged, truth),
        burdens=_burdens(judged, ranked.head(reference.slots), truth, known) if known else (),
        probes=probes,
        left_out=_left_out(judged, truth, staff, probes),
    )


def _tells_pushes(judged: pl.DataFrame) -> bool:
    return judged["pushed"].null_count() == 0


def _false_pushes(judged: pl.DataFrame, truth: Truth) -> Rate | None:
    false = judged.filter("pushed", ~pl.col("right")).height
    return Rate(false, truth.employee_weeks) if _tells_pushes(judged) else None


def _burdens(judged: pl.DataFrame, read: pl.DataFrame, truth: Truth, staff: Staff) -> tuple[Burden, ...]:
    """False signals that reach a reader: by a push, or within the reference budget."""
    read_or_pushed = pl.col("signal_id").is_in(read["signal_id"].implode()) | pl.col("pushed").fill_null(value=False)
    false = judged.filter(read_or_pushed & ~pl.col("right"))
    return burdens(weeks_at_work(truth.lookups, staff), burdened(false, truth.lookups, staff))


def _left_out(judged: pl.DataFrame, truth: Truth, staff: Staff | None, probes: Probes | None) -> tuple[str, ...]:
    """A sentence for each part that could not be judged."""
    told = {
        "no misuse was planted: recall, average precision and kinds are left out": truth.scenarios.is_empty(),
        "the signals do not say whether they were pushed: pushes are left out": not _tells_pushes(judged),
        "the signals do not name their rule: results per rule are left out": judged["rule"].null_count() > 0,
        "the answers have no benign.parquet: lawful situations are left out": truth.benign is None,
        "the answers do not say who looked when: roles and burden per group are left out": not truth.names_lookers,
        "no dataset: roles, burden per group and probes are left out; give it with --dataset": staff is None,
        "no probes were made: leak for random open cases is left out": staff is not None and probes is None,
    }
    return tuple(sentence for sentence, holds in told.items() if holds)
