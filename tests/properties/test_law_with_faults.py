"""The law of slices where a source is at fault: what is muted, and until when, is the same in stream and batch."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.calendar import AgencyCalendar
from services.detector.faults.kinds import UNEXPLAINED_SHARE
from services.detector.faults.stage import FaultStage
from services.detector.state.tables import State
from tests.properties.delivery import Delivery, deliver
from tests.properties.faulty_agency import fault_pipeline, faulty_agency
from tests.properties.test_law_of_slices import (
    EXAMPLES,
    SEEDS,
    Coverage,
    assert_same_signals,
    assert_told_is_final,
)
from tests.world import Run, in_one_batch

WANTED = ("a fault", "a mended fault", "a fault that is never mended", "a signal raised by a mend", "volume-own")


class FaultCoverage(Coverage):
    """What the examples contained of faults."""

    def note(self, run: Run) -> None:
        super().note(run)
        faults = run.state.faults
        mends = faults["mended_at"].drop_nulls()
        self.seen["a fault"] += faults.filter(kind=UNEXPLAINED_SHARE).height
        self.seen["a mended fault"] += mends.len()
        self.seen["a fault that is never mended"] += faults["mended_at"].null_count()
        self.seen["a signal raised by a mend"] += int(run.signals()["raised_at"].is_in(mends.implode()).sum())


def assert_same_faults(run: Run, batch: Run) -> None:
    assert_frame_equal(run.state.faults, batch.state.faults)
    assert_frame_equal(run.state.system_days, batch.state.system_days)


@pytest.mark.parametrize("registers_arrive", [False, True], ids=["registers at hand", "registers arriving"])
def test_any_cut_shuffle_duplicate_and_crash_gives_the_signals_and_faults_of_one_batch(registers_arrive: bool) -> None:
    coverage = FaultCoverage()

    @EXAMPLES
    @given(seed=SEEDS, slices=st.integers(2, 9))
    def law(seed: int, slices: int) -> None:
        world = faulty_agency(seed)
        run = deliver(world, Delivery(seed, slices, registers_arrive=registers_arrive), fault_pipeline())
        batch = in_one_batch(world, fault_pipeline())
        assert_same_faults(run, batch)
        assert_same_signals(run.signals(), batch.signals())
        assert_told_is_final(run)
        coverage.note(batch)

    law()
    coverage.assert_holds(*WANTED)


def test_lookups_beyond_the_lateness_lead_to_the_faults_that_would_have_been_decided() -> None:
    coverage = FaultCoverage()

    @EXAMPLES
    @given(seed=SEEDS, slices=st.integers(4, 9))
    def law(seed: int, slices: int) -> None:
        world = faulty_agency(seed)
        run = deliver(world, Delivery(seed, slices, very_late=0.1), fault_pipeline())
        batch = in_one_batch(world, fault_pipeline())
        assert_same_faults(run, batch)
        assert_same_signals(run.signals(), batch.signals(), but=["pushed", "raised_at", "as_of", "content_hash"])
        assert_told_is_final(run)
        coverage.note(run)

    law()
    coverage.assert_holds("a fault", "late lookups")


class DecidesOnce(FaultStage):
    """Wrong: what was decided of a day stays, whatever becomes known of it later."""

    def _decide(self, state: State, stale: pl.Series, mark: datetime, over: date) -> State:
        return super()._decide(state, stale.clear(), mark, over)


def test_the_law_fails_where_late_news_does_not_reopen_a_decision() -> None:
    def broken(seed: int) -> bool:
        world = faulty_agency(seed)
        stuck = fault_pipeline()
        stuck._faults = DecidesOnce(stuck.settings.faults, AgencyCalendar(), stuck._explainer.grace_table)
        run = deliver(world, Delivery(seed, slices=9, very_late=0.1, registers_arrive=True), stuck)
        return not run.state.faults.equals(in_one_batch(world, fault_pipeline()).state.faults)

    assert any(broken(seed) for seed in range(4))
