"""The figures of all groups into each aim with what was reached: met, not met, or not measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.quality_table import pooled
from benchmarks.quality_table.judged import Kind, Share
from benchmarks.quality_table.runs import Outcome
from benchmarks.quality_table.sets import REAL, SIMULATED, STANDARD

HARD, QUIET = "hard", "quiet"
PRECISION, OF_THE_CEILING, EXPLAINED, LEAK, QUIET_PUSHES, BURDEN = 0.95, 0.9, 0.97, 0.05, 0.2, 2.0
AVERAGE_PRECISION = {STANDARD: 0.90, HARD: 0.80}
ABOVE_BASELINE = 0.2
PUSHED_KINDS = (
    "account_sharing",
    "bulk_export",
    "child",
    "colleague_conflict",
    "colleague_file",
    "eigen_personeel_bypass",
    "enumeration",
    "household_brp",
    "long_watch",
    "own_file",
    "partner",
    "relative_other",
    "retro_self_link",
    "scraping",
    "staff_family_file",
    "well_known",
)
"""Kinds of misuse for which a rule of class P exists (DOMAIN: always pushed) and that the registers always show.

An ex-partner is known by a relation in some episodes only, so that kind is not among them."""

CONTEXT_KINDS = ("acquaintance_once", "dormant_file")
"""Kinds whose only trace is context, class C, which ranks below all other signals (ADR 0022)."""


@dataclass(frozen=True)
class Aim:
    """What was aimed at for one group, and what was reached."""

    group: str
    aim: str
    reached: str
    met: bool | None
    """None where it was not measured."""


def aims(outcomes: Sequence[Outcome]) -> list[Aim]:
    """Every aim for every group, in the order of the groups."""
    return [aim for group, sets in pooled.by_group(outcomes).items() for aim in _of_group(group, sets)]


def _of_group(group: str, sets: Sequence[Outcome]) -> Iterator[Aim]:
    runs = [one.engine for one in sets]
    if any(run.average_precision is not None for run in runs):
        yield _at_least(group, "precision at 5", PRECISION, pooled.precision(runs).share)
        yield _recall(group, runs_recall=pooled.recall(runs), ceiling=pooled.ceiling(runs))
        yield from _average_precision(group, sets)
    explained, leak = pooled.added(run.explained for run in runs), pooled.leak(runs)
    yield _at_least(group, "explained", EXPLAINED, explained.share)
    yield _at_most(group, "leak, random open cases of other teams", LEAK, leak.share)
    if group == QUIET:
        pushes = pooled.pushes(runs)
        per_thousand = None if pushes is None else pushes.per_thousand
        yield _at_most(group, "false pushes per 1,000 a week", QUIET_PUSHES, per_thousand)
    heaviest = pooled.heaviest(runs)
    yield _at_most(group, "burden, heaviest / lightest group", BURDEN, None if heaviest is None else heaviest[0])
    if group == STANDARD:
        yield from _kinds(group, pooled.kinds(runs))


def _recall(group: str, runs_recall: Share, ceiling: float | None) -> Aim:
    reached = None if ceiling is None or runs_recall.share is None else runs_recall.share / ceiling
    return _at_least(group, "recall at 5, of what the budget allows", OF_THE_CEILING, reached)


def _average_precision(group: str, sets: Sequence[Outcome]) -> Iterator[Aim]:
    reached = pooled.mean(one.engine.average_precision for one in sets)
    if group in AVERAGE_PRECISION and sets[0].wanted.sort == SIMULATED:
        yield _at_least(group, "average precision", AVERAGE_PRECISION[group], reached)
    if sets[0].wanted.sort == REAL:
        for way in ("plain", "informed"):
            other = pooled.mean(one.baselines[way].average_precision for one in sets)
            above = None if reached is None or other is None else reached - other
            yield _at_least(group, f"average precision above the {way} baseline", ABOVE_BASELINE, above)


def _kinds(group: str, kinds: Sequence[Kind]) -> Iterator[Aim]:
    """Kinds for which it does not hold are named."""
    unpushed = [kind.kind for kind in kinds if kind.kind in PUSHED_KINDS and (kind.pushed or 0) < kind.episodes]
    hidden = [kind.kind for kind in kinds if kind.in_open_signal < kind.episodes]
    read = [kind for kind in kinds if kind.kind not in PUSHED_KINDS + CONTEXT_KINDS]
    low = [kind.kind for kind in read if not kind.caught_within_budget]
    for aim, missing in (
        ("kinds of class P: every episode pushed", unpushed),
        ("every episode in an open signal", hidden),
        ("other kinds, but for context alone: at least one episode within budget 5", low),
    ):
        yield Aim(group, aim, f"not: {', '.join(missing)}" if missing else "all", not missing)


def _at_least(group: str, name: str, least: float, reached: float | None) -> Aim:
    met = None if reached is None else reached >= least
    return Aim(group, f"{name} >= {least:g}", "-" if reached is None else f"{reached:.3f}", met)


def _at_most(group: str, name: str, most: float, reached: float | None) -> Aim:
    met = None if reached is None else reached <= most
    return Aim(group, f"{name} <= {most:g}", "-" if reached is None else f"{reached:.3f}", met)
