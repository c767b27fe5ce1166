"""The simulated dataset keeps the contract and looks like an agency at work."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.bsn import bsn_is_valid
from services.core.calendar import AgencyCalendar
from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, Record
from services.detector.simulate.dice import dice
from services.detector.simulate.timeline import make_timeline
from tests.unit.simulate.conftest import EMPLOYEES, SEED, WEEKS, Simulated, make

CALENDAR = AgencyCalendar()
OF_READS = "subject_pseudonym"
"""Of reads of signals alone, which an agency that is simulated has none of: the column is left out."""
CLOCK_CHANGES = (date(2025, 3, 30), date(2025, 10, 26))


@pytest.mark.parametrize(
    ("table", "record"),
    [("lookups", LOOKUP), ("links", CASE_LINK), ("employees", EMPLOYEE), ("relations", RELATION)],
)
def test_every_table_has_the_columns_types_and_codes_of_the_contract(
    simulated: Simulated, table: str, record: Record
) -> None:
    frame: pl.DataFrame = getattr(simulated, table)
    assert dict(frame.schema) == {name: kind for name, kind in record.schema.items() if name != OF_READS}
    assert frame.select(pl.col(record.required).null_count()).sum_horizontal().item() == 0
    for name, codes in record.codes.items():
        values = frame[name].explode(empty_as_null=True) if frame[name].dtype == pl.List else frame[name]
        assert set(values.drop_nulls().unique()) <= set(codes)


def test_every_bsn_is_fictitious_and_passes_the_11_proef(simulated: Simulated) -> None:
    for frame in (simulated.lookups, simulated.links, simulated.employees, simulated.relations):
        bsns = frame.select(bsn=pl.col("bsn").drop_nulls().unique())
        assert bsns.select(bsn_is_valid(pl.col("bsn")).all()).item()
        assert bsns["bsn"].cast(pl.Int64).is_between(960_000_000, 999_999_999).all()


def test_a_bsn_belongs_to_one_employee(simulated: Simulated) -> None:
    owners = simulated.employees.group_by("bsn").agg(pl.col("employee_id").n_unique())
    assert owners["employee_id"].max() == 1
    assert simulated.employees["employee_id"].n_unique() == EMPLOYEES


def test_the_same_arguments_give_the_same_frames(simulated: Simulated, tmp_path: Path) -> None:
    again = make(tmp_path / "agency")
    for name in ("lookups", "links", "employees", "relations", "truth", "scenarios", "benign", "lookup_times"):
        assert_frame_equal(getattr(simulated, name), getattr(again, name))


def test_another_seed_gives_another_agency(simulated: Simulated, tmp_path: Path) -> None:
    other = make(tmp_path / "agency", employees=50, weeks=1, seed=SEED + 1)
    shared = set(other.employees["bsn"]) & set(simulated.employees["bsn"])
    assert len(shared) < 3


def test_there_are_about_sixty_lookups_per_employee_and_working_day(simulated: Simulated) -> None:
    first, days = simulated.report.first_day, 7 * WEEKS
    dates = pl.date_range(first, pl.lit(first).dt.offset_by(f"{days - 1}d"), eager=True)
    working = sum(CALENDAR.is_working_day(day) for day in dates)
    assert simulated.report.lookups / (EMPLOYEES * working) == pytest.approx(60, rel=0.15)


def test_days_vary_by_several_times_what_chance_alone_would_give(simulated: Simulated) -> None:
    by_day = simulated.lookups.group_by("employee_id", day=CALENDAR.local_day(pl.col("occurred_at"))).agg(
        people=pl.col("bsn").n_unique()
    )
    spread = by_day.group_by("employee_id").agg(pl.col("people").var() / pl.col("people").mean())
    assert spread["people"].median() > 1.5
    assert by_day["people"].var() / by_day["people"].mean() > 5  # between people as well


def test_work_is_done_by_day_also_after_the_clock_changes(simulated: Simulated) -> None:
    assert simulated.report.first_day == date(2025, 10, 20)  # this seed spans 26 October
    hours = simulated.lookups.select(
        hour=CALENDAR.wall_clock(pl.col("occurred_at")).dt.hour(),
        late=CALENDAR.local_day(pl.col("occurred_at")) >= date(2025, 10, 27),
    )
    for late in (False, True):
        by_day = hours.filter(pl.col("late") == late)["hour"].is_between(7, 18)
        assert by_day.mean() > 0.97
    assert hours["hour"].is_between(6, 23).all()


def test_runs_of_three_to_ten_weeks_mostly_span_a_clock_change() -> None:
    def spans_change(seed: int, weeks: int) -> bool:
        timeline = make_timeline(dice(seed, "timeline"), weeks)
        return any(0 <= (change - timeline.first).days < timeline.days - 1 for change in CLOCK_CHANGES)

    assert sum(spans_change(seed, 3 + seed % 8) for seed in range(40)) >= 24


def test_people_work_only_while_they_are_employed(simulated: Simulated) -> None:
    periods = simulated.employees.select("employee_id", "valid_from", "valid_to")
    inside = (
        simulated.lookups.select("employee_id", "occurred_at")
        .join(periods, on="employee_id")
        .filter(
            pl.col("valid_from") <= pl.col("occurred_at"),
            pl.col("valid_to").is_null() | (pl.col("occurred_at") < pl.col("valid_to")),
        )
    )
    assert inside.height == simulated.lookups.height


def test_somebody_joins_leaves_and_moves_team(simulated: Simulated) -> None:
    staff, first = simulated.employees, simulated.lookups["occurred_at"].min()
    periods = staff.group_by("employee_id").agg(pl.len(), pl.col("valid_from").min(), pl.col("valid_to").null_count())
    assert (periods["len"] == 2).any()
    assert (periods["valid_from"] > first).any()
    assert (periods["valid_to"] == 0).any()


def test_teams_have_six_to_fourteen_members_and_every_role_exists(simulated: Simulated) -> None:
    start = simulated.employees.sort("valid_from").unique("employee_id", keep="first", maintain_order=True)
    assert start.group_by("team_id").len()["len"].is_between(6, 14).all()
    assert start["role"].n_unique() == 7
    leads = start.filter(pl.col("role") == "team-lead")
    assert sorted(leads["team_id"]) == sorted(start["team_id"].unique())


def test_rows_come_mostly_in_order_a_few_late_and_one_in_a_thousand_twice(simulated: Simulated) -> None:
    lookups = simulated.lookups
    twice = lookups.height - lookups["lookup_id"].n_unique()
    assert twice == round(0.001 * simulated.report.lookups)
    assert lookups.unique().height == simulated.report.lookups
    late = (lookups["occurred_at"].cum_max() - lookups["occurred_at"]).dt.total_minutes()
    assert 0.005 < (late >= 1).mean() < 0.05
    assert late.max() <= 15
    assert len(list((simulated.report.out / "lookups").iterdir())) >= 3


def test_the_figures_are_those_of_the_dataset(simulated: Simulated) -> None:
    figures = json.loads((simulated.report.truth / "meta.json").read_text())
    assert figures["profile"] == "simulated"
    assert (figures["seed"], figures["employees"], figures["weeks"]) == (SEED, EMPLOYEES, WEEKS)
    assert figures["lookups"] == simulated.lookup_times.height == simulated.report.lookups
    assert figures["links"] == simulated.links.height
    assert figures["cases"] == simulated.links["case_id"].n_unique()
    assert figures["scenarios"] == simulated.scenarios.height
    assert EMPLOYEES * WEEKS * 0.8 < figures["employee_weeks"] <= EMPLOYEES * WEEKS
