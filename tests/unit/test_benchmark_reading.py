"""What the benchmark of reading fills the database with, and the table that it prints."""

from __future__ import annotations

import msgspec

from benchmarks.reading import Used, percentile, table
from benchmarks.reading_parts.load import Tally
from benchmarks.reading_parts.stock import COLUMNS, _signal, signal_ids
from services.api.answers import StoredSignal


def tally(pages: list[float], singles: list[float]) -> Tally:
    return Tally(0, pages=pages, singles=singles, all_answers=len(pages) + len(singles))


def test_the_aim_is_met_only_by_rate_and_times_together() -> None:
    used = Used(1.0, 0.5, 0.25)
    fast = table(tally([0.01] * 600, [0.005] * 600), 1.0, used, 2.0)
    assert fast.endswith(": met")
    assert "API 0.50, PostgreSQL 0.25, load 0.12" in fast
    assert table(tally([0.06] * 600, [0.005] * 600), 1.0, used, 2.0).endswith("NOT met")
    assert table(tally([0.01] * 60, [0.005] * 60), 1.0, used, 2.0).endswith("NOT met")


def test_percentiles_are_of_the_sorted_times() -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], 0.99) == 100.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([], 0.99) == 0.0


def test_the_signals_are_those_of_the_contract_and_the_same_each_time() -> None:
    one, other = signal_ids(2)
    assert signal_ids(2) == [one, other]
    row = dict(zip(COLUMNS, _signal(one), strict=True))
    known = {"revision": 1, "receivedAt": "2026-03-02T09:00:00Z"}
    shown = StoredSignal.model_validate(msgspec.json.decode(str(row["body"])) | known)
    assert (shown.signal_id, shown.score) == (one, row["score"])
