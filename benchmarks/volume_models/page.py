"""What was measured into the tables of docs/quality.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

from benchmarks import markers
from benchmarks.volume_models.measure import ALL, BUDGETS, FOREST, SHIPPED, UNEXPLAINED, Level, Measured, Plan
from benchmarks.volume_models.models import ENGINE, PLAIN
from benchmarks.volume_models.recall import wilson
from services.detector.rules import RULES

NAME = "volume"
BEGIN, END = markers.begin(NAME), markers.end(NAME)
BUSY, QUIET = 10, 3
"""Persons a day from which, and up to which, a desk is set beside the earlier figures."""
EARLIER = (("busy", "+20", "0-8 %"), ("busy", "+50", "31 %"), ("quiet", "+20", "91 %"))
"""Recall at 5 false signals per 1,000 employees a week, measured before on volume alone: a busy desk had 12 files a day
with a variance of 12 times the mean, a quiet one 2 a day."""
EARLIER_BUDGET = 5

Row = Sequence[str]


def tables(found: Sequence[Measured], plan: Plan, command: str) -> str:
    """Everything that stands between the markers."""
    parts = [_made_by(found, plan, command), _sizes(found), _beside_earlier(found), _levels(found)]
    parts += [f"#### {desk.name}\n\n{_recalls(desk)}" for desk in found]
    return "\n\n".join(part for part in parts if part)


def refreshed(page: str, part: str) -> str:
    """The page with what stands between the markers replaced. Raises InputError if the markers are not there."""
    return markers.refreshed(page, part, NAME)


def _made_by(found: Sequence[Measured], plan: Plan, command: str) -> str:
    rule = next(rule for rule in RULES if rule.id == "volume-own")
    engine = f"Engine: doelbinding {version('doelbinding')}, rule `volume-own` version {rule.version}."
    floor = f"Days with fewer than {plan.least_persons} persons are never a signal."
    forest = any(figure.model == FOREST for desk in found for figure in desk.figures)
    missing = [] if forest else ["The isolation forest was not measured: scikit-learn is not installed."]
    return "\n".join([f"Made by `{command}`", "", *[f"- {line}" for line in (engine, floor, *missing)]])


def _sizes(found: Sequence[Measured]) -> str:
    rows: list[tuple[str, Callable[[Measured], str]]] = [
        ("employees", lambda one: f"{one.employees:,}"),
        ("weeks", lambda one: f"{one.weeks:,}"),
        ("days judged (one employee, one day)", lambda one: f"{one.judged_days:,}"),
        ("employee-weeks", lambda one: f"{one.employee_weeks:,}"),
        ("false signals allowed at 1 / at 5", _allowed),
        ("persons a day", lambda one: f"{one.mean[ALL]:.1f}"),
        ("variance / mean", lambda one: f"{one.dispersion[ALL]:.1f}"),
        ("unexplained persons a day", lambda one: f"{one.mean[UNEXPLAINED]:.2f}"),
        ("variance / mean of these", lambda one: f"{one.dispersion[UNEXPLAINED]:.1f}"),
        ("planted persons explained by chance", lambda one: f"{one.explained_by_chance:.1%}"),
        ("honest days with enough unexplained persons for a signal", lambda one: f"{one.high:,}"),
        ("lookups of known misuse left out", lambda one: f"{one.removed:,}"),
    ]
    body = [(title, *(shown(desk) for desk in found)) for title, shown in rows]
    return "#### The desks\n\n" + _table(("", *(desk.name for desk in found)), body)


def _allowed(desk: Measured) -> str:
    return " / ".join(f"{budget * desk.employee_weeks / 1000:.1f}" for budget in BUDGETS)


def _levels(found: Sequence[Measured]) -> str:
    planted = list(dict.fromkeys(name for desk in found for level in desk.levels for name in level.caught))
    body = [_level(desk, level) for desk in found for level in desk.levels]
    heads = ("desk", "`volume.false_discovery_rate`", "honest days flagged", "per 1,000 employees a week", *planted)
    return "#### The engine's own threshold\n\n" + _table(heads, body)


def _level(desk: Measured, level: Level) -> Row:
    rate = f"{level.rate} (default)" if level.rate == SHIPPED else f"{level.rate}"
    a_week = f"{1000 * level.flagged / desk.employee_weeks:.1f}"
    return desk.name, rate, f"{level.flagged}", a_week, *(f"{100 * share:.0f}" for share in level.caught.values())


def _recalls(desk: Measured) -> str:
    planted = list(dict.fromkeys(figure.planted for figure in desk.figures))
    heads = [f"{what} at {budget}" for what in planted for budget in BUDGETS]
    body = []
    for kind in (ALL, UNEXPLAINED):
        for model in dict.fromkeys(figure.model for figure in desk.figures if figure.kind == kind):
            cells = [_share(desk, kind, model, what, budget) for what in planted for budget in BUDGETS]
            body.append((kind, f"**{model}**" if model == ENGINE else model, *cells))
    return _table(("persons counted", "judged by", *heads), body)


def _share(desk: Measured, kind: str, model: str, planted: str, budget: int) -> str:
    """Recall in per cent with its interval."""
    wanted = (kind, model, planted, budget)
    for one in desk.figures:
        if (one.kind, one.model, one.planted, one.budget) == wanted and one.number:
            low, high = wilson(one.recall, one.number)
            return f"{100 * one.recall:.0f} ({100 * low:.0f}-{100 * high:.0f})"
    return "-"


def _beside_earlier(found: Sequence[Measured]) -> str:
    heads = ("desk", "persons a day", "planted", "before", "plain NB tail, all", f"{ENGINE}, unexplained")
    body = list(_compared(found))
    title = f"#### Beside earlier figures, at {EARLIER_BUDGET} per 1,000 employees a week\n\n"
    return title + _table(heads, body) if body else ""


def _compared(found: Sequence[Measured]) -> Iterator[Row]:
    for desk in found:
        sort = "busy" if desk.mean[ALL] >= BUSY else "quiet" if desk.mean[ALL] <= QUIET else ""
        for of, planted, before in EARLIER:
            if of == sort:
                now = (_share(desk, ALL, PLAIN, planted, 5), _share(desk, UNEXPLAINED, ENGINE, planted, EARLIER_BUDGET))
                yield desk.name, f"{desk.mean[ALL]:.0f} ({sort})", planted, before, *now


def _table(heads: Row, body: Sequence[Row]) -> str:
    lines = [heads, ["---"] * len(heads), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
