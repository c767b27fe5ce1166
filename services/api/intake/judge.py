"""A delivered signal against what is known of it: stored, unchanged or outdated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.api.payloads import PushedSignal

RESULTS = ("stored", "unchanged", "outdated")


@dataclass(frozen=True)
class Known:
    """What the API holds of a signal. `as_of` is the latest telling of this content."""

    revision: int
    content_hash: str
    as_of: datetime
    pushed: bool


@dataclass(frozen=True)
class Verdict:
    """What becomes of one delivered signal, and what is known of it afterwards."""

    signal: PushedSignal
    result: str
    known: Known


def judge_batch(signals: Sequence[PushedSignal], known: Mapping[str, Known]) -> list[Verdict]:
    """A verdict per signal, in order; a signal that comes twice is judged against its earlier self."""
    latest = dict(known)
    verdicts = []
    for signal in signals:
        verdict = judge(signal, latest.get(signal.signal_id))
        latest[signal.signal_id] = verdict.known
        verdicts.append(verdict)
    return verdicts


def judge(signal: PushedSignal, known: Known | None) -> Verdict:
    """Equal content is no news, though a later telling of it outdates what lies between; older news is ignored."""
    if known is None:
        return Verdict(signal, "stored", Known(1, signal.content_hash, signal.as_of, signal.pushed))
    if signal.content_hash == known.content_hash:
        return Verdict(signal, "unchanged", replace(known, as_of=max(known.as_of, signal.as_of)))
    if signal.as_of < known.as_of:
        return Verdict(signal, "outdated", known)
    pushed = known.pushed or signal.pushed
    return Verdict(signal, "stored", Known(known.revision + 1, signal.content_hash, signal.as_of, pushed))
