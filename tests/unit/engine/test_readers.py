"""Readers of signals are judged, and nothing about anybody else changes with them."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.reading import READER_RULES, SYSTEM
from services.detector.pipeline import Pipeline, Slice
from services.detector.register_changes import differing
from services.detector.state.tables import State
from services.detector.watermark import watermark
from tests.properties.agency import random_agency
from tests.properties.delivery import Delivery, deliver
from tests.properties.readers import a_read
from tests.world import BSNS, RING, Run, World, frame, in_one_batch, local, registers_of, settings

AT = local("2025-03-11 10:00")
ABOUT_READERS = pl.col("rule").is_in(READER_RULES)


def office() -> World:
    """Readers e1 and e2 share a team, e3 to e6 have one each; all of them look at a client's file as work."""
    world = World()
    for number in range(1, 7):
        world.employee(number, team="T1" if number < 3 else f"T{number}")
        world.link(100 + number, f"e{number}", AT - timedelta(days=30))
        world.look(f"e{number}", 100 + number, AT - timedelta(hours=number))
    return world


def account(number: int) -> str:
    return employee_pseudonym(RING, f"e{number}")


def person(number: int) -> str:
    return subject_pseudonym(RING, BSNS[number])


def rules(run: Run) -> list[str]:
    return run.signals().filter(pl.col("status") == "open")["rule"].sort().to_list()


def fed(run: Run, world: World, *, before: World | None = None, closed: bool = False) -> None:
    """One slice with all lookups of the world, after whatever changed in its registers."""
    registers = registers_of(world, run.pipeline)
    who, whom = differing(registers_of(before or world, run.pipeline), registers)
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    run.feed(Slice(lookups, changed_employees=who, changed_subjects=whom, closed=closed), registers)


def also(world: World) -> World:
    """The same agency, to be changed apart."""
    copies = ([*rows] for rows in (world.employees, world.links, world.relations, world.lookups))
    return World(*copies)


class TestApart:
    @pytest.mark.slow
    def test_reads_change_no_signal_about_anybody_else(self) -> None:
        world = random_agency(3)
        without = also(world)
        without.optional = world.optional
        without.lookups = [row for row in world.lookups if row["system"] != SYSTEM]
        signals = in_one_batch(world).signals()
        assert set(signals.filter(ABOUT_READERS)["rule"]) == set(READER_RULES)
        assert signals.filter(~ABOUT_READERS).equals(in_one_batch(without).signals())

    @pytest.mark.slow
    def test_nor_does_a_stream_of_them_push_anything_else(self) -> None:
        world = random_agency(4)
        run = deliver(world, Delivery(4, slices=6), Pipeline(settings(budget={"per_thousand_a_week": 100}), RING))
        batch = in_one_batch(world, Pipeline(settings(budget={"per_thousand_a_week": 100}), RING))
        assert run.state.pushed.sort("signal_id").equals(batch.state.pushed.sort("signal_id"))
        assert run.state.progress.balance == batch.state.progress.balance

    def test_their_signals_draw_no_tokens(self) -> None:
        world = office()
        quiet = in_one_batch(world).state.progress.balance
        for number in range(3, 7):
            a_read(world, f"e{number}", account(number), AT)
        run = in_one_batch(world)
        assert rules(run) == ["reader-with-interest"] * 4
        assert run.state.progress.balance == quiet

    def test_no_table_of_work_holds_a_read(self) -> None:
        world = office()
        for number in range(20):
            a_read(world, "e3", person(200 + number), AT + timedelta(minutes=number), data_categories=["identity"])
        state = in_one_batch(world).state
        for name in ("contributions", "recent", "system_days", "looked"):
            assert SYSTEM not in state.tables()[name]["system"].to_list(), name
        reader = pl.col("employee") == state.reads["employee"][0]
        assert state.features.filter(reader)["workload"].to_list() == [1]
        assert state.reads.height == 20

    def test_reads_hold_nobody_back(self) -> None:
        latest = [(SYSTEM, AT - timedelta(hours=20)), ("sonar", AT)]
        clocks = pl.DataFrame(
            [("p", *row) for row in latest],
            schema={"partition": pl.String(), "system": pl.String(), "latest": pl.Datetime("us", "UTC")},
            orient="row",
        )
        assert watermark(clocks, None, settings()) == AT - timedelta(hours=1)
        assert watermark(clocks.head(1), None, settings()) == AT - timedelta(hours=21)


class TestInterest:
    @pytest.mark.parametrize("about", [account(4), person(4)], ids=["by account", "by person"])
    @pytest.mark.parametrize("of", [("e3", 4), ("e4", 3)], ids=["declared", "declared by the other"])
    def test_a_relation_that_is_registered_later_is_told_of_an_earlier_read(
        self, about: str, of: tuple[str, int]
    ) -> None:
        world, run = office(), Run(Pipeline(settings(), RING))
        a_read(world, "e3", about, AT, case_id="item-1")
        fed(run, world)
        assert rules(run) == []
        known = also(world)
        later = AT + timedelta(days=4)
        known.relation(*of, "sibling", registered_at=later)
        known.lookups = []
        known.look("e5", 105, later + timedelta(days=3))
        fed(run, known, before=world)
        [signal] = run.signals().filter(ABOUT_READERS).to_dicts()
        assert signal["rule"] == "reader-with-interest"
        assert signal["raised_at"] == later

    def test_a_colleague_whose_team_is_corrected_was_none_of_the_team(self) -> None:
        world, run = office(), Run(Pipeline(settings(), RING))
        a_read(world, "e1", account(2), AT, case_id="item-1")
        fed(run, world)
        assert rules(run) == ["reader-with-interest"]
        corrected = also(world)
        corrected.employees = [
            row | {"team_id": "T9"} if row["employee_id"] == "e2" else row for row in world.employees
        ]
        corrected.lookups = []
        fed(run, corrected, before=world)
        assert rules(run) == []
        assert [row["withdrawn_reason"] for row in run.told.values()] == ["recomputed"]

    def test_a_read_whose_content_was_another_is_taken_back(self) -> None:
        world, run = office(), Run(Pipeline(settings(), RING))
        for place in range(8):
            a_read(world, "e3", account(3), AT + timedelta(minutes=place), case_id="item-1")
        fed(run, world)
        assert rules(run) == ["reader-with-interest"]
        other = also(world)
        other.lookups = [row | {"subject_pseudonym": account(5)} for row in world.lookups if row["system"] == SYSTEM]
        fed(run, other)
        conflicts = run.findings[-1].conflicts.height
        [signal] = run.signals().filter(ABOUT_READERS).to_dicts()
        assert 0 < conflicts < 8
        assert signal["lookup_count"] == conflicts


class TestDays:
    def test_a_read_that_comes_late_can_make_a_day_usual(self) -> None:
        run = Run(Pipeline(settings(), RING))
        world = office()
        for day in range(20):
            a_read(world, "e4", person(200), AT - timedelta(days=25 - day), case_id="item-1")
        for place in range(6):
            a_read(world, "e3", person(210 + place), AT + timedelta(minutes=place), **OPENED)
        world.look("e5", 105, AT + timedelta(days=3))
        fed(run, world)
        assert rules(run) == ["reveal-rate"]
        late = also(world)
        late.lookups = [
            a_late_read(world, AT - timedelta(days=25 - day, hours=-place)) for day in range(20) for place in range(2)
        ]
        fed(run, late)
        assert rules(run) == []

    def test_a_day_is_decided_when_it_is_over(self) -> None:
        world, run = office(), Run(Pipeline(settings(), RING))
        for place in range(10):
            a_read(world, "e3", person(210 + place), AT + timedelta(minutes=place), **OPENED)
        fed(run, world)
        assert rules(run) == []
        world.lookups = []
        world.look("e5", 105, local("2025-03-12 01:30"))
        fed(run, world)
        [signal] = run.signals().filter(ABOUT_READERS).to_dicts()
        assert signal["raised_at"] == local("2025-03-12 00:00")
        assert signal["comparison"] == [{"day": AT.date(), "own": 10, "expected": 0.0, "peers": 0.0}]

    def test_a_busy_reader_does_not_hide_another(self) -> None:
        world = office()
        for day in range(20):
            for reader in (4, 5, 6):
                a_read(world, f"e{reader}", person(200), AT - timedelta(days=22 - day), case_id="item-1")
        for place in range(40):
            a_read(world, "e4", person(220 + place), AT - timedelta(days=1, minutes=-place), **OPENED)
        for place in range(6):
            a_read(world, "e3", person(210 + place), AT + timedelta(minutes=place), **OPENED)
        assert rules(in_one_batch(world)) == ["reveal-rate", "reveal-rate"]


OPENED: dict[str, object] = {"case_id": "item-1", "data_categories": ["identity"]}


def a_late_read(world: World, at: datetime) -> dict[str, object]:
    """An identity that e4 opened, of which the detector hears later."""
    name = a_read(world, "e4", person(300 + len(world.lookups)), at, **OPENED)
    return next(row for row in world.lookups if row["lookup_id"] == name)


def test_a_state_from_before_there_were_readers_is_taken_over() -> None:
    tables = {name: rows for name, rows in State().tables().items() if "read" not in name}
    assert State.restore(tables).read_contributions.is_empty()
