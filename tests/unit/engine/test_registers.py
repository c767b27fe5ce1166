"""Registers as indexes: the rows of some keys, and which version of a link was the newest when."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.contract import CASE_LINK, EMPLOYEE, RELATION
from services.core.pseudonyms import Pseudonymiser
from services.detector.encode import Encoder
from services.detector.register_index import Index
from services.detector.registers import Registers, build_registers
from tests.world import RING, World, frame, in_one_batch, local

MARCH, APRIL, MAY = (local(f"2025-0{month}-01 00:00") for month in (3, 4, 5))


def registers(world: World) -> Registers:
    encoder = Encoder(Pseudonymiser(RING), AgencyCalendar())
    return build_registers(
        encoder,
        frame(CASE_LINK, world.links),
        frame(EMPLOYEE, world.employees),
        frame(RELATION, world.relations),
        ("declared",),
    )


@pytest.fixture
def index() -> Index:
    """Keys 0, 10, ... 990 with two rows each, in no order."""
    keys = [10 * (37 * place % 100) for place in range(100)] * 2
    rows = pl.DataFrame({"key": keys, "number": range(200)})
    return Index(rows.with_columns(valid_from=pl.lit(MARCH), known_from=pl.lit(MARCH)), "key")


def keys_of(index: Index, *keys: int | None) -> list[int]:
    return sorted(index.rows(pl.Series(keys, dtype=pl.Int64))["key"].to_list())


def test_it_hands_back_all_rows_of_the_keys_asked_for_and_no_others(index: Index) -> None:
    assert keys_of(index, 20, 990, 0) == [0, 0, 20, 20, 990, 990]


def test_a_key_asked_for_twice_gives_its_rows_once(index: Index) -> None:
    assert keys_of(index, 20, 20) == [20, 20]


def test_unknown_keys_and_nulls_have_no_rows(index: Index) -> None:
    assert keys_of(index, 15, -1, 1_000_000, None) == []
    assert keys_of(index, 15, 20, None) == [20, 20]


def test_asked_for_many_keys_it_may_hand_back_more_but_never_less(index: Index) -> None:
    many = list(range(0, 500, 10))
    assert set(many) <= set(keys_of(index, *many))


def test_an_empty_register_has_no_rows_for_anybody() -> None:
    assert registers(World()).links.rows(pl.Series([1, 2])).is_empty()


def versions(world: World) -> list[tuple[datetime, datetime | None]]:
    links = registers(world).links.frame.sort("known_from")
    return list(links.select("known_from", "known_until").iter_rows())


def test_each_version_of_a_link_is_the_newest_until_the_next_is_known() -> None:
    world = World()
    for known in (APRIL, MARCH, MAY):
        world.link(50, "e1", MARCH, link_id="corrected", registered_at=known)
    assert versions(world) == [(MARCH, APRIL), (APRIL, MAY), (MAY, None)]


def test_links_of_different_ids_do_not_replace_each_other() -> None:
    world = World()
    world.link(50, "e1", MARCH)
    world.link(50, "e1", APRIL)
    assert versions(world) == [(MARCH, None), (APRIL, None)]


@pytest.mark.parametrize("turned", [False, True], ids=["in one order", "in the other order"])
def test_of_two_rows_with_one_id_and_one_registration_the_same_one_stays(turned: bool) -> None:
    world = World()
    world.link(50, "e1", MARCH, link_id="double")
    world.link(50, "e2", MARCH, link_id="double")
    world.links.sort(key=lambda row: str(row["assignee_id"]), reverse=turned)
    (kept,) = registers(world).links.frame["assignee"].to_list()
    world.links.reverse()
    assert registers(world).links.frame["assignee"].to_list() == [kept]


def test_relations_of_a_source_that_is_off_are_not_in_the_register() -> None:
    world = World()
    world.relation("e1", 50, "partner")
    world.relation("e1", 51, "partner", source="brp")
    assert registers(world).relations.frame["source"].to_list() == ["declared"]


def test_the_headcount_is_of_people_in_service_not_of_rows() -> None:
    world = World()
    world.employee(1, valid_from=MARCH, valid_to=APRIL)
    world.employee(1, team="T2", valid_from=APRIL)
    world.employee(2, valid_from=MAY)
    known = registers(world)
    assert [known.headcount(at) for at in (MARCH, APRIL, MAY)] == [1, 1, 2]


def test_somebody_without_a_known_bsn_works_like_anybody_else_and_is_nobodys_colleague_by_number() -> None:
    world = World()
    hired = world.employee(1, bsn=None)
    world.employee(1, team="T2", bsn=None, valid_from=MAY)
    world.employee(2, bsn=None)
    world.link(100, "T1", MARCH)
    world.link(101, "T2", MARCH)
    world.look(hired, 100, APRIL)
    world.look(hired, 101, MAY)
    assert registers(world).staff.frame.is_empty()
    run = in_one_batch(world)
    assert run.findings[0].judged["explanation"].to_list() == ["team-case"] * 2
    assert run.signals().is_empty()
