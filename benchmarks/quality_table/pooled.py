"""The judgements of a group of sets into its figures: counts added up over seeds, else averages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from benchmarks.quality_table.judged import Judged, Kind, Rate, Share, Situation
from benchmarks.quality_table.runs import Outcome
from services.detector.evaluate.burden import drawn_together

ENOUGH_TEAMS = 5
"""With fewer teams a random case is too often one of the neighbours' for its leak to say anything."""


def by_group(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The sets of each profile or background, in the order in which they came."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.wanted.group, []).append(outcome)
    return groups


def mean(values: Iterable[float | None]) -> float | None:
    """The average of those that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def added(shares: Iterable[Share]) -> Share:
    """Counts added up."""
    several = list(shares)
    return Share(sum(one.count for one in several), sum(one.of for one in several))


def precision(runs: Sequence[Judged]) -> Share:
    """Right signals among those read at the reference budget."""
    return added(run.reference.precision for run in runs)


def recall(runs: Sequence[Judged]) -> Share:
    """Episodes caught at the reference budget."""
    return added(run.reference.recall for run in runs)


def ceiling(runs: Sequence[Judged]) -> float | None:
    """The recall that the reference budget allows where every signal read catches one episode."""
    episodes = sum(run.reference.recall.of for run in runs)
    return sum(min(run.reference.slots, run.reference.recall.of) for run in runs) / episodes if episodes else None


def leak(runs: Sequence[Judged], *, own: bool = False) -> Share:
    """Probes that were explained, where there are teams enough; of the own team wherever there were probes."""
    probed = [run.probes for run in runs if run.probes is not None]
    return added(one.own_team if own else one.other_teams for one in probed if own or one.teams >= ENOUGH_TEAMS)


def pushes(runs: Sequence[Judged]) -> Rate | None:
    """False pushes."""
    told = [run.false_pushes for run in runs if run.false_pushes is not None]
    return Rate(sum(one.count for one in told), sum(one.employee_weeks for one in told)) if told else None


def heaviest(runs: Sequence[Judged]) -> tuple[float, str] | None:
    """The largest ratio of burden over all ways of grouping, with its name; groups added up over the runs."""
    ratios = []
    for by in sorted({burden.by for run in runs for burden in run.burdens}):
        groups: dict[str, list[Rate]] = {}
        for group in (one for run in runs for burden in run.burdens if burden.by == by for one in burden.groups):
            groups.setdefault(group.group, []).append(group.borne)
        if len(groups) > 1:
            ratios.append((_ratio(list(groups.values())), by))
    return max(ratios, default=None)


def _ratio(groups: Sequence[Sequence[Rate]]) -> float:
    false = np.array([sum(one.count for one in rates) for rates in groups], np.float64)
    weeks = np.array([sum(one.employee_weeks for one in rates) for rates in groups], np.float64)
    rates = drawn_together(false, weeks)
    return float(rates.max() / rates.min())


def kinds(runs: Iterable[Judged]) -> list[Kind]:
    """Each kind of misuse, added up."""
    every = sorted((kind for run in runs for kind in run.kinds), key=lambda kind: kind.kind)
    return [_added_kind(name, list(same)) for name, same in groupby(every, key=lambda kind: kind.kind)]


def _added_kind(name: str, same: Sequence[Kind]) -> Kind:
    return Kind(
        name,
        sum(one.episodes for one in same),
        sum(one.in_open_signal for one in same),
        sum(one.caught for one in same),
        sum(one.caught_within_budget for one in same),
        sum(one.pushed or 0 for one in same),
    )


def situations(runs: Iterable[Judged]) -> list[Situation]:
    """Each lawful situation, added up."""
    every = sorted((one for run in runs for one in run.situations), key=lambda one: one.kind)
    return [_added_situation(name, list(same)) for name, same in groupby(every, key=lambda one: one.kind)]


def _added_situation(name: str, same: Sequence[Situation]) -> Situation:
    return Situation(
        name,
        sum(one.situations for one in same),
        sum(one.unexplained for one in same),
        sum(one.open_signals for one in same),
        sum(one.wrong_within_budget for one in same),
        sum(one.false_pushes or 0 for one in same),
    )
