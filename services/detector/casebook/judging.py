"""What the engine made of a case, against what was expected: the differences, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.detector.casebook.cases import ExplanationExpectation, RuleExpectation

Row = Mapping[str, object]

EQUAL = {
    "status": "status",
    "rule_class": "rule_class",
    "score": "score",
    "raised": "raised_at",
    "pushed": "pushed",
    "lookups": "lookup_count",
    "moments": "moment_count",
    "days": "day_count",
}
"""Expectations that say what a column of the signal is."""


@dataclass(frozen=True)
class CaseResult:
    """A verdict: the case passed, or `faults` say in what it did not."""

    file: str
    about: str
    name: str
    kind: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """The engine did what the case expects."""
        return not self.faults


def rule_faults(expect: RuleExpectation, rule: str, signals: Sequence[Row]) -> list[str]:
    """Differences between the expectation and the signals (REVISION rows) of the case."""
    faults = [fault for signal in signals for fault in _sum_faults(signal)]
    named = [signal for signal in signals if signal["rule"] == rule]
    others = sorted({str(signal["rule"]) for signal in signals} - {rule})
    if not expect.fires:
        if named:
            faults.append(f"expected no signal of {rule}, got: {_told(named[0])}")
        if expect.instead is not None and others != ([] if expect.instead == "nothing" else [expect.instead]):
            faults.append(f"expected {expect.instead} instead, got: {', '.join(others) or 'nothing'}")
        return faults
    if len(named) != expect.signals:
        got = f"{len(named)}; rules that fire: {', '.join(others) or 'no other'}"
        return [*faults, f"expected {expect.signals} signal(s) of {rule}, got {got}"]
    return faults + [fault for signal in named for fault in _signal_faults(expect, signal)]


def explanation_faults(expect: ExplanationExpectation, explained: Sequence[Row]) -> list[str]:
    """Differences between the expectation and the states (EXPLAINED rows) of the case's looks."""
    wanted = {"state": expect.state, "explanation": expect.explanation, "strength": expect.strength}
    meant = [row for row in explained if expect.look in (None, _number(row))]
    got = [{**row, "strength": round(float(str(row["strength"])), 3)} for row in meant]
    faults = [
        f"{row['lookup_id']}: expected {name} {value}, got {row[name]}"
        for row in got
        for name, value in wanted.items()
        if row[name] != value and not (name == "strength" and value is None)
    ]
    return faults or ([] if meant else ["no look was judged"])


def _number(explained: Row) -> int:
    """Place of a look in its case, from 1."""
    return int(str(explained["lookup_id"]).rpartition("-")[2])


def _signal_faults(expect: RuleExpectation, signal: Row) -> Iterator[str]:
    for name, column in EQUAL.items():
        wanted = getattr(expect, name)
        if wanted is not None and signal[column] != wanted:
            yield f"expected {name} {_plain(wanted)}, got {_plain(signal[column])}"
    score = float(str(signal["score"]))
    if expect.score_at_least is not None and score < expect.score_at_least:
        yield f"expected a score of at least {expect.score_at_least}, got {score}"
    if expect.score_at_most is not None and score > expect.score_at_most:
        yield f"expected a score of at most {expect.score_at_most}, got {score}"
    if expect.conflicts is not None and _conflicts(signal) != expect.conflicts:
        yield f"expected {expect.conflicts} log lines in conflict, got {_conflicts(signal)}"
    points = _points(signal)
    for factor, wanted in expect.factors.items():
        if points.get(factor) != wanted:
            yield f"expected factor {factor} with {wanted} points, got {points.get(factor)}"


def _sum_faults(signal: Row) -> Iterator[str]:
    summed = round(sum(_points(signal).values()), 1)
    if summed != signal["score"]:
        yield f"the factors of {signal['rule']} add up to {summed}, its score is {signal['score']}"


def _rows(value: object) -> list[dict[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _points(signal: Row) -> dict[str, float]:
    return {str(factor["factor"]): float(str(factor["points"])) for factor in _rows(signal["factors"])}


def _conflicts(signal: Row) -> int:
    return sum(row["state"] == "conflict" for row in _rows(signal["evidence"]))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _told(signal: Row) -> str:
    return f"{signal['status']}, {signal['lookup_count']} log line(s), score {signal['score']}"
