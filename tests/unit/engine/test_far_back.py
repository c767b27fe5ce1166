"""News about long ago is read out of a real archive, and little else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.archive import Wanted
from services.core.contract import LOOKUP
from services.detector.pipeline import Findings, Pipeline, Slice
from services.detector.register_changes import differing
from services.detector.state.connection import reading
from services.detector.state.places import parts_with
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import an_owned_store
from tests.world import RING, Run, World, frame, in_one_batch, local, registers_of, settings

FIRST = local("2025-03-03 10:00")
WEEKS = 8
DAYS = [FIRST + timedelta(weeks=week, days=day) for week in range(WEEKS) for day in range(5)]
REGULAR, FORMER, NEW = 100, 101, 102
"""A client of every day, one of the first day only, and one who is looked at on the last day only."""
BUT_MOMENTS = ["pushed", "raised_at", "as_of", "content_hash"]


@dataclass
class FarBack:
    """A world of some weeks that was taken in day by day, over a store."""

    world: World
    store: Store
    run: Run = field(default_factory=lambda: Run(Pipeline(settings(), RING)))
    asked: list[Wanted] = field(default_factory=list)
    """Since the last step began."""
    parts: set[int] = field(default_factory=set)
    """Of the archive, which were read for it."""

    def __post_init__(self) -> None:
        self.run.state = replace(self.run.state, archive=self._archive)
        self.registers = registers_of(self.world, self.run.pipeline)

    def _archive(self, wanted: Wanted) -> pl.DataFrame:
        self.asked.append(wanted)
        with reading(self.store._engine) as connection:
            self.parts.update(parts_with(connection, wanted))
        return self.store.archive(wanted)

    def take(self, rows: list[dict[str, object]], *, closed: bool = False) -> Findings:
        """One step with these lookups and whatever changed in the registers."""
        before, self.registers = self.registers, registers_of(self.world, self.run.pipeline)
        who, whom = differing(before, self.registers)
        self.asked.clear()
        self.parts.clear()
        lookups = self.run.pipeline.encoder.lookups(frame(LOOKUP, rows))
        piece = Slice(lookups, closed=closed, changed_employees=who, changed_subjects=whom)
        found = self.run.feed(piece, self.registers)
        self.store.commit(Commit({}, lookups=found.archived))
        return found

    def assert_like_one_batch(self) -> None:
        batch = in_one_batch(self.world)
        assert_frame_equal(self.run.signals().drop(BUT_MOMENTS), batch.signals().drop(BUT_MOMENTS))


@pytest.fixture
def far_back(tmp_path: Path) -> Iterator[FarBack]:
    world = World()
    for number in (1, 2):
        world.employee(number)
        world.link(REGULAR, f"e{number}", FIRST - timedelta(days=1))
    world.link(FORMER, "e2", FIRST - timedelta(days=1), valid_to=DAYS[3])
    for day in DAYS:
        for number in (1, 2):
            world.look(f"e{number}", REGULAR, day + timedelta(minutes=number))
    world.look("e2", FORMER, DAYS[0])
    world.look("e1", NEW, DAYS[-1])
    with an_owned_store(tmp_path / "s.sqlite") as store:
        made = FarBack(world, store)
        for day in DAYS:
            made.take([row for row in world.lookups if row["occurred_at"].date() == day.date()])  # type: ignore[attr-defined]
        yield made


def test_a_new_link_reads_the_days_on_which_its_person_was_looked_at(far_back: FarBack) -> None:
    far_back.world.link(NEW, "e1", DAYS[-1], registered_at=DAYS[-1] + timedelta(hours=2))
    far_back.take([])
    assert len(far_back.parts) == 1
    assert far_back.run.state.contributions.filter(pl.col("counts_until").is_null()).is_empty()


def test_a_link_of_somebody_at_whom_nobody_looked_reads_nothing(far_back: FarBack) -> None:
    far_back.world.link(200, "e1", DAYS[-1])
    far_back.take([])
    assert far_back.parts == set()


def test_a_link_that_explains_nothing_new_has_no_day_counted_anew(far_back: FarBack) -> None:
    far_back.world.link(REGULAR, "e1", DAYS[-1], kind="task")
    far_back.take([])
    judged, sequences = far_back.asked
    assert judged.days is None
    assert sequences.subjects is None
    assert len(far_back.parts) == len(DAYS)


def withdrawn(world: World) -> None:
    world.links = [row for row in world.links if row["link_id"] != "link2"]


def corrected(world: World) -> None:
    """Who registered it had the wrong employee."""
    world.links[2] |= {"assignee_id": "e1"}


def ended_before(world: World) -> None:
    world.links.append(world.links[2] | {"registered_at": DAYS[-1], "valid_to": FIRST - timedelta(hours=1)})


@pytest.mark.parametrize("change", [withdrawn, corrected, ended_before])
def test_a_change_of_a_link_of_long_ago_reaches_the_lookups_of_long_ago(
    far_back: FarBack, change: Callable[[World], None]
) -> None:
    change(far_back.world)
    far_back.take([], closed=True)
    far_back.assert_like_one_batch()
    counting = far_back.run.state.contributions.filter(pl.col("counts_until").is_null())
    assert (counting["day"] == DAYS[0].date()).any() == (change is not ended_before)
    assert len(far_back.parts) <= 1 + 2 * (change is not ended_before)


def test_a_lookup_that_comes_again_beyond_the_horizon_is_found_in_its_one_part(far_back: FarBack) -> None:
    found = far_back.take([far_back.world.lookups[7]])
    assert (found.duplicates, found.archived.height, found.conflicts.height) == (1, 0, 0)
    assert len(far_back.parts) == 1


def test_beyond_the_horizon_too_one_content_of_an_id_wins_whoever_it_names(far_back: FarBack) -> None:
    conflicts = 0
    for place, number in ((2, 2), (4, 2), (9, 1), (11, 1)):
        other = {"employee_id": f"e{number}", "occurred_at": DAYS[20] + timedelta(minutes=place), "system": "werkmap"}
        far_back.world.lookups.append(far_back.world.lookups[place] | other)
        found = far_back.take(far_back.world.lookups[-1:], closed=place == 11)
        assert found.duplicates == 0
        conflicts += found.conflicts.height
    assert 0 < conflicts < 4
    far_back.assert_like_one_batch()


def test_a_lookup_that_was_never_seen_reads_only_its_own_day(far_back: FarBack) -> None:
    late = far_back.world.look("e1", NEW, DAYS[9])
    far_back.take([far_back.world.lookups[-1]], closed=True)
    assert late in far_back.run.state.contributions["lookup_id"].to_list()
    assert len(far_back.parts) <= 3
    far_back.assert_like_one_batch()
