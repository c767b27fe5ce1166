"""The law of slices: however the same input is cut, shuffled, doubled or interrupted, the signals are the same."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.reading import READER_RULES
from services.detector.explain import surrounding_explanations
from services.detector.explain.base import Margins
from services.detector.pipeline import Pipeline
from services.detector.rules import RULES
from tests.properties.agency import random_agency
from tests.properties.delivery import Delivery, deliver
from tests.properties.months import FEW_LEAVING, FEW_SHARES
from tests.properties.mutants import MUTANTS
from tests.properties.readers import FEW_READERS
from tests.world import RING, Run, in_one_batch
from tests.world import settings as agency_settings

EXAMPLES = settings(
    max_examples=int(os.environ.get("LAW_OF_SLICES_EXAMPLES", "3")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
"""A few in `make test`, more in CI, a hundred in `make qualify`: set by LAW_OF_SLICES_EXAMPLES."""
FEW_EXPORTS = {"min_records": 10, "min_records_without_norm": 30, "min_norm_days": 50} | {
    "min_persons": 8,
    "min_persons_without_norm": 10,
}
FEW_AN_HOUR = {"min_persons_an_hour": 20}
FEW_MONTHS = {"watch_months": 3}
FEW_PEERS = {"min_history_days": 5, "false_discovery_rate": 0.2}
"""So that eight employees in four weeks have a norm, a day above it, two weeks above their peers, and long watches."""
MANDATE = {
    "systems": ["werkmap"], "role": "team-lead", "asked_by": "audit", "approved_by": "director",
    "reason": "a sample of old cases", "from": "2025-03-17", "to": "2025-03-30",
}  # fmt: skip
SEEDS = st.integers(0, 10_000)


VOID = ("recomputed", "merged")
"""Why a signal that was told is no signal at the end."""


def new_pipeline() -> Pipeline:
    few = {
        "exports": FEW_EXPORTS,
        "peers": FEW_PEERS,
        "enumeration": FEW_AN_HOUR,
        "shares": FEW_SHARES,
        "leaver": FEW_LEAVING,
        "pairs": FEW_MONTHS,
        "readers": FEW_READERS,
    }
    exempt = {"mandates": [MANDATE], "systems_without_cases": ["peoplesoft"]}
    return Pipeline(agency_settings(budget={"per_thousand_a_week": 100}, **exempt, **few), RING)


def assert_same_signals(one: pl.DataFrame, other: pl.DataFrame, but: Iterable[str] = ()) -> None:
    apart = [*but]
    assert_frame_equal(one.drop(apart), other.drop(apart), check_exact=True)


def assert_told_is_final(run: Run) -> None:
    """What the intake was told last of each signal is the signal at the end."""
    final = {row["signal_id"]: row["content_hash"] for row in run.signals().iter_rows(named=True)}
    told = {signal_id: row for signal_id, row in run.told.items() if row["withdrawn_reason"] not in VOID}
    assert {signal_id: row["content_hash"] for signal_id, row in told.items()} == final


def _with_factor(name: str) -> pl.Expr:
    return pl.col("factors").list.eval(pl.element().struct.field("factor") == name).list.any()


class Coverage:
    """What the examples of one law contained."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def note(self, run: Run) -> None:
        signals = run.signals()
        self.seen.update(signals["rule"].to_list())
        self.seen["a child"] += signals["parent_id"].count()
        exports = signals.filter(pl.col("rule") == "bulk-export")
        self.seen["a withdrawn export"] += exports.filter(pl.col("status") == "withdrawn").height
        self.seen["files taken out one by one"] += exports.filter(_with_factor("files-one-by-one")).height
        numbers = signals.filter(pl.col("rule") == "enumeration")
        self.seen["a withdrawn enumeration"] += numbers.filter(pl.col("status") == "withdrawn").height
        self.seen["an enumeration by its pace"] += numbers.filter(~_with_factor("numbers-in-a-row")).height
        watched = set(signals.filter(pl.col("rule") == "long-watch")["signal_id"])
        pushed = signals.filter(pl.col("rule_class") == "B", pl.col("pushed"))["raised_at"]
        self.seen["a pushed signal of class B"] += pushed.len()
        self.seen["a long watch in the purse's book"] += len(watched & set(run.state.pushed["signal_id"]))
        self.seen["a withdrawal"] += signals.filter(pl.col("status") == "withdrawn").height
        self.seen["a push out of the budget"] += run.state.pushed.height
        self.seen["a budget refusal"] += run.state.progress.refused
        self.seen.update(
            f"explained: {name}" for found in run.findings for name in found.judged["explanation"].unique()
        )
        self.seen["a look during leave"] += int(run.state.contributions["on_leave"].sum())
        reads = run.state.read_contributions
        later = reads.filter(pl.col("counts_from") > pl.col("at"))
        self.seen["a read with an interest that was known later"] += later.height
        self.seen["a read that moved to another signal"] += reads["counts_until"].count()
        of_days = signals.filter(pl.col("rule").is_in(["reader-not-assigned", "reveal-rate"]))
        self.seen["two signals of one reader's days beside each other"] += int(
            of_days["employee_id"].is_duplicated().any()
        )
        self.seen["a special file reported"] += run.state.contributions["reported_at"].count()
        self.seen.update(run.state.contributions["excuse"].drop_nulls().to_list())
        days = run.archived[0]["day"]
        self.seen["the change to summer time"] += int((days.dt.strftime("%m-%d") == "03-30").any())
        self.seen["a month boundary"] += int(days.dt.month().n_unique() > 1)
        self.seen["a week boundary"] += int(days.dt.week().n_unique() > 1)
        self.seen["duplicates"] += sum(found.duplicates for found in run.findings)
        self.seen["the same id with other content"] += sum(found.conflicts.height for found in run.findings)
        self.seen["late lookups"] += sum(found.late for found in run.findings)

    def assert_holds(self, *wanted: str) -> None:
        missing = [name for name in wanted if not self.seen[name]]
        assert not missing, f"no example contained: {', '.join(missing)}"


EVERYWHERE = (
    *(rule.id for rule in RULES),
    *(explanation.id for explanation in surrounding_explanations(Margins(0, 0, 0, ()))),
    *(f"explained: {name}" for name in ("linked-person", "aborted", "self-report", "mandate", "no-case-expected")),
    *(f"explained: {name}" for name in ("assigned-reader", "reader-search")),
    "a read with an interest that was known later",
    "a read that moved to another signal",
    "two signals of one reader's days beside each other",
    "a look during leave",
    "a special file reported",
    "a child",
    "a withdrawn export",
    "files taken out one by one",
    "a withdrawn enumeration",
    "an enumeration by its pace",
    "a withdrawal",
    "a pushed signal of class B",
    "a long watch in the purse's book",
    "a push out of the budget",
    "a budget refusal",
    "the change to summer time",
    "a week boundary",
    "a month boundary",
    "duplicates",
    "the same id with other content",
)


@pytest.mark.parametrize("registers_arrive", [False, True], ids=["registers at hand", "registers arriving"])
def test_any_cut_shuffle_duplicate_and_crash_gives_the_signals_of_one_batch(registers_arrive: bool) -> None:
    coverage = Coverage()

    @EXAMPLES
    @given(seed=SEEDS, slices=st.integers(2, 6))
    def law(seed: int, slices: int) -> None:
        world = random_agency(seed)
        run = deliver(world, Delivery(seed, slices, registers_arrive=registers_arrive), new_pipeline())
        batch = in_one_batch(world, new_pipeline())
        assert_same_signals(run.signals(), batch.signals())
        assert_told_is_final(run)
        coverage.note(batch)
        coverage.seen["duplicates"] += sum(found.duplicates for found in run.findings)

    law()
    coverage.assert_holds(*EVERYWHERE)


def test_lookups_beyond_the_lateness_change_all_but_the_push_and_the_moment_of_raising() -> None:
    coverage = Coverage()

    @EXAMPLES
    @given(seed=SEEDS, slices=st.integers(3, 6))
    def law(seed: int, slices: int) -> None:
        world = random_agency(seed)
        run = deliver(world, Delivery(seed, slices, very_late=0.1), new_pipeline())
        batch = in_one_batch(world, new_pipeline())
        assert_same_signals(run.signals(), batch.signals(), but=["pushed", "raised_at", "as_of", "content_hash"])
        assert_told_is_final(run)
        coverage.note(run)

    law()
    wanted = ("volume-own", "volume-peers", "bulk-export", "enumeration", "shared-account", "a withdrawal")
    coverage.assert_holds("late lookups", *wanted)
    coverage.assert_holds("unexplained-share", "leaver", *READER_RULES)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_law_fails_on_a_mutant(mutant: type[Pipeline]) -> None:
    """A law that no wrong engine can break proves nothing."""

    def broken(seed: int) -> bool:
        world = random_agency(seed)
        run = deliver(world, Delivery(seed, slices=5), mutant(agency_settings(), RING))
        batch = in_one_batch(world, mutant(agency_settings(), RING))
        return not run.signals().equals(batch.signals())

    assert any(broken(seed) for seed in range(4))
