"""A month of which far more stays without explanation than with the peers."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from services.detector.pipeline import Pipeline
from services.detector.shares.counts import Month
from services.detector.shares.decide import LEAST_CORRELATION, compared_with_others, decide_month
from services.detector.shares.stage import ShareStage
from services.detector.shares.tail import least_count, tail
from services.detector.state.tables import State
from services.detector.thresholds import ShareSettings
from tests.world import RING, World, in_one_batch, in_slices, local, settings

SCHEMA = {
    "employee": pl.Int64, "role": pl.String, "department": pl.String,
    "days": pl.Int64, "opened": pl.Int64, "persons": pl.Int64,
}  # fmt: skip


def month(*rows: tuple[int, int], role: str = "claims-handler", first: int = 1) -> pl.DataFrame:
    """Employees from number `first` on, each with so many persons opened and so many of these without explanation."""
    told = [(first + place, role, "WW", 20, opened, persons) for place, (opened, persons) in enumerate(rows)]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def found(*frames: pl.DataFrame, least: int = 6, **changes: float) -> list[int]:
    return decide_month(pl.concat(frames), least, ShareSettings(**changes))["employee"].to_list()


DESK = [(200, 0), (180, 1), (220, 2), (160, 0), (200, 1), (240, 1), (190, 0), (210, 2)]


@pytest.mark.parametrize(("count", "total"), [(1, 10), (7, 10), (10, 10), (300, 400)])
def test_where_every_share_is_as_likely_so_is_every_number(count: int, total: int) -> None:
    """With both parameters 1 the beta-binomial distribution is uniform over 0 to total."""
    assert tail(count, total, 0.5, 1 / 3) == pytest.approx((total - count + 1) / (total + 1), rel=1e-9)


def test_small_chances_keep_their_digits() -> None:
    assert 0 < tail(60, 100, 0.001, 0.001) < 1e-60


def test_the_least_count_is_the_first_that_is_rare_enough() -> None:
    least = least_count(0.001, 200, 0.01, 0.01)
    assert tail(least, 200, 0.01, 0.01) <= 0.001 < tail(least - 1, 200, 0.01, 0.01)


def test_where_nothing_is_rare_enough_no_count_suffices() -> None:
    assert least_count(1e-9, 3, 0.5, 0.3) == 4


def test_a_share_far_above_that_of_the_desk_stands_out() -> None:
    assert found(month((200, 12), *DESK)) == [1]


def test_the_same_number_in_a_month_of_much_more_work_does_not() -> None:
    assert found(month((2400, 12), *DESK)) == []


def test_a_desk_whose_employees_differ_is_given_room() -> None:
    uneven = [(200, 0), (180, 8), (220, 1), (160, 7), (200, 0), (240, 9), (190, 0), (210, 6)]
    assert found(month((200, 13), *uneven)) == []


def test_who_is_far_above_the_others_does_not_widen_what_is_usual() -> None:
    """The correlation of the others is that of even desks, whatever the employee does."""
    told = compared_with_others(month((200, 150), *DESK), ShareSettings())
    assert told["correlation"][0] == LEAST_CORRELATION
    assert told["peers"][0] == len(DESK)


def test_two_of_a_desk_do_not_hide_each_other() -> None:
    assert found(month((200, 40), (200, 30), *DESK, *DESK, *DESK)) == [1, 2]


def test_with_few_others_in_the_place_the_agency_counts() -> None:
    row = decide_month(pl.concat([month((200, 12), role="job-coach", first=50), month(*DESK)]), 6, ShareSettings())
    assert row.select("employee", "compared_with", "peers").rows() == [(50, "agency", len(DESK))]


def test_the_least_number_is_one_that_would_still_stand_out() -> None:
    (row,) = decide_month(month((200, 12), *DESK), 6, ShareSettings()).iter_rows(named=True)
    assert 6 <= row["least"] <= 12
    assert found(month((200, row["least"]), *DESK), false_discovery_rate=0.2) == [1]


def test_nobody_at_work_is_nobody_found() -> None:
    assert found(month()) == []


def working_agency(strangers: int) -> World:
    """Eight employees open two persons with a case on each working day of eight weeks; one opens strangers too."""
    world, first = World(), local("2025-03-03 10:00")
    for number in range(8):
        world.employee(number)
        for person in (50 + number, 60 + number):
            world.link(person, f"e{number}", first - timedelta(days=1))
        for day in range(56):
            if (at := first + timedelta(days=day)).weekday() < 5:
                world.look(f"e{number}", 50 + number, at)
                world.look(f"e{number}", 60 + number, at, searched_by="name")
    for person in range(strangers):
        at = first + timedelta(days=2 * person % 26, hours=3)
        world.look("e1", 100 + person, at, searched_by="name" if person % 2 else "bsn")
    return world


QUIET = {"volume": {"min_subjects": 50}, "peers": {"min_subjects": 50}}


@pytest.mark.slow
def test_a_month_of_few_strangers_a_week_is_told_with_its_days() -> None:
    signals = in_one_batch(working_agency(12), Pipeline(settings(**QUIET), RING)).signals()
    (share,) = signals.filter(pl.col("rule") == "unexplained-share").iter_rows(named=True)
    (search,) = signals.filter(pl.col("rule") == "search-by-name-or-address").iter_rows(named=True)
    assert (share["window_start"], share["window_end"]) == (local("2025-03-01 00:00"), local("2025-04-01 00:00"))
    assert share["raised_at"] == local("2025-04-02 00:00")
    assert (share["lookup_count"], search["lookup_count"]) == (12, 6)
    assert search["parent_id"] == share["signal_id"]
    told = share["comparison"]
    assert (told[0]["day"], told[-1]["day"], sum(row["own"] for row in told)) == (
        date(2025, 3, 3), date(2025, 3, 31), 12,
    )  # fmt: skip


class CountingStage(ShareStage):
    """Counts how often months are judged."""

    judged = 0

    def _judge(self, state: State, again: list[Month]) -> State:
        self.judged += 1
        return super()._judge(state, again)


@pytest.mark.slow
def test_a_step_that_closes_no_month_judges_none() -> None:
    pipeline = Pipeline(settings(**QUIET), RING)
    pipeline._shares = counting = CountingStage(pipeline.settings, pipeline.calendar)
    run = in_slices(working_agency(3), [timedelta(days=day) for day in (5, 9, 16, 25, 33, 40)], pipeline)
    assert run.state.progress.decided_month == date(2025, 3, 31)
    assert counting.judged == 1
