"""Registers held as integers are those of the files, come back from their tables, and hold no digits."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.errors import DoelbindingError
from services.detector.further import report_margins
from services.detector.pipeline import Pipeline
from services.detector.register_topics.held import Held
from services.detector.register_topics.messages import News
from services.detector.registers import Registers, registers_of
from tests.unit.registers.worlds import news_of
from tests.world import BSNS, LONG_AGO, RING, World, local, settings
from tests.world import registers_of as registers_of_files

MARCH = local("2025-03-03 00:00")
SOURCES = ("declared", "eigen-personeel", "brp")


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline(settings(), RING)


@pytest.fixture
def world() -> World:
    """All registers, with rows that replace and contradict each other."""
    made = World()
    for number, team in ((1, "T1"), (2, "T1"), (3, "T2")):
        made.employee(number, team)
    made.employee(3, "T3", valid_from=MARCH, hours_per_week=20.0)
    made.link(50, "e1", MARCH)
    made.link(51, "T1", MARCH, kind="review")
    made.link(52, "e2", MARCH, link_id="link0", registered_at=MARCH + timedelta(days=2))
    made.relation("e1", 60, "partner")
    made.relation("e2", 61, "child", "brp")
    made.add("case_parties", case_id="case1", bsn=BSNS[70], kind="partner", valid_from=MARCH, registered_at=MARCH)
    made.add("statements", employee_id="e1", system="suwinet", valid_from=LONG_AGO)
    made.add("absences", employee_id="e2", kind="leave", valid_from=MARCH)
    made.add("self_reports", report_id="r", employee_id="e1", bsn=BSNS[71], occurred_at=MARCH, registered_at=MARCH)
    return made


def held_of(world: World, pipeline: Pipeline) -> Held:
    held = Held(pipeline.encoder)
    for news in news_of(world):
        held.take(news)
    held.settle()
    return held


def in_force(held: Held, pipeline: Pipeline) -> Registers:
    return registers_of(held.rows(), held.links, SOURCES, report_margins(pipeline.settings, pipeline.calendar))


def assert_same(found: Registers, expected: Registers) -> None:
    """All but the ids of links, which are texts in one of them."""
    for name in (field.name for field in fields(Registers)):
        parts = [getattr(each, name) for each in (found, expected)]
        frames = [part if isinstance(part, pl.DataFrame) else part.frame for part in parts]
        assert_frame_equal(*(each.drop("link_id", strict=False) for each in frames), check_row_order=False)


def test_they_are_the_registers_of_the_files(world: World, pipeline: Pipeline) -> None:
    assert_same(in_force(held_of(world, pipeline), pipeline), registers_of_files(world, pipeline))


def test_an_optional_register_is_there_from_its_first_row_on(pipeline: Pipeline) -> None:
    plain = World()
    plain.employee(1)
    plain.link(50, "e1", MARCH)
    held = held_of(plain, pipeline)
    assert held.rows().statements is None
    plain.add("statements", employee_id="e1", system="suwinet", valid_from=LONG_AGO)
    held.take(news_of(plain)[-1])
    assert held.settle().registers == {"statements"}
    assert held.rows().statements is not None


def test_the_last_word_on_a_version_counts_across_several_news(world: World, pipeline: Pipeline) -> None:
    held = held_of(world, pipeline)
    links, employees = news_of(world)[:2]
    nothing = employees.rows.clear()
    held.take(News("employees", nothing, pl.Series("version", [0, 1], dtype=pl.Int64), pl.DataFrame()))
    held.take(News("employees", employees.rows[1:2], employees.gone, pl.DataFrame()))
    held.take(News("case-links", links.rows.clear(), pl.Series("version", [2], dtype=pl.Int64), pl.DataFrame()))
    held.settle()
    world.employees.pop(0)
    world.links.pop(2)
    assert_same(in_force(held, pipeline), registers_of_files(world, pipeline))


def test_without_employees_or_links_nobody_can_be_judged(pipeline: Pipeline) -> None:
    only = World()
    only.employee(1)
    assert not held_of(only, pipeline).usable
    only.link(50, "e1", MARCH)
    assert held_of(only, pipeline).usable


def test_tables_come_back_as_they_were(world: World, pipeline: Pipeline) -> None:
    before, after = held_of(world, pipeline), Held(pipeline.encoder)
    after.restore(before.frames())
    assert_same(in_force(after, pipeline), in_force(before, pipeline))


def test_tables_of_another_release_are_refused(world: World, pipeline: Pipeline) -> None:
    frames = held_of(world, pipeline).frames()
    with pytest.raises(DoelbindingError, match="other tables or columns"):
        Held(pipeline.encoder).restore(frames | {"employees": frames["employees"].drop("role")})


def test_tables_hold_no_identities(world: World, pipeline: Pipeline) -> None:
    names = (
        set(BSNS)
        | {"e1", "e2", "e3", "T1", "T2"}
        | {f"{kind}{number}" for kind in ("link", "case") for number in range(3)}
    )
    for frame in held_of(world, pipeline).frames().values():
        for column in frame.select(pl.col(pl.String)).iter_columns():
            assert not names & set(column.drop_nulls().to_list())
        for column in frame.select(pl.col(pl.Int64)).iter_columns():
            assert not {int(bsn) for bsn in BSNS} & set(column.drop_nulls().to_list())
