"""What was judged into the tables of docs/quality.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from benchmarks.quality_table import pooled
from benchmarks.quality_table.aims import aims
from benchmarks.quality_table.judged import Judged, Share
from benchmarks.quality_table.runs import Outcome
from benchmarks.quality_table.sets import SIMULATED, STANDARD

NAME = "quality"
HEADS = (
    "set",
    "AP engine",
    "AP plain",
    "AP informed",
    "precision at 5",
    "recall at 5",
    "it allows",
    "explained",
    "leak",
    "leak, own team",
    "false pushes",
    "burden",
)
Row = Sequence[str]


def tables(outcomes: Sequence[Outcome], command: str, left_out: Sequence[str]) -> str:
    """Everything that stands between the markers."""
    parts = [_made_by(command, left_out), _sets(outcomes), _aims(outcomes), _kinds(outcomes), _situations(outcomes)]
    return "\n\n".join(part for part in parts if part)


def _made_by(command: str, left_out: Sequence[str]) -> str:
    lines = [f"Engine: doelbinding {version('doelbinding')}.", *left_out]
    return "\n".join([f"Made by `{command}`", "", *(f"- {line}" for line in lines)])


def _sets(outcomes: Sequence[Outcome]) -> str:
    """A row per set, and one in bold for all seeds of a group."""
    body: list[Row] = []
    for group, sets in pooled.by_group(outcomes).items():
        body.extend(_row(one.wanted.name, [one]) for one in sets)
        if len(sets) > 1:
            body.append([f"**{cell}**" for cell in _row(f"{group}, all", sets)])
    return "#### Per set\n\n" + _table(HEADS, body)


def _row(name: str, sets: Sequence[Outcome]) -> Row:
    runs = [one.engine for one in sets]
    pushes = pooled.pushes(runs)
    return (
        name,
        _precision(runs),
        *(_figure(pooled.mean(one.baselines[way].average_precision for one in sets)) for way in ("plain", "informed")),
        _share(pooled.precision(runs)),
        _share(pooled.recall(runs)),
        _figure(pooled.ceiling(runs), 2),
        _share(pooled.added(run.explained for run in runs), 3),
        _share(pooled.leak(runs), 3),
        _share(pooled.leak(runs, own=True)),
        "-" if pushes is None else f"{pushes.per_thousand:.2f}",
        _burden(runs),
    )


def _precision(runs: Sequence[Judged]) -> str:
    """Average precision; of one run with its interval."""
    interval = runs[0].average_precision_interval if len(runs) == 1 else None
    figure = _figure(pooled.mean(run.average_precision for run in runs), 3)
    return figure if interval is None else f"{figure} ({interval.low:.2f}-{interval.high:.2f})"


def _burden(runs: Sequence[Judged]) -> str:
    heaviest = pooled.heaviest(runs)
    return "-" if heaviest is None else f"{heaviest[0]:.1f} ({heaviest[1]})"


def _aims(outcomes: Sequence[Outcome]) -> str:
    words = {True: "met", False: "**not met**", None: "not measured"}
    body = [(aim.group, aim.aim, aim.reached, words[aim.met]) for aim in aims(outcomes)]
    return "#### Aims\n\n" + _table(("set", "aim", "reached", ""), body)


def _kinds(outcomes: Sequence[Outcome]) -> str:
    runs = [one.engine for one in outcomes if one.wanted.group == STANDARD and one.wanted.sort == SIMULATED]
    body = [
        (kind.kind, *_numbers(kind.episodes, kind.in_open_signal, kind.caught_within_budget, kind.pushed))
        for kind in pooled.kinds(runs)
    ]
    heads = ("kind of misuse", "episodes", "in an open signal", "within budget 5", "pushed")
    return f"#### Kinds of misuse, {STANDARD}\n\n" + _table(heads, body) if body else ""


def _situations(outcomes: Sequence[Outcome]) -> str:
    body = list(_situation_rows([one for one in outcomes if one.wanted.sort == SIMULATED]))
    heads = ("profile", "lawful situation", "times", "lookups unexplained", "wrong within budget 5", "false pushes")
    return "#### False signals per lawful situation, simulated\n\n" + _table(heads, body) if body else ""


def _situation_rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    for group, sets in pooled.by_group(outcomes).items():
        for one in pooled.situations(each.engine for each in sets):
            counted = _numbers(one.situations, one.unexplained, one.wrong_within_budget, one.false_pushes)
            yield group, one.kind, *counted


def _numbers(*counts: int | None) -> Row:
    return ["-" if count is None else f"{count:,}" for count in counts]


def _share(share: Share, digits: int = 2) -> str:
    return _figure(share.share, digits)


def _figure(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _table(heads: Row, body: Sequence[Row]) -> str:
    lines = [heads, ["---"] * len(heads), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
