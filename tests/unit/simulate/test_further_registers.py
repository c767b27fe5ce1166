"""The further registers of a simulated agency agree with its log."""

from __future__ import annotations

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT
from tests.unit.simulate.conftest import Simulated

CALENDAR = AgencyCalendar()
COLUMNS = {
    "statements": ("employee_id", "system", "valid_from", "valid_to", "registered_at"),
    "absences": ("employee_id", "kind", "valid_from", "valid_to", "registered_at"),
    "case-parties": ("case_id", "bsn", "kind", "valid_from", "valid_to", "registered_at"),
    "self-reports": ("report_id", "employee_id", "bsn", "occurred_at", "registered_at"),
}


def register(simulated: Simulated, name: str) -> pl.DataFrame:
    return pl.read_parquet(simulated.report.out / f"{name}.parquet")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_register_has_its_columns_and_only_an_end_may_be_open(simulated: Simulated, name: str) -> None:
    frame = register(simulated, name)
    assert tuple(frame.columns) == COLUMNS[name]
    assert frame.height > 0
    assert frame.drop("valid_to", strict=False).null_count().sum_horizontal().item() == 0
    assert all(frame.schema[column] == INSTANT for column in frame.columns if column.endswith(("_at", "_from", "_to")))


def test_suwinet_is_lawfully_used_only_by_those_who_signed(simulated: Simulated) -> None:
    signed = register(simulated, "statements").filter(pl.col("system") == "suwinet")
    used = simulated.lookups.filter(pl.col("system") == "suwinet").join(simulated.truth, on="lookup_id", how="anti")
    assert used.join(signed, on="employee_id", how="anti").height == 0


def test_misuse_without_a_statement_is_by_somebody_who_never_signed(simulated: Simulated) -> None:
    signed = register(simulated, "statements")
    episodes = simulated.scenarios.filter(pl.col("kind") == "suwinet_no_statement")
    assert episodes.height > 0
    assert episodes.join(signed, on="employee_id", how="semi").height == 0
    rows = simulated.truth.filter(pl.col("scenario_kind") == "suwinet_no_statement")
    assert "suwinet" in set(rows.join(simulated.lookups, on="lookup_id")["system"])


def test_nobody_works_during_a_recorded_absence(simulated: Simulated) -> None:
    spells = register(simulated, "absences").select("employee_id", "valid_from", "valid_to")
    during = simulated.lookups.join(spells, on="employee_id").filter(
        pl.col("valid_from") <= pl.col("occurred_at"), pl.col("occurred_at") < pl.col("valid_to")
    )
    assert during.height == 0
    assert set(register(simulated, "absences")["kind"]) == {"leave", "sick"}


def test_a_reported_slip_was_made_that_day_and_told_later(simulated: Simulated) -> None:
    reports = register(simulated, "self-reports")
    assert (reports["registered_at"] > reports["occurred_at"]).all()
    hours = (reports["registered_at"] - reports["occurred_at"]).dt.total_hours()
    assert hours.max() < 24
    seen = simulated.lookups.select("employee_id", "bsn").unique()
    assert reports.join(seen, on=["employee_id", "bsn"], how="anti").height == 0
    told = simulated.benign.filter(pl.col("kind") == "self_reported")
    assert set(told["bsn"].drop_nulls()) <= set(reports["bsn"])


def test_parties_belong_to_cases_of_the_register(simulated: Simulated) -> None:
    parties = register(simulated, "case-parties")
    assert parties.join(simulated.links, on="case_id", how="anti").height == 0
    assert set(parties["kind"]) <= {"partner", "child", "employer", "curator"}
    opened = simulated.benign.filter(pl.col("kind") == "linked_person")
    assert opened.join(parties, on="bsn", how="anti").height == 0


def test_some_people_change_their_place_of_work_halfway_the_day(simulated: Simulated) -> None:
    places = simulated.lookups.group_by("employee_id", day=CALENDAR.local_day(pl.col("occurred_at"))).agg(
        pl.col("location").drop_nulls().n_unique()
    )
    assert 0.005 < (places["location"] == 2).mean() < 0.2
