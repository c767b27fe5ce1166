"""`doctor` tells which systems the detector holds to be at fault, and what to do about each."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from services.detector.state.schemas import FAULTS
from services.detector.state.store import Commit
from services.detector.state.tables import State
from services.doctor.databases import open_file
from services.doctor.findings import Finding, Status
from services.doctor.sources import examine_sources
from tests.office import office, office_pipeline
from tests.unit.state.samples import an_owned_store
from tests.world import in_one_batch, local

THURSDAY = 8


def examined(path: Path, state: State) -> list[Finding]:
    """What doctor finds in a store that holds this state."""
    with an_owned_store(path) as store:
        store.commit(Commit(tables=state.tables()))
    return examine_sources(open_file(path), None)


def test_before_the_first_lookup_nothing_was_decided(tmp_path: Path) -> None:
    assert examined(tmp_path / "s.sqlite", State()) == [Finding("sources", Status.OK, "nothing was decided yet")]


def test_sound_sources_are_told_as_such(tmp_path: Path) -> None:
    state = in_one_batch(office(4), office_pipeline()).state
    assert examined(tmp_path / "s.sqlite", state) == [Finding("sources", Status.OK, "no system is at fault")]


def test_a_muted_day_is_told_with_what_mends_it(tmp_path: Path) -> None:
    state = in_one_batch(office(10, {THURSDAY: None}), office_pipeline()).state
    assert examined(tmp_path / "s.sqlite", state) == [
        Finding(
            "sources",
            Status.WARNING,
            "sonar: its unexplained lookups of 2025-03-13 are muted; deliver the missing case links",
        )
    ]


def test_each_kind_of_fault_is_told_once_with_its_days(tmp_path: Path) -> None:
    state = in_one_batch(office(10), office_pipeline()).state
    rows = [
        {"system": "suwinet", "day": date(2025, 3, 11) + timedelta(days=day), "kind": kind,
         "decided_at": local("2025-03-14 00:00"), "bucket": 0}
        for kind in ("gap", "clock-skew", "actors-missing") for day in range(3 if kind == "gap" else 1)
    ]  # fmt: skip
    told = examined(tmp_path / "s.sqlite", State(faults=pl.DataFrame(rows, dict(FAULTS)), progress=state.progress))
    assert [finding.message for finding in told] == [
        "suwinet: records of 2025-03-11 do not say who looked; mend its export, and deliver these records again",
        "suwinet: records of 2025-03-11 lie in the future; set its clock and time zone",
        (
            "suwinet: hardly any lookups came on 3 days since 2025-03-11; see that its log is exported, "
            "and deliver what is missing"
        ),
    ]
