"""A day on which far more leaves the systems than the role is used to, and what else is told of that day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from services.core.contract import LOOKUP
from services.detector.pipeline import Pipeline, Slice
from services.detector.state.schemas import ATTENDANCE
from services.detector.thresholds import ExportSettings
from services.detector.volume.exports import decide_exports
from tests.world import RING, Run, World, frame, in_one_batch, in_slices, local, registers_of, settings

FIRST, LAST = local("2025-03-03 10:00"), local("2025-04-03 10:00")
SMALL = settings(exports={"min_norm_days": 20}, budget={"per_thousand_a_week": 100})
DAY = date(2025, 4, 3)


def agency(exported: int = 120) -> World:
    """Five employees on their own cases for 24 working days; on the last e1 exports strangers' files as well."""
    world = World()
    for number in range(5):
        world.employee(number)
        for day in range(32):
            at = FIRST + timedelta(days=day)
            if at.weekday() < 5:
                world.look(f"e{number}", 50 + number, at)
        world.link(50 + number, f"e{number}", FIRST - timedelta(days=1))
    for person in range(exported):
        world.look("e1", 100 + person, LAST + timedelta(minutes=person), action="export")
    return world


def of_rule(signals: pl.DataFrame, rule: str) -> dict[str, object]:
    return signals.filter(pl.col("rule") == rule).row(0, named=True)


def attendance(
    exported: list[int], role: str | None = "claims-handler", persons: list[int] | None = None
) -> pl.DataFrame:
    """One employee's consecutive days at work up to DAY, with the records and the persons' files taken out."""
    days = [DAY - timedelta(days=len(exported) - 1 - place) for place in range(len(exported))]
    singly = persons or [0] * len(exported)
    rows = [(1, day, role, "WW", *taken, 0) for day, *taken in zip(days, exported, singly, strict=True)]
    return pl.DataFrame(rows, schema=dict(ATTENDANCE), orient="row")


def judged(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """What was counted of DAY, the least of it that stands out, and how much it was."""
    return decide_exports(frame, pl.Series([DAY]), ExportSettings()).select("counted", "least", "workload").rows()


def least_of(frame: pl.DataFrame) -> int | None:
    found = decide_exports(frame, pl.Series([DAY]), ExportSettings())
    return None if found.is_empty() else int(found["least"][0])


def test_what_else_stands_out_on_the_day_is_a_child_of_the_exports_and_never_pushed() -> None:
    signals = in_one_batch(agency(), Pipeline(SMALL, RING)).signals()
    parent, child = of_rule(signals, "bulk-export"), of_rule(signals, "volume-own")
    assert (parent["pushed"], parent["parent_id"], parent["rule_class"]) == (True, None, "P")
    assert (child["pushed"], child["parent_id"]) == (False, parent["signal_id"])


def test_once_links_withdraw_the_exports_the_other_signal_stands_alone_and_is_told_so() -> None:
    world = agency(exported=110)
    for person in range(20):
        world.link(100 + person, "e1", FIRST, registered_at=LAST + timedelta(days=6))
    run = in_slices(world, [timedelta(days=20), timedelta(days=31, hours=13)], Pipeline(SMALL, RING))
    parent, child = of_rule(run.signals(), "bulk-export"), of_rule(run.signals(), "volume-own")
    assert parent["status"] == "withdrawn"
    assert (child["status"], child["parent_id"], child["pushed"]) == ("open", None, True)
    assert run.told[str(child["signal_id"])]["parent_id"] is None


def test_the_comparison_holds_the_days_at_work_of_four_weeks_beside_the_norm_and_the_others() -> None:
    signal = of_rule(in_one_batch(agency(), Pipeline(SMALL, RING)).signals(), "bulk-export")
    rows = signal["comparison"]
    assert isinstance(rows, list)
    assert [row["day"] for row in rows][:2] == [date(2025, 3, 7), date(2025, 3, 10)]
    assert len(rows) == 20
    assert rows[0] == {"day": date(2025, 3, 7), "own": 0, "expected": 0.0, "peers": 0.0}
    assert rows[-1] == {"day": DAY, "own": 120, "expected": 0.0, "peers": 0.0}


def test_a_signal_about_one_person_compares_nothing() -> None:
    signals = in_one_batch(agency(), Pipeline(SMALL, RING)).signals()
    assert of_rule(signals, "no-case-link")["comparison"] == []


def test_a_list_that_arrives_after_the_day_was_decided_opens_it_again() -> None:
    world = agency(exported=0)
    world.look("e1", 50, LAST + timedelta(days=9))
    run = Run(Pipeline(SMALL, RING))
    registers = registers_of(world, run.pipeline)
    run.feed(Slice(run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))), registers)
    assert run.state.progress.ended_day == date(2025, 4, 3)
    assert run.signals().is_empty()
    late = World()
    late.look("e1", None, LAST, action="export", record_count=300, lookup_id="late")
    run.feed(Slice(run.pipeline.encoder.lookups(frame(LOOKUP, late.lookups)), closed=True), registers)
    assert of_rule(run.signals(), "bulk-export")["lookup_ids"] == ["late"]


def test_one_early_burst_in_a_hundred_days_leaves_the_norm_as_it_was() -> None:
    assert least_of(attendance([0] * 50 + [500] + [0] * 49 + [150])) == 100
    assert least_of(attendance([0] * 20 + [500] * 2 + [0] * 79 + [150])) is None


def test_the_norm_is_that_of_the_own_role() -> None:
    others = attendance([300] * 101, "team-lead").with_columns(pl.lit(2, pl.Int64).alias("employee"))
    mine = attendance([0] * 100 + [150])
    assert least_of(pl.concat([mine, others])) == 100


LISTS = [800] * 100
"""The days of a role that makes a list of hundreds of records daily."""


def test_beside_the_lists_of_a_role_files_taken_out_one_by_one_have_a_norm_of_their_own() -> None:
    assert judged(attendance([*LISTS, 255], persons=[0] * 100 + [255])) == [("persons", 100, 255)]
    assert judged(attendance([*LISTS, 255], persons=[0] * 101)) == []


def test_a_day_above_both_norms_is_told_once_and_by_its_records() -> None:
    assert judged(attendance([*LISTS, 2_000], persons=[0] * 100 + [255])) == [("records", 1_601, 2_000)]


def test_a_role_that_takes_files_out_daily_has_a_norm_of_persons() -> None:
    assert judged(attendance([*LISTS, 255], persons=[130] * 100 + [255])) == []
    assert judged(attendance([*LISTS, 261], persons=[130] * 100 + [261])) == [("persons", 261, 261)]


def test_files_that_two_others_of_the_role_also_took_out_this_month_are_no_exception() -> None:
    mine = attendance([*LISTS, 255], persons=[0] * 100 + [255])
    others = [
        attendance([*LISTS, 0], persons=[0] * 90 + [130] + [0] * 10).with_columns(
            pl.lit(number, pl.Int64).alias("employee")
        )
        for number in (2, 3)
    ]
    assert judged(pl.concat([mine, others[0]])) == [("persons", 100, 255)]
    assert judged(pl.concat([mine, *others])) == []


def test_a_role_without_enough_days_needs_the_files_of_250_persons() -> None:
    assert judged(attendance([0] * 9 + [249], persons=[0] * 9 + [249])) == []
    assert judged(attendance([0] * 9 + [250], persons=[0] * 9 + [250])) == [("persons", 250, 250)]


def test_without_a_role_the_norm_is_that_of_the_agency() -> None:
    known = attendance([3] * 100 + [0]).with_columns(pl.lit(2, pl.Int64).alias("employee"))
    assert least_of(pl.concat([known, attendance([150], None)])) == 100


def test_a_role_without_enough_days_needs_a_thousand_records() -> None:
    assert least_of(attendance([0] * 99 + [999])) is None
    assert least_of(attendance([0] * 99 + [1000])) == 1000
    assert least_of(attendance([1000])) == 1000


def desk_of_lists() -> World:
    """Five employees who make a list of 300 records every working day; on the last e1 exports 120 files singly too."""
    world = agency()
    for number in range(5):
        for day in range(32):
            at = FIRST + timedelta(days=day, hours=1)
            if at.weekday() < 5:
                world.look(f"e{number}", None, at, action="export", searched_by="other", record_count=300)
    return world


def test_the_story_of_files_taken_out_one_by_one_leaves_out_the_list_and_tells_of_persons() -> None:
    signal = of_rule(in_one_batch(desk_of_lists(), Pipeline(SMALL, RING)).signals(), "bulk-export")
    assert signal["lookup_count"] == 120
    facts = signal["facts_for"]
    assert isinstance(facts, list)
    singly = next(fact for fact in facts if fact["code"] == "files-one-by-one")
    assert singly["nl"].startswith("De dossiers van 120 personen zijn afzonderlijk geëxporteerd of afgedrukt;")
    assert singly["en"].startswith("The files of 120 persons were exported or printed singly;")
    rows = signal["comparison"]
    assert isinstance(rows, list)
    assert rows[0] == {"day": date(2025, 3, 7), "own": 0, "expected": 0.0, "peers": 0.0}
    assert rows[-1] == {"day": DAY, "own": 120, "expected": 0.0, "peers": 0.0}


def test_the_files_are_one_signal_in_whatever_slices_they_come_and_links_withdraw_it() -> None:
    world = desk_of_lists()
    for person in range(30):
        world.link(100 + person, "e1", FIRST, registered_at=LAST + timedelta(days=6))
    slices = [timedelta(days=20), timedelta(days=31, minutes=50), timedelta(days=33)]
    cut = in_slices(world, slices, Pipeline(SMALL, RING)).signals()
    whole = in_one_batch(world, Pipeline(SMALL, RING)).signals()
    told = [
        signals.filter(pl.col("rule") == "bulk-export").select("signal_id", "status", "as_of")
        for signals in (cut, whole)
    ]
    assert told[0].rows() == told[1].rows()
    assert told[0]["status"].to_list() == ["withdrawn"]
