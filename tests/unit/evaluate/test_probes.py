"""Made-up looks at open cases: who could be drawn, and what the engine makes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP
from services.detector.evaluate.figures import Share
from services.detector.evaluate.open_cases import OpenCases
from services.detector.evaluate.probes import OTHER, OWN, Reason, draw, moments, result
from services.detector.evaluate.probing import History, open_history, probe
from tests.datasets import lines, write_registers
from tests.unit.evaluate.agency import START, TEAMS, three_teams
from tests.world import BSNS, World, frame, settings


def at(days: float) -> int:
    """Microseconds of a moment so many days after the start."""
    return int((START + timedelta(days=days)).timestamp() * 1_000_000)


def cases_of(world: World) -> OpenCases:
    return OpenCases(frame(CASE_LINK, world.links), frame(EMPLOYEE, world.employees))


def drawn_from(world: World, number: int = 20, seed: int = 1) -> pl.DataFrame:
    staff = frame(EMPLOYEE, world.employees)
    real = moments(frame(LOOKUP, world.lookups).lazy(), number, seed)
    return draw(real, cases_of(world), staff, number, seed)


@pytest.fixture
def dataset(tmp_path: Path) -> Callable[[World], History]:
    def written(world: World) -> History:
        folder = tmp_path / "agency"
        write_registers(world, folder)
        (folder / "lookups" / "part.ndjson").write_bytes(lines(LOOKUP, world.lookups))
        return open_history(folder)

    return written


def test_only_cases_that_are_open_at_the_moment_are_drawn_and_contacts_never() -> None:
    world = World()
    world.employee(0)
    world.link(20, "T1", START, valid_to=START + timedelta(days=2))
    world.link(21, "T1", START + timedelta(days=1))
    world.link(22, "T1", START, kind="contact")
    cases, rng = cases_of(world), np.random.default_rng(1)

    def found(days: float) -> set[str | None]:
        drawn = (cases.draw(at(days), rng) for _ in range(50))
        return {None if case is None else case.bsn for case in drawn}

    assert [found(-1), found(0.5), found(1.5), found(3)] == [{None}, {BSNS[20]}, {BSNS[20], BSNS[21]}, {BSNS[21]}]


def test_a_personal_case_lies_with_the_team_that_its_holder_is_in_at_the_time() -> None:
    world = World()
    world.employee(0, "T1", valid_to=START)
    world.employee(0, "T2", valid_from=START)
    world.link(20, "e0", START - timedelta(days=5))
    cases = cases_of(world)
    assert [case.team for day in (-1, 1) for case in cases.of_person(BSNS[20], at(day))] == ["T1", "T2"]


def test_probes_are_copies_of_real_looks_a_moment_later_at_persons_the_looker_has_no_case_of() -> None:
    world = three_teams()
    drawn = drawn_from(world)
    team = {f"e{number}": TEAMS[number // 2] for number in range(6)}
    place = {bsn: (number - 20) // 10 for number, bsn in enumerate(BSNS) if 20 <= number < 50}
    assert set(drawn["sort"]) == {OTHER, OWN}
    real = {(str(look["employee_id"]), look["occurred_at"]) for look in world.lookups}
    for row in drawn.iter_rows(named=True):
        own = team[row["employee_id"]] == TEAMS[place[row["bsn"]]]
        assert own == (row["sort"] == OWN)
        assert (row["employee_id"], row["occurred_at"] - timedelta(seconds=30)) in real
        assert row["case_id"] is None
        holder = f"e{2 * place[row['bsn']]}" if row["bsn"] in (BSNS[25], BSNS[35], BSNS[45]) else None
        assert row["employee_id"] != holder


def test_no_looker_and_no_person_has_two_probes_on_one_day() -> None:
    drawn = drawn_from(three_teams()).with_columns(day=pl.col("occurred_at").dt.date())
    for name in ("employee_id", "bsn"):
        assert not drawn.select(name, "day").is_duplicated().any()


def test_equal_seeds_make_equal_probes_whatever_the_order_of_rows() -> None:
    world, turned = three_teams(), three_teams()
    for rows in (turned.lookups, turned.links, turned.employees):
        rows.reverse()
    assert drawn_from(world).equals(drawn_from(turned))
    assert not drawn_from(world).equals(drawn_from(world, seed=2))


def test_what_was_explained_is_told_per_sort_with_its_reasons() -> None:
    drawn = pl.DataFrame({"lookup_id": ["a", "b", "c", "d"], "sort": [OTHER, OTHER, OWN, OWN]})
    states = pl.DataFrame(
        {
            "lookup_id": ["a", "b", "c", "d"],
            "explained": [False, True, True, True],
            "explanation": [None, "aftercare", "team-case", "team-case"],
        }
    )
    found = result(drawn, states, teams=7, seed=3)
    assert (found.other_teams, found.own_team, found.teams) == (Share(1, 2), Share(2, 2), 7)
    assert (found.other_reasons, found.own_reasons) == ((Reason("aftercare", 1),), (Reason("team-case", 2),))


@pytest.mark.slow
def test_a_team_case_explains_looks_of_the_team_and_nothing_explains_those_of_others(
    dataset: Callable[[World], History],
) -> None:
    found = probe(dataset(three_teams()), settings(mistyped_seconds=0), number=20, seed=1)
    assert found.teams == 3
    assert found.other_teams.of > 5
    assert found.other_teams.count == 0
    # team cases explain; of a colleague's own case only who stands in for an absent colleague is explained, and
    # nobody is absent here
    explained = {reason.explanation for reason in found.own_reasons}
    assert explained == {"team-case"}
    assert 0 < found.own_team.count < found.own_team.of


@pytest.mark.slow
def test_the_settings_of_the_agency_decide_what_explains_a_probe(dataset: Callable[[World], History]) -> None:
    world = three_teams()
    for link in world.links:
        link["valid_to"] = START + timedelta(days=6)
    for extra in range(3):
        world.link(20 + 10 * extra + 1, TEAMS[(extra + 1) % 3], START - timedelta(days=30), valid_to=START)
    history = dataset(world)
    lenient, strict = (
        probe(history, settings(aftercare_days=days, mistyped_seconds=0), number=20, seed=1) for days in (30, 0)
    )
    assert lenient.other_teams.count > strict.other_teams.count == 0


def test_lookups_are_read_alike_whatever_the_order_of_columns_and_the_kind_of_file(
    dataset: Callable[[World], History], tmp_path: Path
) -> None:
    world = three_teams()
    decoded = dataset(world).lookups.sort("lookup_id").collect()
    folder = tmp_path / "agency" / "lookups"
    (folder / "part.ndjson").unlink()
    rows = frame(LOOKUP, world.lookups)
    rows.select(sorted(rows.columns)).write_parquet(folder / "part-0.parquet")
    scanned = open_history(folder.parent).lookups
    assert scanned.sort("lookup_id").collect().equals(decoded)
    (folder / "part-1.parquet").write_bytes(b"not parquet")
    assert open_history(folder.parent).lookups.sort("lookup_id").collect().equals(decoded)
