"""The table of quality: figures of several sets put together, aims met or not, and a page that is kept around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from benchmarks.markers import begin, end, refreshed
from benchmarks.quality_table import pooled
from benchmarks.quality_table.aims import Aim, aims
from benchmarks.quality_table.judged import (
    Between,
    Budget,
    Burden,
    Group,
    Judged,
    Kind,
    Probes,
    Rate,
    Share,
    Situation,
    read_judged,
)
from benchmarks.quality_table.page import tables
from benchmarks.quality_table.runs import Outcome
from benchmarks.quality_table.sets import REAL, SIMULATED, Wanted, real, simulated, stamped
from services.core.errors import InputError

RIGHT, WRONG = Share(19, 20), Share(10, 20)


def judged(precision: float | None = 0.95, **changes: object) -> Judged:
    """A run: 20 signals read of which 19 right, 18 of 40 episodes caught, all other figures within the aims."""
    run = Judged(
        employee_weeks=4000,
        average_precision=precision,
        average_precision_interval=None if precision is None else Between(precision - 0.05, 1.0),
        budgets=(Budget(1, 4, Share(4, 4), Share(4, 40)), Budget(5, 20, RIGHT, Share(18, 40))),
        explained=Share(970, 1000),
        false_pushes=Rate(1, 4000),
        kinds=(Kind("own_file", 2, 2, 2, 2, 2), Kind("volume_20", 3, 3, 3, 1, 0)),
        situations=(Situation("aftercare", 10, 2, 1, 0, 0),),
        burdens=(Burden("role", (Group("a", Rate(2, 2000)), Group("b", Rate(2, 2000))), 1.0),),
        probes=Probes(8, Share(5, 100), Share(60, 100)),
    )
    return msgspec.structs.replace(run, **changes)


def outcome(group: str, *, sort: str = SIMULATED, seed: int = 1, plain: float = 0.6, **changes: object) -> Outcome:
    wanted = Wanted(sort, group, f"{group}-{seed}", (), "stamp")
    return Outcome(wanted, judged(**changes), {"plain": judged(plain), "informed": judged(0.9)})


def reached(outcomes: Sequence[Outcome]) -> dict[str, tuple[str, bool | None]]:
    return {aim.aim: (aim.reached, aim.met) for aim in aims(outcomes)}


def test_counts_are_added_over_seeds_and_average_precision_is_averaged() -> None:
    runs = [judged(0.9), judged(0.8, budgets=(Budget(5, 20, WRONG, Share(6, 10)),))]
    assert pooled.precision(runs) == Share(29, 40)
    assert pooled.recall(runs) == Share(24, 50)
    # 20 of 40 episodes fit in 20 slots, and all 10 of the other set
    assert pooled.ceiling(runs) == 30 / 50
    assert pooled.mean(run.average_precision for run in runs) == pytest.approx(0.85)
    assert pooled.mean([None]) is None


def test_leak_of_other_teams_is_told_from_five_teams_on_and_that_of_the_own_team_always() -> None:
    runs = [judged(), judged(probes=Probes(4, Share(90, 100), Share(80, 100)))]
    assert pooled.leak(runs) == Share(5, 100)
    assert pooled.leak(runs, own=True) == Share(140, 200)
    assert pooled.leak([judged(probes=None)]).share is None


def test_the_burden_of_a_group_is_added_up_before_groups_are_compared() -> None:
    heavy = Burden("role", (Group("a", Rate(4, 2000)), Group("b", Rate(0, 2000))), 5.0)
    light = Burden("role", (Group("a", Rate(0, 2000)), Group("b", Rate(4, 2000))), 5.0)
    even = Burden("contract", (Group("x", Rate(6, 4000)), Group("y", Rate(2, 4000))), 2.0)
    assert pooled.heaviest([judged(burdens=(heavy,)), judged(burdens=(light,))]) == (1.0, "role")
    # 8 false signals, 4 expected in each group: (6 + 1) / (4 + 1) over (2 + 1) / (4 + 1)
    assert pooled.heaviest([judged(burdens=(even,))]) == (pytest.approx(7 / 3), "contract")
    assert pooled.heaviest([judged(burdens=())]) is None


def test_kinds_and_situations_are_added_up_by_name() -> None:
    assert pooled.kinds([judged(), judged()])[1] == Kind("volume_20", 6, 6, 6, 2, 0)
    assert pooled.situations([judged(), judged()]) == [Situation("aftercare", 20, 4, 2, 0, 0)]


def test_an_aim_is_met_from_its_bound_on() -> None:
    found = reached([outcome("standard", precision=0.90)])
    assert found == {
        "precision at 5 >= 0.95": ("0.950", True),
        "recall at 5, of what the budget allows >= 0.9": ("0.900", True),
        "average precision >= 0.9": ("0.900", True),
        "explained >= 0.97": ("0.970", True),
        "leak, random open cases of other teams <= 0.05": ("0.050", True),
        "burden, heaviest / lightest group <= 2": ("1.000", True),
        "kinds of class P: every episode pushed": ("all", True),
        "every episode in an open signal": ("all", True),
        "other kinds, but for context alone: at least one episode within budget 5": ("all", True),
    }


def test_kinds_that_are_context_alone_need_not_be_within_the_budget() -> None:
    kinds = (Kind("dormant_file", 3, 3, 3, 0, 0), Kind("acquaintance_once", 3, 3, 3, 0, 0))
    found = reached([outcome("standard", kinds=kinds)])
    assert found["other kinds, but for context alone: at least one episode within budget 5"] == ("all", True)


def test_an_aim_that_is_missed_or_not_measured_says_so() -> None:
    poor = (Kind("own_file", 2, 2, 2, 2, 1), Kind("volume_20", 3, 2, 2, 0, 0))
    found = reached([outcome("standard", precision=0.899, kinds=poor, probes=None)])
    assert found["average precision >= 0.9"] == ("0.899", False)
    assert found["leak, random open cases of other teams <= 0.05"] == ("-", None)
    assert found["kinds of class P: every episode pushed"] == ("not: own_file", False)
    assert found["every episode in an open signal"] == ("not: volume_20", False)
    assert found["other kinds, but for context alone: at least one episode within budget 5"] == (
        "not: volume_20",
        False,
    )


def test_a_real_background_is_set_against_both_baselines_and_a_quiet_agency_against_its_pushes() -> None:
    found = reached([outcome("desk", sort=REAL, precision=0.85)])
    assert found["average precision above the plain baseline >= 0.2"] == ("0.250", True)
    assert found["average precision above the informed baseline >= 0.2"] == ("-0.050", False)
    quiet = aims([outcome("quiet", precision=None, kinds=())])
    assert Aim("quiet", "false pushes per 1,000 a week <= 0.2", "0.250", met=False) in quiet
    assert not any("precision" in aim.aim for aim in quiet)


def test_the_page_has_a_row_per_set_and_one_for_all_seeds_of_a_group() -> None:
    sets = [outcome("standard"), outcome("standard", seed=2, precision=0.85), outcome("desk", sort=REAL, seed=7)]
    page = tables(sets, "python benchmarks/quality.py", ["No quiet agencies."])
    assert "Made by `python benchmarks/quality.py`" in page
    assert "- No quiet agencies." in page
    cells = "0.950 (0.90-1.00) | 0.60 | 0.90 | 0.95 | 0.45 | 0.50 | 0.970 | 0.050 | 0.60 | 0.25 | 1.0 (role)"
    assert f"| standard-1 | {cells} |" in page
    assert "| **standard, all** | **0.900** | **0.60** |" in page
    assert "**desk, all**" not in page
    assert "| volume_20 | 6 | 6 | 2 | 0 |" in page
    assert "| standard | aftercare | 20 | 4 | 0 | 0 |" in page
    assert "| desk | average precision above the plain baseline >= 0.2 | 0.350 | met |" in page


def test_only_the_measured_part_of_the_page_is_replaced() -> None:
    page = f"by hand\n{begin('quality')}\nold\n{end('quality')}\n### Where it falls short, and why\n\nby hand\n"
    fresh = refreshed(page, "new", "quality")
    assert fresh == page.replace("old", "new")
    with pytest.raises(InputError, match="in this order"):
        refreshed(page, "new", "volume")


def test_the_shipped_page_has_its_markers_and_keeps_room_for_the_reasons() -> None:
    page = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    fresh = refreshed(refreshed(page, "whole", "quality"), "volume", "volume")
    assert fresh.index("whole") < fresh.index("### Where it falls short, and why") < fresh.index("volume\n<!-- end")


def test_sets_are_named_by_profile_size_and_seed_and_a_simulator_without_profiles_is_not_asked_for_one() -> None:
    known = simulated(["standard", "hard"], [1, 2], 800, 10, has_profiles=True)
    assert [one.name for one in known] == [
        "standard-800x10-1",
        "standard-800x10-2",
        "hard-800x10-1",
        "hard-800x10-2",
    ]
    assert known[2].command[:3] == ("simulate", "--profile", "hard")
    plain = simulated(["standard"], [1], 800, 10, has_profiles=False)[0]
    assert "--profile" not in plain.command
    assert plain.stamp != known[0].stamp


def test_every_background_of_a_folder_is_made_with_every_seed(tmp_path: Path) -> None:
    (tmp_path / "backgrounds").mkdir()
    for name in ("b", "a"):
        (tmp_path / "backgrounds" / f"{name}.parquet").touch()
    assert [one.name for one in real(tmp_path, [], [1, 2])] == ["a-1", "a-2", "b-1", "b-2"]
    assert [one.name for one in real(tmp_path, ["b"], [1])] == ["b-1"]


def test_a_stamp_changes_with_a_word_and_with_the_content_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("one")
    first = stamped(["a"], [file])
    assert stamped(["a"], [file]) == first
    assert stamped(["b"], [file]) != first
    file.write_text("two")
    assert stamped(["a"], [file]) != first


def test_the_json_of_evaluate_is_read_whatever_else_it_tells(tmp_path: Path) -> None:
    told = msgspec.to_builtins(judged()) | {"leftOut": [], "roles": []}
    (tmp_path / "engine.json").write_bytes(msgspec.json.encode(told))
    assert read_judged(tmp_path / "engine.json") == judged()
    assert replace(outcome("standard"), engine=judged(0.5)).engine.reference.slots == 20
