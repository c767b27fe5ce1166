"""A source at fault is muted until it is mended; a person's misuse makes no fault."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.detector.faults.kinds import UNEXPLAINED_SHARE
from services.detector.faults.report import muted_lookups, open_faults, sources_report
from services.detector.faults.shares import faulty_days
from services.detector.pipeline import Slice
from services.detector.thresholds import FaultSettings
from tests.office import LOOKS, morning, office, office_pipeline, on_time, snoop, work
from tests.world import Run, World, frame, in_one_batch, local, registers_of

pytestmark = pytest.mark.slow

OFF = {"min_lookups": 100_000}
"""Settings under which nothing is ever a fault."""
THURSDAY = 8
GRACE_ENDS = local("2025-03-15 00:00")
FOUR_DAYS, SIX_DAYS = timedelta(days=4), timedelta(days=6)


def judged(world: World, **faults: object) -> Run:
    return in_one_batch(world, office_pipeline(**faults))


def rules(run: Run) -> list[str]:
    return run.signals().filter(status="open")["rule"].unique().sort().to_list()


def share_faults(run: Run) -> list[dict[str, object]]:
    return run.state.faults.filter(kind=UNEXPLAINED_SHARE).drop("bucket", "kind").to_dicts()


def mended(run: Run) -> object:
    (fault,) = share_faults(run)
    return fault["mended_at"]


def test_a_day_without_links_is_a_fault_of_the_system_and_of_nobody() -> None:
    run = judged(office(10, {THURSDAY: None}))
    assert share_faults(run) == [
        {
            "system": "sonar",
            "day": morning(THURSDAY).date(),
            "decided_at": GRACE_ENDS,
            "mended_at": None,
            "records": 24,
            "affected": 24,
            "usual": 0,
        }
    ]
    assert run.signals().is_empty()
    assert run.told == {}


def test_without_the_stage_everybody_would_be_accused() -> None:
    assert judged(office(10, {THURSDAY: None}), **OFF).signals().height == 24


def test_links_that_come_days_late_mend_the_fault_and_leave_no_signal() -> None:
    run = judged(office(10, {THURSDAY: FOUR_DAYS}))
    last_needed = morning(THURSDAY) + FOUR_DAYS + timedelta(minutes=45)
    assert mended(run) == last_needed
    assert run.signals().is_empty()


def test_what_is_still_unexplained_after_the_mend_counts_from_then_on() -> None:
    world = office(10, {THURSDAY: FOUR_DAYS})
    stranger = world.look("e1", 399, morning(THURSDAY))
    run = judged(world)
    (signal,) = run.signals().iter_rows(named=True)
    assert signal["lookup_ids"] == [stranger]
    assert signal["raised_at"] == mended(run)


def test_other_days_and_other_systems_are_judged_as_ever() -> None:
    world = office(10, {THURSDAY: None})
    work(world, THURSDAY, on_time, system="suwinet")
    other_system = world.look("e1", 399, morning(THURSDAY), system="suwinet")
    other_day = world.look("e1", 398, morning(THURSDAY - 1))
    told = judged(world).signals().explode("lookup_ids")["lookup_ids"]
    assert sorted(told) == sorted([other_system, other_day])


def test_own_files_are_never_muted() -> None:
    world = office(10, {THURSDAY: None})
    world.look("e1", 1, morning(THURSDAY))
    assert rules(judged(world)) == ["own-file"]


def test_one_employee_with_five_hundred_strangers_does_not_mute_himself() -> None:
    world = office(10)
    for _ in range(5):
        snoop(world, "e1", THURSDAY, 100)
    run = judged(world)
    assert share_faults(run) == []
    assert "volume-own" in rules(run)


def test_five_snoopers_of_twenty_do_not_mute_themselves_beside_the_slips_of_the_others() -> None:
    world = office(6, clerks=20)
    for number in range(20):
        snoop(world, f"e{number}", 5, 12 if number < 5 else int(number % 5 == 0))
    run = judged(world)
    assert share_faults(run) == []
    assert "volume-own" in rules(run)


def test_a_habit_of_one_employee_beside_slips_of_a_few_is_no_fault() -> None:
    """A third of twelve are above the bar, but without the three who have most the day is as usual."""
    world = office(10, clerks=12)
    for number, persons in ((0, 40), (1, 2), (2, 1), (3, 1)):
        snoop(world, f"e{number}", THURSDAY, persons)
    assert share_faults(judged(world, spread=0.3)) == []


def test_few_lookups_few_employees_or_little_history_decide_nothing() -> None:
    assert share_faults(judged(office(10, {THURSDAY: None}), min_lookups=25)) == []
    assert share_faults(judged(office(10, {THURSDAY: None}), min_employees=7)) == []
    assert share_faults(judged(office(10, {2: None}))) == []


def test_a_faulty_day_does_not_become_usual() -> None:
    late: dict[int, timedelta | None] = dict.fromkeys(range(6, 12))
    assert len(share_faults(judged(office(14, late)))) == 6


def test_a_faulty_day_gives_no_volume_signal_and_spoils_nobodys_history() -> None:
    world = office(12, {THURSDAY: None}, clerks=6)
    run = judged(world)
    day = run.state.features.filter(pl.col("day") == morning(THURSDAY).date())
    assert day["workload"].to_list() == [LOOKS] * 6
    assert day["unexplained"].sum() == 0
    assert "volume-own" not in rules(run)


def test_late_lookups_are_part_of_the_decision_once_they_are_there() -> None:
    """Only half of the day came in time; with the other half it is a fault, and what was told is taken back."""
    world = office(14, {THURSDAY: None})
    pipeline = office_pipeline()
    batch = in_one_batch(world, pipeline)
    lookups = batch.archived[0].sort("at")
    of_day = pl.col("day") == morning(THURSDAY).date()
    half = lookups.filter(of_day)[:12]["lookup_id"]
    late = pl.col("lookup_id").is_in(half.implode())
    run, registers = Run(office_pipeline()), registers_of(world, pipeline)
    run.feed(Slice(lookups.filter(~late)), registers)
    assert len(run.told) == 12
    run.feed(Slice(lookups.filter(late), closed=True), registers)
    assert run.state.faults.equals(batch.state.faults)
    assert {row["withdrawn_reason"] for row in run.told.values()} == {"recomputed"}
    assert run.signals().is_empty()


def test_a_stream_tells_nothing_of_a_muted_day_at_any_moment() -> None:
    """A day at a time, each with the links that were registered by then."""
    world = office(14, {THURSDAY: SIX_DAYS})
    run = Run(office_pipeline())
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    everybody = registers_of(world, run.pipeline).links.frame["subject"].unique()
    was_open = False
    for day in range(14):
        registers = registers_of(world, run.pipeline, morning(day) + timedelta(hours=8))
        of_day = lookups.filter(pl.col("day") == morning(day).date())
        run.feed(Slice(of_day, changed_subjects=everybody), registers)
        assert run.told == {}
        was_open |= run.state.faults["mended_at"].null_count() > 0
    assert was_open
    assert mended(run) == morning(THURSDAY) + SIX_DAYS + timedelta(minutes=45)


def test_the_coverage_tells_what_is_muted_and_until_when() -> None:
    run = judged(office(10, {THURSDAY: FOUR_DAYS}))
    before_the_mend = GRACE_ENDS + timedelta(hours=1)
    assert muted_lookups(run.state, before_the_mend) == 24
    report = sources_report(run.state, before_the_mend)
    assert report == {
        "sourceFaults": [
            {
                "system": "sonar",
                "day": "2025-03-13",
                "kind": "unexplained-share",
                "decidedAt": "2025-03-14T23:00:00+00:00",
                "mendedAt": None,
                "records": 24,
                "affected": 24,
                "usual": 0,
            }
        ],
        "mutedLookups": 24,
        "rejectedBySystem": {},
    }
    assert run.state.progress.watermark is not None
    assert muted_lookups(run.state, run.state.progress.watermark) == 0


def test_a_fault_that_nobody_mends_is_open_for_the_window_only() -> None:
    faults = judged(office(10, {THURSDAY: None})).state.faults
    assert open_faults(faults, GRACE_ENDS - timedelta(seconds=1), 28).is_empty()
    assert open_faults(faults, GRACE_ENDS, 28).height == 1
    assert open_faults(faults, GRACE_ENDS + timedelta(days=28), 28).is_empty()


def test_the_order_of_employees_does_not_tell() -> None:
    """Ties among those who are left out would, if what is left out were not fixed."""
    rng = np.random.default_rng(3)
    days = [date(2025, 3, 3) + timedelta(days=number) for number in range(20)]
    rows = [
        ("sonar", day, employee, int(rng.integers(3, 40)), int(rng.integers(0, 2 + 4 * (day.day % 4 == 0))))
        for day in days
        for employee in range(8)
    ]
    schema = {"system": pl.String, "day": pl.Date, "employee": pl.Int64, "lookups": pl.Int64, "unexplained": pl.Int64}
    desks = pl.DataFrame(rows, schema=schema, orient="row")
    limits = FaultSettings(min_lookups=20, min_employees=5)
    found = [
        faulty_days(desks.sample(fraction=1, shuffle=True, seed=seed), desks.clear(), limits) for seed in range(20)
    ]
    assert 0 < found[0].height < len(days)
    assert all(each.equals(found[0]) for each in found)
