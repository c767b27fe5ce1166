"""An evaluation into tables for a person."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table

from services.detector.evaluate.evaluation import Budget, Evaluation, KindResult, Share


def report(evaluation: Evaluation) -> RenderableType:
    """The headline figures, then precision and recall per budget, then the kinds of misuse."""
    return Group(_headline(evaluation), "", _budgets(evaluation.budgets), "", _kinds(evaluation.kinds))


def _headline(evaluation: Evaluation) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("average precision over episodes", f"{evaluation.average_precision:.3f}")
    table.add_row("episodes caught", _share(evaluation.episodes))
    table.add_row("wrong signals within budget 5", _share(evaluation.burden))
    table.add_row("explained (lawful lookups)", _share(evaluation.explained))
    table.add_row("leak (misuse of strangers' files, explained)", _share(evaluation.leak))
    table.add_row("open signals", _share(evaluation.signals))
    table.add_row("lookups with a decision", _share(evaluation.decided))
    return table


def _budgets(budgets: tuple[Budget, ...]) -> Table:
    table = Table("signals per 1,000 employees a week", "signals read", "precision", "recall")
    for budget in budgets:
        table.add_row(
            str(budget.per_thousand), str(budget.precision.of), _share(budget.precision), _share(budget.recall)
        )
    return table


def _kinds(kinds: tuple[KindResult, ...]) -> Table:
    table = Table("kind of misuse", "episodes", "caught", "within budget 5", "median days to the signal")
    for kind in kinds:
        days = kind.median_days_to_signal
        table.add_row(
            kind.kind,
            str(kind.episodes),
            str(kind.caught),
            str(kind.caught_within_budget),
            "-" if days is None else f"{days:.1f}",
        )
    return table


def _share(share: Share) -> str:
    value = "-" if share.share is None else f"{share.share:.3f}"
    return f"{value}  ({share.count:,} of {share.of:,})"
