"""Numbers in a row and an account at two places: however they arrive, and as they are told."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from services.core.bsn import numbers_near
from services.core.contract import LOOKUP
from services.core.eleven_proof import is_valid
from services.detector.pipeline import Pipeline, Slice
from tests.world import RING, Run, World, frame, in_one_batch, local, registers_of, settings

TEN = local("2025-03-11 10:00")
AWAY = {"workstation": "laptop", "location": "remote"}


def two_employees() -> World:
    world = World()
    for number in range(2):
        world.employee(number)
    return world


def in_a_row(persons: int = 10, seconds: int = 30) -> World:
    world = two_employees()
    for place in range(persons):
        world.look("e1", 100 + place, TEN + timedelta(seconds=seconds * place))
    return world


def to_and_fro() -> World:
    """Desk and laptop by turns, a minute apart, each on files of its own."""
    world = two_employees()
    for place in range(6):
        world.look("e1", 100 + place, TEN + timedelta(minutes=place), **(AWAY if place % 2 else {}))
    return world


def one_by_one(world: World, order: list[int]) -> Run:
    """Every lookup a slice of its own, with no digits but its own at hand, and a restart after each."""
    run = Run(Pipeline(settings(), RING))
    registers = registers_of(world, run.pipeline)
    lookups, numbers = run.pipeline.encoder.with_numbers(frame(LOOKUP, world.lookups))
    for place in order:
        piece = lookups[place : place + 1]
        run.feed(Slice(piece, numbers=numbers.join(piece, on="subject", how="semi")), registers)
        run.crash_and_resume()
    run.feed(Slice(lookups.clear(), closed=True), registers)
    return run


def of_rule(signals: pl.DataFrame, rule: str) -> dict[str, object]:
    return signals.filter(pl.col("rule") == rule).row(0, named=True)


@pytest.mark.slow
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the last first"])
def test_numbers_in_a_row_are_found_when_every_digit_is_gone_but_the_last(*, turned: bool) -> None:
    world = in_a_row()
    order = [*range(10)][:: -1 if turned else 1]
    assert one_by_one(world, order).signals().equals(in_one_batch(world).signals())
    assert of_rule(in_one_batch(world).signals(), "enumeration")["lookup_count"] == 10


@pytest.mark.slow
@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 2, 4]], ids=["in order", "shuffled"])
def test_two_places_are_found_line_by_line(order: list[int]) -> None:
    world = to_and_fro()
    assert one_by_one(world, order).signals().equals(in_one_batch(world).signals())
    told = of_rule(in_one_batch(world).signals(), "shared-account")
    assert (told["lookup_count"], told["raised_at"]) == (6, TEN + timedelta(minutes=2))


def test_what_is_told_of_the_pace_and_the_places_are_counts_of_the_log() -> None:
    told = of_rule(in_one_batch(in_a_row(10, 30)).signals(), "enumeration")
    assert "{'factor': 'pace', 'value': '30', " in str(told["factors"])
    assert "the files of 10 persons within 5 minutes with no work reason found (10 log lines)" in str(told["summary"])
    places = of_rule(in_one_batch(to_and_fro()).signals(), "shared-account")
    assert "6 log lines, 2 workstations" in str(places["summary"])
    assert "6 log lines: 3 at the office, 3 elsewhere" in str(places["facts_for"])


def test_no_digit_of_a_number_and_no_name_of_a_device_is_kept_or_told() -> None:
    for world in (in_a_row(), to_and_fro()):
        run = in_one_batch(world)
        kept = " ".join(str(table.to_dicts()) for table in run.state.tables().values()) + str(run.signals().to_dicts())
        assert not [row["bsn"] for row in world.lookups if str(row["bsn"]) in kept]
        assert "laptop" not in kept


def test_a_late_lookup_that_opens_a_file_at_both_places_takes_the_day_back() -> None:
    world = to_and_fro()
    run = in_one_batch(world)
    assert of_rule(run.signals(), "shared-account")["status"] == "open"
    world.look("e1", 100, TEN + timedelta(seconds=70), **AWAY)
    assert in_one_batch(world).signals().filter(pl.col("rule") == "shared-account").is_empty()
    late = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups[-1:]))
    run.feed(Slice(late, closed=True), registers_of(world, run.pipeline))
    assert run.signals().filter(pl.col("rule") == "shared-account").is_empty()
    assert [row["withdrawn_reason"] for row in run.told.values() if row["rule"] == "shared-account"] == ["recomputed"]


def test_the_volume_of_a_day_that_was_enumerated_is_a_child() -> None:
    world = in_a_row(12)
    for days in range(1, 20):
        for person in (50, 51):
            world.look("e1", person, TEN - timedelta(days=days))
    world.link(50, "e1", TEN - timedelta(days=60))
    world.link(51, "e1", TEN - timedelta(days=60))
    signals = in_one_batch(world).signals()
    assert of_rule(signals, "volume-own")["parent_id"] == of_rule(signals, "enumeration")["signal_id"]


def test_the_numbers_near_a_number_are_valid_and_others() -> None:
    number = next(number for number in range(961_000_000, 961_000_099) if is_valid(str(number)))
    near = numbers_near(number, 40)
    assert near == [other for other in range(number - 40, number + 41) if other != number and is_valid(str(other))]
    assert 6 <= len(near) <= 8
