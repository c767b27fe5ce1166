"""Two weeks far above the peers, day after day a little."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from services.detector.pipeline import Pipeline
from services.detector.thresholds import PeerSettings
from services.detector.volume.peers import LEAST_DISPERSION, decide_week, dispersion
from tests.world import RING, World, in_one_batch, local, settings

MONDAY = date(2025, 4, 7)
SCHEMA = {
    "employee": pl.Int64, "day": pl.Date, "workload": pl.Int64, "unexplained": pl.Int64,
    "role": pl.String, "department": pl.String,
}  # fmt: skip


def worked(employee: int, recent: list[int], role: str = "claims-handler", usual: int = 0) -> pl.DataFrame:
    """Thirty days at work with the usual number of persons without explanation, then a fortnight of ten more."""
    days = [day for place in range(70) if (day := MONDAY - timedelta(days=63 - place)).weekday() < 5]
    counts = [usual] * (len(days) - len(recent)) + recent
    rows = [(employee, day, 8 + count, count, role, "WW") for day, count in zip(days, counts, strict=True)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def peers(count: int, usual: int = 0, role: str = "claims-handler") -> pl.DataFrame:
    return pl.concat([worked(10 + number, [], role, usual) for number in range(count)])


def found(*frames: pl.DataFrame) -> pl.DataFrame:
    return decide_week(pl.concat(frames), MONDAY, PeerSettings())


DRIP = [3, 3, 0, 3, 0, 3, 3, 0, 3, 0]


def test_three_strangers_a_day_stand_out_among_peers_who_have_none() -> None:
    (row,) = found(worked(1, DRIP), peers(8)).iter_rows(named=True)
    assert (row["employee"], row["day"], row["family"]) == (1, MONDAY, "volume-peers")
    assert (row["peers"], row["compared_with"], row["history_days"]) == (8, "role-and-department", 10)


def test_where_everybody_has_them_nobody_stands_out() -> None:
    assert found(worked(1, DRIP, usual=2), peers(8, usual=2)).is_empty()


def test_who_is_always_far_above_the_peers_stands_out_too() -> None:
    assert found(worked(1, DRIP, usual=3), peers(8))["employee"].to_list() == [1]


def test_a_place_with_few_others_is_compared_with_the_agency() -> None:
    (row,) = found(worked(1, DRIP), peers(4), peers(8, role="call-centre")).iter_rows(named=True)
    assert row["compared_with"] == "agency"


def test_more_explained_work_than_the_peers_have_makes_room_for_more_slips() -> None:
    many = worked(1, [6] * 10)
    busy = many.with_columns((pl.col("workload") * 10).alias("workload"))
    assert found(many, peers(8, usual=1))["employee"].to_list() == [1]
    assert found(busy, peers(8, usual=1)).is_empty()


def test_one_burst_in_the_past_does_not_widen_what_is_usual() -> None:
    past = pl.concat([worked(1, [500] + [0] * 15), *[worked(number, []) for number in range(2, 22)]])
    assert dispersion(past, MONDAY) == LEAST_DISPERSION


def test_a_day_that_stands_out_by_itself_is_no_part_of_the_two_weeks() -> None:
    world = World()
    first = local("2025-03-03 10:00")
    for number in range(8):
        world.employee(number)
        world.link(50 + number, f"e{number}", first - timedelta(days=1))
        for day in range(42):
            if (at := first + timedelta(days=day)).weekday() < 5:
                world.look(f"e{number}", 50 + number, at)
    drip = [world.look("e1", 100 + 3 * day + person, first + timedelta(days=28 + day, hours=person))
            for day in (0, 2, 3, 7, 9) for person in range(3)]  # fmt: skip
    for person in range(200, 230):
        world.look("e1", person, first + timedelta(days=29, minutes=person))
    signals = in_one_batch(world, Pipeline(settings(), RING)).signals()
    (own,) = signals.filter(pl.col("rule") == "volume-own").iter_rows(named=True)
    fortnights = signals.filter(pl.col("rule") == "volume-peers").sort("window_start")
    assert own["lookup_count"] == 30
    assert sorted(fortnights["lookup_ids"][-1]) == sorted(drip)
    assert fortnights["window_start"][-1] == local("2025-03-31 00:00")
    assert fortnights["window_end"][-1] == local("2025-04-14 00:00")
    days = [row["day"] for row in fortnights["comparison"][-1]]
    assert (days[0], days[-1], len(days)) == (date(2025, 3, 17), date(2025, 4, 11), 20)
