"""Each lookup is admitted once, and of two contents under one id the same one wins whatever came first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.contract import LOOKUP
from services.core.pseudonyms import Pseudonymiser
from services.detector.admit import Admitted, admit, remembered
from services.detector.encode import Encoder
from services.detector.state.schemas import RECENT
from services.detector.state.tables import State
from tests.world import RING, World, frame, local

HORIZON, LAG = timedelta(days=2), timedelta(hours=25)
TEN = local("2025-03-11 10:00")


def encoded(world: World) -> pl.DataFrame:
    return Encoder(Pseudonymiser(RING), AgencyCalendar()).lookups(frame(LOOKUP, world.lookups))


def one_id(*systems: str) -> pl.DataFrame:
    """Lookups that differ in their system and carry one id."""
    world = World()
    for system in systems:
        world.look("e1", 50, TEN, system=system, lookup_id="same")
    return encoded(world)


def take_in(pieces: Sequence[pl.DataFrame]) -> tuple[State, list[Admitted]]:
    state, told = State(), []
    for piece in pieces:
        admitted = admit(piece, state, HORIZON)
        judged = admitted.lookups.with_columns(pl.lit(None, RECENT[name]).alias(name) for name in ("team", "linked_at"))
        state = replace(state, recent=remembered(state.recent, judged, admitted.replaced["lookup_id"], HORIZON + LAG))
        told.append(admitted)
    return state, told


def test_what_comes_twice_is_admitted_once_within_a_slice_and_across_slices() -> None:
    looks = one_id("sonar")
    _, (both, again) = take_in([pl.concat([looks, looks]), looks])
    assert both.lookups.equals(looks)
    assert (both.duplicates, again.duplicates) == (1, 1)
    assert again.lookups.is_empty()
    assert both.conflicts.is_empty()
    assert again.conflicts.is_empty()


def test_it_is_remembered_as_long_as_the_watermark_may_be_too_far_back_to_ask_the_archive() -> None:
    world = World()
    world.look("e1", 50, TEN)
    world.look("e1", 51, TEN + HORIZON + LAG)
    first, second = encoded(world)[:1], encoded(world)[1:]
    _, (*_, again) = take_in([first, second, first])
    assert again.lookups.is_empty()


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("slices", [1, 2, 3])
def test_the_smallest_content_wins_in_whatever_order_it_comes(order: tuple[int, ...], slices: int) -> None:
    looks = one_id("sonar", "suwinet", "werkmap")[list(order)]
    size = -(-3 // slices)
    state, told = take_in([looks[start : start + size] for start in range(0, 3, size)])
    smallest = looks["content"].min()
    assert state.recent["content"].to_list() == [smallest]
    last = [part.lookups for part in told if not part.lookups.is_empty()][-1]
    assert last["content"].to_list() == [smallest]


def test_the_content_that_lost_is_reported() -> None:
    looks = one_id("sonar", "suwinet").sort("content")
    _, (together,) = take_in([looks])
    assert together.conflicts["content"].to_list() == [looks["content"][1]]
    _, (_, later) = take_in([looks[:1], looks[1:]])
    assert later.conflicts["content"].to_list() == [looks["content"][1]]
    assert later.lookups.is_empty()


def test_content_that_wins_later_takes_back_what_was_admitted() -> None:
    looks = one_id("sonar", "suwinet").sort("content", descending=True)
    _, (_, later) = take_in([looks[:1], looks[1:]])
    assert later.replaced["lookup_id"].to_list() == ["same"]
    assert later.lookups["content"].to_list() == [looks["content"][1]]


def test_ids_far_older_than_the_latest_event_are_forgotten() -> None:
    world = World()
    world.look("e1", 50, TEN)
    world.look("e1", 50, TEN + HORIZON + LAG + timedelta(microseconds=1))
    state, _ = take_in([encoded(world)])
    assert state.recent["lookup_id"].to_list() == ["look1"]
