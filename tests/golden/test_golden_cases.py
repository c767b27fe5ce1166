"""The court cases of the domain as acceptance tests.

GC10 and GC11 run over the others: in one batch, in slices, shuffled, doubled and with crashes between.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.contract import LOOKUP
from services.detector.pipeline import Pipeline, Slice
from tests.golden.worlds import (
    CASES,
    MONDAY,
    Case,
    emergency_button,
    ex_partner,
    known_person,
    late_link_after_ten_days,
    late_link_within_grace,
    own_file_in_client_system,
    own_personnel_file,
    own_street,
    self_made_link,
    team_queue,
    wrong_number,
)
from tests.properties.delivery import Delivery, deliver
from tests.world import RING, Run, frame, in_one_batch, local, registers_of, settings


def points(signal: dict[str, object]) -> dict[str, float]:
    """Points by factor."""
    factors = signal["factors"]
    assert isinstance(factors, list)
    return {factor["factor"]: factor["points"] for factor in factors}


def new_pipeline() -> Pipeline:
    return Pipeline(settings(), RING)


def test_gc1_the_own_street_is_one_signal_within_thirty_days_of_the_start() -> None:
    (signal,) = in_one_batch(own_street()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("own-street", "B", True)
    assert signal["subject"] is None
    assert (signal["lookup_count"], len(signal["lookup_ids"])) == (350, 350)
    assert signal["raised_at"] - signal["first_lookup_at"] < timedelta(days=30)
    assert points(signal)["own-street"] > 0
    assert points(signal)["found-by-address"] > 0


def test_gc2_the_former_partner_is_one_signal_with_both_counts() -> None:
    (signal,) = in_one_batch(ex_partner()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["pushed"]) == ("ex-partner-file", True)
    assert (signal["lookup_count"], signal["moment_count"], signal["day_count"]) == (347, 79, 79)
    counted = next(fact["en"] for fact in signal["facts_for"] if fact["code"] == "number-of-consultations")
    assert counted == "The file was consulted at 79 moments, spread over 79 days (347 log lines)."
    assert "break-glass" in points(signal)


@pytest.mark.parametrize(("case", "employees"), [(known_person, 85), (emergency_button, 160)], ids=["GC3", "GC4"])
def test_a_crowd_is_one_signal_on_the_person_with_the_employees_under_it(case: Case, employees: int) -> None:
    signals = in_one_batch(case()).signals()
    (parent,) = signals.filter(pl.col("rule") == "curiosity-burst").iter_rows(named=True)
    assert (parent["employee_id"], parent["rule_class"], parent["pushed"]) == (None, "P", True)
    assert (parent["lookup_count"], parent["moment_count"]) == (employees, employees)
    children = signals.filter(pl.col("parent_id") == parent["signal_id"])
    assert children.height == employees
    assert signals.height == employees + 1
    assert children["subject"].unique().to_list() == [parent["subject"]]
    assert not children["pushed"].any()


def test_gc4_the_emergency_button_is_a_factor() -> None:
    signals = in_one_batch(emergency_button()).signals()
    assert all("break-glass" in points(signal) for signal in signals.iter_rows(named=True))
    assert not any("break-glass" in points(signal) for signal in in_one_batch(known_person()).signals().to_dicts())


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


def test_gc8_a_wrong_number_corrected_a_minute_later_gives_no_signal() -> None:
    run = in_one_batch(wrong_number())
    assert run.signals().is_empty()
    assert run.state.contributions["excuse"].to_list() == ["mistyped"]


def test_gc9_the_own_personnel_file_gives_no_signal() -> None:
    assert in_one_batch(own_personnel_file()).signals().is_empty()


def test_gc9_the_own_file_in_a_client_system_gives_one_signal() -> None:
    (signal,) = in_one_batch(own_file_in_client_system()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("own-file", "P", True)
    assert (signal["moment_count"], signal["lookup_count"]) == (2, 2)
    assert signal["raised_at"] == MONDAY
    assert signal["score"] == pytest.approx(sum(factor["points"] for factor in signal["factors"]))


def test_gc12_a_link_that_the_looker_registers_the_next_day_is_a_signal_of_its_own() -> None:
    (signal,) = in_one_batch(self_made_link()).signals().iter_rows(named=True)
    assert (signal["rule"], signal["rule_class"], signal["pushed"]) == ("retroactive-link", "P", True)
    assert signal["raised_at"] == MONDAY + timedelta(days=1)
    assert "registered the case link for it only afterwards, on 2025-03-04" in signal["summary"]


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
