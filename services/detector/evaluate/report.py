"""An evaluation into tables for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from services.detector.evaluate.burden import Burden, GroupBurden
from services.detector.evaluate.by_rule import RuleResult
from services.detector.evaluate.evaluation import Evaluation
from services.detector.evaluate.kinds import Fate, KindResult, RoleResult
from services.detector.evaluate.probes import Probes, Reason
from services.detector.evaluate.ranking import Budget
from services.detector.evaluate.situations import Situation
from services.detector.evaluate.tables import Columns, number, rate, share, span, table

BUDGET: Columns[Budget] = (
    ("signals per\n1,000 employees\na week", lambda one: str(one.per_thousand)),
    ("read", lambda one: str(one.precision.of)),
    ("precision", lambda one: share(one.precision)),
    ("recall", lambda one: share(one.recall)),
    ("recall it\nallows", lambda one: number(one.ceiling, 3)),
)
FATE: Columns[Fate] = (
    ("epi-\nsodes", lambda one: str(one.episodes)),
    ("in open\nsignal", lambda one: str(one.in_open_signal)),
    ("caught", lambda one: str(one.caught)),
    ("within\nbudget 5", lambda one: str(one.caught_within_budget)),
    ("pushed", lambda one: number(one.pushed)),
    ("median\ndays", lambda one: number(one.median_days_to_signal, 1)),
    ("lowest\nrank", lambda one: number(one.lowest_rank)),
)
KIND: Columns[KindResult] = (("kind of misuse", lambda one: one.kind), *FATE)
ROLE: Columns[RoleResult] = (("role of the looker", lambda one: one.role), *FATE)
RULE: Columns[RuleResult] = (
    ("rule", lambda one: one.rule),
    ("class", lambda one: one.rule_class or "-"),
    ("open", lambda one: str(one.open)),
    ("right", lambda one: str(one.right)),
    ("wrong", lambda one: str(one.wrong)),
    ("withdrawn", lambda one: str(one.withdrawn)),
    ("pushed", lambda one: number(one.pushed)),
    ("false\npushes", lambda one: number(one.false_pushes)),
)
SITUATION: Columns[Situation] = (
    ("lawful situation", lambda one: one.kind),
    ("times", lambda one: f"{one.situations:,}"),
    ("lookups\nunexplained", lambda one: f"{one.unexplained:,}"),
    ("in open\nsignals", lambda one: f"{one.open_signals:,}"),
    ("in wrong,\nwithin 5", lambda one: f"{one.wrong_within_budget:,}"),
    ("in false\npushes", lambda one: number(one.false_pushes)),
)
BURDEN: Columns[GroupBurden] = (
    ("group", lambda one: one.group),
    ("employees", lambda one: f"{one.employees:,}"),
    ("false signals read or pushed", lambda one: rate(one.borne)),
    ("false pushes", lambda one: rate(one.false_pushes)),
)


def report(evaluation: Evaluation) -> RenderableType:
    """The headline figures, then a table for each part that could be judged, then what could not."""
    return Group(*(part for each in _parts(evaluation) for part in (each, "")), *evaluation.left_out)


def _parts(evaluation: Evaluation) -> Iterator[RenderableType]:
    yield _headline(evaluation)
    yield table(evaluation.budgets, BUDGET)
    if evaluation.kinds:
        yield table(evaluation.kinds, KIND)
    if evaluation.roles:
        yield table(evaluation.roles, ROLE)
    if evaluation.rules:
        yield table(evaluation.rules, RULE)
    if evaluation.situations:
        yield table(evaluation.situations, SITUATION)
    for burden in evaluation.burdens:
        yield _burden(burden)


def _headline(evaluation: Evaluation) -> Table:
    lines = Table.grid(padding=(0, 2))
    precision = number(evaluation.average_precision, 3)
    lines.add_row("average precision over episodes", f"{precision} {span(evaluation.average_precision_interval)}")
    lines.add_row("episodes caught", share(evaluation.episodes))
    lines.add_row("wrong signals within budget 5", share(evaluation.burden))
    lines.add_row("false pushes per 1,000 employees a week", rate(evaluation.false_pushes))
    lines.add_row("explained (lawful lookups)", share(evaluation.explained))
    lines.add_row("leak (misuse of strangers' files, explained)", share(evaluation.leak))
    if evaluation.probes:
        _probes(lines, evaluation.probes)
    lines.add_row("open signals", share(evaluation.signals))
    lines.add_row("lookups with a decision", share(evaluation.decided))
    return lines


def _probes(lines: Table, probes: Probes) -> None:
    lines.add_row("leak (random open cases of other teams)", share(probes.other_teams))
    lines.add_row("  by", _reasons(probes.other_reasons))
    lines.add_row("leak (random open cases of the own team)", share(probes.own_team))
    lines.add_row("  by", _reasons(probes.own_reasons))
    lines.add_row("teams", number(probes.teams))


def _reasons(reasons: tuple[Reason, ...]) -> str:
    return ", ".join(f"{reason.explanation} {reason.probes}" for reason in reasons) or "-"


def _burden(burden: Burden) -> Group:
    parts = [f"False signals per 1,000 employees a week, by {burden.by}:"]
    if burden.ratio is not None:
        chance = f"(chance alone: up to {number(burden.by_chance, 2)})"
        parts.append(f"heaviest / lightest {burden.ratio:.2f} {span(burden.ratio_interval, 2)} {chance}")
    if burden.too_small:
        parts.append(f"groups too small to compare: {burden.too_small}")
    return Group(" ".join(parts), table(burden.groups, BURDEN))
