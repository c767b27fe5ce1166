"""Of each day one lookup counts, the first, whatever comes first to the engine and whatever is taken back."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.detector.pipeline import Pipeline, Slice
from services.detector.rules import STATEMENTS
from tests.world import RING, Run, World, frame, in_one_batch, local, registers_of, settings

NINE = local("2025-03-11 09:00")


@pytest.fixture
def world() -> World:
    made = World()
    made.employee(1)
    made.optional["statements"] = []
    for hour in range(3):
        made.look("e1", 60 + hour, NINE + timedelta(hours=hour), system="suwinet")
    return made


def fed(world: World, *slices: list[dict[str, object]]) -> Run:
    run = Run(Pipeline(settings(), RING))
    registers = registers_of(world, run.pipeline)
    for rows in slices:
        run.feed(Slice(run.pipeline.encoder.lookups(frame(LOOKUP, rows))), registers)
        run.crash_and_resume()
    run.feed(Slice(run.pipeline.encoder.lookups(frame(LOOKUP, [])), closed=True), registers)
    return run


def evidence(run: Run) -> list[str]:
    of_rule = run.signals().filter(pl.col("rule") == STATEMENTS)
    return [] if of_rule.is_empty() else list(of_rule["lookup_ids"].item())


def kept(run: Run) -> int:
    return run.state.contributions.filter(pl.col("family") == STATEMENTS).height


def test_the_first_of_a_day_counts_in_whatever_order_they_come(world: World) -> None:
    first, second, third = world.lookups
    for order in ([first], [second], [third]), ([third], [second], [first]), ([second], [first, third]):
        run = fed(world, *order)
        assert (evidence(run), kept(run)) == (["look0"], 1)


@pytest.mark.parametrize("reverse", [False, True])
def test_where_the_first_is_taken_back_the_next_one_counts(world: World, reverse: bool) -> None:
    first, *rest = world.lookups
    elsewhere = first | {"system": "sonar"}
    versions = [elsewhere, first] if reverse else [first, elsewhere]
    world.lookups = [*versions, *rest]
    run = fed(world, [versions[0], *rest], [versions[1]])
    assert evidence(run) == evidence(in_one_batch(world))
    assert kept(run) == 1


def test_one_of_the_two_versions_takes_the_first_lookup_away(world: World) -> None:
    """Else the test above proves nothing."""
    first, *rest = world.lookups
    systems = ("sonar", "werkmap", "polisadministratie", "peoplesoft")
    found = [evidence(fed(world, [first, *rest], [first | {"system": system}])) for system in systems]
    assert ["look1"] in found


def test_another_day_and_another_system_count_apart(world: World) -> None:
    world.look("e1", 70, NINE + timedelta(days=1), system="suwinet")
    world.look("e1", 71, NINE, system="sonar")
    both = Pipeline(settings(statement_systems=["suwinet", "sonar"]), RING)
    assert evidence(in_one_batch(world, both)) == ["look0", "look4", "look3"]
