"""The court cases of the domain as acceptance tests (names and numbers are fictitious, the shapes are theirs).

GC10 and GC11 run over the others: in one batch, in slices, shuffled, doubled and with crashes between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from polars.testing import assert_frame_equal

from services.core.contract import LOOKUP
from services.detector.pipeline import Pipeline, Slice
from tests.properties.delivery import Delivery, deliver
from tests.world import RING, Run, World, frame, in_one_batch, local, registers_of, settings

MONDAY = local("2025-03-03 10:00")
Case = Callable[[], World]


def agency() -> World:
    """Two teams of ordinary colleagues."""
    world = World()
    for number in range(1, 7):
        world.employee(number, team=f"T{number % 2}")
    return world


def late_link_within_grace() -> World:
    """GC6, first half: valid at the time, registered by a system the next morning."""
    world = agency()
    world.look("e1", 100, MONDAY)
    world.link(100, "e1", MONDAY - timedelta(days=1), registered_at=MONDAY + timedelta(hours=20))
    return world


def late_link_after_ten_days() -> World:
    """GC6, second half: registered by a system ten days later."""
    world = agency()
    world.look("e1", 100, MONDAY)
    world.link(100, "e1", MONDAY - timedelta(days=1), registered_at=MONDAY + timedelta(days=10))
    world.look("e2", None, MONDAY + timedelta(days=20), action="search")
    return world


def team_queue() -> World:
    """GC7: forty colleagues work one team case."""
    world = World()
    for number in range(40):
        world.employee(number, team="T1")
    world.link(100, "T1", MONDAY - timedelta(days=2))
    for number in range(40):
        world.look(f"e{number}", 100, MONDAY + timedelta(minutes=10 * number))
    return world


def own_personnel_file() -> World:
    """GC9, first half: the own file in PeopleSoft."""
    world = agency()
    world.look("e1", 1, MONDAY, system="peoplesoft", data_categories=["personnel"])
    return world


def own_file_in_client_system() -> World:
    """GC9, second half: the own BSN in a client system, twice."""
    world = agency()
    world.look("e1", 1, MONDAY)
    world.look("e1", 1, MONDAY + timedelta(days=3))
    return world


CASES: dict[str, Case] = {
    "GC6 registered within the grace": late_link_within_grace,
    "GC6 registered ten days later": late_link_after_ten_days,
    "GC7 team queue": team_queue,
    "GC9 own personnel file": own_personnel_file,
    "GC9 own file in a client system": own_file_in_client_system,
}


def new_pipeline() -> Pipeline:
    return Pipeline(settings(), RING)


def test_gc6_a_link_that_a_system_registers_within_the_grace_leaves_no_signal() -> None:
    assert in_one_batch(late_link_within_grace()).signals().is_empty()


def test_gc6_a_link_that_a_system_registers_ten_days_later_withdraws_the_signal() -> None:
    (signal,) = in_one_batch(late_link_after_ten_days()).signals().iter_rows(named=True)
    assert signal["rule"] == "no-case-link"
    assert signal["status"] == "withdrawn"
    assert signal["withdrawn_reason"] == "explained-later"
    assert signal["raised_at"] == local("2025-03-05 00:00")
    assert signal["as_of"] == MONDAY + timedelta(days=10)
    assert signal["lookup_ids"] == ["look0"]
    assert [fact["code"] for fact in signal["facts_against"]] == ["explained-later"]


def test_gc6_the_signal_is_open_in_the_stream_until_the_link_arrives() -> None:
    world = late_link_after_ten_days()
    run = Run(new_pipeline())
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups)).sort("at")
    world.look("e2", None, MONDAY + timedelta(days=5), action="search")
    between = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups[-1:]))
    run.feed(Slice(lookups[:1]), registers_of(world, run.pipeline, MONDAY))
    run.feed(Slice(between), registers_of(world, run.pipeline, MONDAY))
    (told,) = run.told.values()
    assert told["status"] == "open"
    run.feed(
        Slice(lookups[1:], closed=True, changed_subjects=lookups["subject"][:1]), registers_of(world, run.pipeline)
    )
    (told,) = run.told.values()
    assert told["status"] == "withdrawn"


def test_gc7_forty_colleagues_on_one_team_case_give_no_signal() -> None:
    run = in_one_batch(team_queue())
    assert run.signals().is_empty()
    assert run.findings[0].judged["explanation"].to_list() == ["team-case"] * 40


def test_gc9_the_own_personnel_file_gives_no_signal() -> None:
    assert in_one_batch(own_personnel_file()).signals().is_empty()


def test_gc9_the_own_file_in_a_client_system_gives_one_signal() -> None:
    (signal,) = in_one_batch(own_file_in_client_system()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("own-file", "P", True)
    assert (signal["moment_count"], signal["lookup_count"]) == (2, 2)
    assert signal["raised_at"] == MONDAY
    assert signal["score"] == pytest.approx(sum(factor["points"] for factor in signal["factors"]))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("registers_arrive", [False, True], ids=["registers at hand", "registers arriving"])
def test_gc10_and_gc11_stream_with_faults_of_delivery_and_batch_give_the_same_signals(
    case: Case, registers_arrive: bool
) -> None:
    world = case()
    batch = in_one_batch(world).signals()
    for seed in range(2):
        run = deliver(world, Delivery(seed, slices=3, registers_arrive=registers_arrive), new_pipeline())
        assert_frame_equal(run.signals(), batch)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_gc10_a_history_scored_again_pushes_nothing_twice(case: Case) -> None:
    world = case()
    run = in_one_batch(world)
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    before = run.signals()
    again = run.feed(Slice(lookups, closed=True), registers_of(world, run.pipeline))
    assert run.revisions[-1].is_empty()
    assert again.archived.is_empty()
    assert_frame_equal(run.signals(), before)
    assert run.state.pushed["signal_id"].is_unique().all()
