"""The signals of a run, laid beside the known answers, into an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
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
from services.detector.evaluate.kinds import RoleResult, by_kind, by_role
from services.detector.evaluate.lookers import Staff, burdened, clusters, roles_of_episodes, weeks_at_work
from services.detector.evaluate.looks import explained_share, lawful_looks, looks_at_strangers, unexplained
from services.detector.evaluate.probes import Probes
from services.detector.evaluate.ranking import (
    BUDGETS,
    REFERENCE_BUDGET,
    Budget,
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
    laid = lay(with_nulls(signals, TOLD_BY_SOME), explained, read_truth(truth_dir), budgets)
    if not laid.decided.count:
        raise InputError(f"{truth_dir}: none of its lookups is in explained; these answers belong to another dataset")
    return _evaluation(laid, explained, staff, probes)


@dataclass(frozen=True)
class Laid:
    """A run beside the answers."""

    truth: Truth
    judged: pl.DataFrame
    """All signals, with `right`."""
    ranked: pl.DataFrame
    """The open ones by rank."""
    episodes: pl.DataFrame
    """Every episode with what caught it."""
    budgets: tuple[Budget, ...]
    reference: Budget
    decided: Share


def lay(signals: pl.DataFrame, explained: pl.DataFrame, truth: Truth, budgets: tuple[int, ...]) -> Laid:
    """What all figures rest on."""
    judged = with_right(signals, truth.misuse)
    ranked = clusters(rank(judged), truth.lookups)
    episodes = catch(judged, ranked, truth)
    spent = {budget: spend(budget, ranked, episodes, truth.employee_weeks) for budget in (*budgets, REFERENCE_BUDGET)}
    decided = Share(truth.lookups.join(explained, on="lookup_id", how="semi").height, truth.lookups.height)
    return Laid(
        truth, judged, ranked, episodes, tuple(spent[budget] for budget in budgets), spent[REFERENCE_BUDGET], decided
    )


def _evaluation(laid: Laid, explained: pl.DataFrame, staff: Staff | None, probes: Probes | None) -> Evaluation:
    truth, slots = laid.truth, laid.reference.slots
    precision, precision_interval = average_precision(laid.episodes)
    read, lawful = laid.reference.precision, lawful_looks(truth, explained)
    known = staff if truth.names_lookers else None
    return Evaluation(
        employee_weeks=truth.employee_weeks,
        signals=Share(laid.ranked.height, laid.judged.height),
        episodes=Share(laid.episodes["rank"].count(), laid.episodes.height),
        average_precision=precision,
        average_precision_interval=precision_interval,
        budgets=laid.budgets,
        burden=Share(read.of - read.count, read.of),
        explained=explained_share(lawful, explained),
        leak=explained_share(looks_at_strangers(truth), explained),
        decided=laid.decided,
        kinds=by_kind(laid.episodes, slots),
        roles=_roles(laid, known) if known else (),
        rules=by_rule(laid.judged),
        situations=by_situation(truth, unexplained(lawful, explained), laid.judged, laid.ranked, slots),
        false_pushes=_false_pushes(laid.judged, truth),
        burdens=_burdens(laid, known) if known else (),
        probes=probes,
        left_out=_left_out(laid.judged, truth, staff, probes),
    )


def _roles(laid: Laid, staff: Staff) -> tuple[RoleResult, ...]:
    roles = roles_of_episodes(laid.truth.misuse, laid.truth.lookups, staff)
    return by_role(laid.episodes, roles, laid.reference.slots)


def _tells_pushes(judged: pl.DataFrame) -> bool:
    return judged["pushed"].null_count() == 0


def _false_pushes(judged: pl.DataFrame, truth: Truth) -> Rate | None:
    false = judged.filter("pushed", ~pl.col("right")).height
    return Rate(false, truth.employee_weeks) if _tells_pushes(judged) else None


def _burdens(laid: Laid, staff: Staff) -> tuple[Burden, ...]:
    """False signals that reach a reader: by a push, or within the reference budget."""
    read = laid.ranked.head(laid.reference.slots)["signal_id"]
    reaches = pl.col("signal_id").is_in(read.implode()) | pl.col("pushed").fill_null(value=False)
    false = laid.judged.filter(reaches & ~pl.col("right"))
    return burdens(weeks_at_work(laid.truth.lookups, staff), burdened(false, laid.truth.lookups, staff))


def _left_out(judged: pl.DataFrame, truth: Truth, staff: Staff | None, probes: Probes | None) -> tuple[str, ...]:
    """A sentence for each part that could not be judged."""
    told = {
        "no misuse was planted: recall, average precision and kinds are left out": truth.scenarios.is_empty(),
        f"episodes that leave no trace in the log, not counted: {truth.untraceable}": truth.untraceable > 0,
        "the signals do not say whether they were pushed: pushes are left out": not _tells_pushes(judged),
        "the signals do not name their rule: results per rule are left out": judged["rule"].null_count() > 0,
        "the answers have no benign.parquet: lawful situations are left out": truth.benign is None,
        "the answers do not say who looked when: roles and burden per group are left out": not truth.names_lookers,
        "no dataset: roles, burden per group and probes are left out; give it with --dataset": staff is None,
        "no probes were made: leak for random open cases is left out": staff is not None and probes is None,
    }
    return tuple(sentence for sentence, holds in told.items() if holds)
