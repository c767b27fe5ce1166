"""A file that one employee came back to for two years without a case, in stream and batch."""

from __future__ import annotations

from datetime import timedelta

import pytest
from polars.testing import assert_frame_equal

from services.detector.pipeline import Pipeline
from tests.golden.worlds import MONDAY, agency
from tests.properties.delivery import Delivery, deliver
from tests.world import RING, World, in_one_batch, settings

FOUR_WEEKS = timedelta(weeks=4)


def watched(looks: int = 8, every: timedelta = 3 * FOUR_WEEKS) -> World:
    """So many looks of e1 at one person, at regular distances; eight every twelve weeks lie in 20 months."""
    world = agency()
    for turn in range(looks):
        world.look("e1", 100, MONDAY + turn * every)
    return world


def test_looks_too_thin_to_be_repeated_are_a_long_watch() -> None:
    (signal,) = in_one_batch(watched()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("long-watch", "P", True)
    assert (signal["moment_count"], signal["day_count"]) == (8, 8)
    assert signal["score"] > 59
    assert "in 8 different months" in signal["summary"]


def test_the_signal_keeps_its_id_and_its_first_moment_when_it_becomes_a_long_watch() -> None:
    (five,) = in_one_batch(watched(looks=5)).signals().iter_rows(named=True)
    (six,) = in_one_batch(watched(looks=6)).signals().iter_rows(named=True)
    assert (five["rule"], five["rule_class"], six["rule"]) == ("no-case-link", "B", "long-watch")
    assert (five["signal_id"], five["raised_at"]) == (six["signal_id"], six["raised_at"])


def test_a_look_every_half_year_is_none() -> None:
    (signal,) = in_one_batch(watched(every=6 * FOUR_WEEKS)).signals().iter_rows(named=True)
    assert signal["rule"] == "no-case-link"


def test_it_draws_on_the_purse_once_when_the_sixth_month_counts() -> None:
    run = in_one_batch(watched(looks=6), Pipeline(settings(budget={"score_floor": 100}), RING))
    ((signal_id, pushed_at),) = run.state.pushed.iter_rows()
    assert signal_id == run.signals()["signal_id"].item()
    assert pushed_at - (MONDAY + 5 * 3 * FOUR_WEEKS) < timedelta(days=2)


def test_a_signal_that_was_pushed_before_it_became_one_draws_nothing_more() -> None:
    budget = {"per_thousand_a_week": 100, "score_floor": 25}
    run = in_one_batch(watched(), Pipeline(settings(budget=budget), RING))
    ((_, pushed_at),) = run.state.pushed.iter_rows()
    assert pushed_at < MONDAY + 5 * 3 * FOUR_WEEKS


def test_what_explains_a_month_later_leaves_the_push_as_it_was() -> None:
    world = watched(looks=6)
    last = MONDAY + 5 * 3 * FOUR_WEEKS
    world.link(100, "e1", MONDAY, valid_to=MONDAY + timedelta(days=1), registered_at=last + timedelta(days=20))
    (signal,) = in_one_batch(world).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("no-case-link", "B", True)


@pytest.mark.slow
@pytest.mark.parametrize("registers_arrive", [False, True], ids=["registers at hand", "registers arriving"])
def test_stream_with_faults_of_delivery_and_batch_give_the_same_signals(registers_arrive: bool) -> None:
    world = watched()
    world.link(100, "e1", MONDAY, valid_to=MONDAY + timedelta(days=1), registered_at=MONDAY + 26 * FOUR_WEEKS)
    batch = in_one_batch(world).signals()
    assert batch["rule"].to_list() == ["long-watch"]
    run = deliver(world, Delivery(1, slices=4, registers_arrive=registers_arrive), Pipeline(settings(), RING))
    assert_frame_equal(run.signals(), batch)
