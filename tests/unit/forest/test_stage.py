"""Scores in shadow follow from the decided days alone, touch no signal, and count only where an agency says so."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.core.pseudonyms import Pseudonymiser
from services.detector.forest.report import Shadow, shadow_of, show_shadow
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Slice
from services.detector.state.tables import State
from tests.unit.forest.desk import BURST, SMALL, desk, pipeline
from tests.world import RING, Run, World, frame, in_one_batch, in_slices, registers_of, settings

pytestmark = pytest.mark.slow  # scikit-learn alone takes a second to import
CUTS = [timedelta(days=days, hours=hours) for days, hours in ((3, 0), (20, 5), (29, 1), (33, 2), (50, 3), (51, 7))]


@pytest.fixture(scope="module")
def shadowed() -> Run:
    return in_one_batch(desk(), pipeline())


@pytest.fixture(scope="module")
def counting() -> Run:
    return in_one_batch(desk(), pipeline(counts=True))


@pytest.fixture(scope="module")
def plain() -> Run:
    return in_one_batch(desk())


def shadow(run: Run, world: World) -> Shadow:
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups))
    return shadow_of(run.state, lookups.select("employee", "employee_check"), Pseudonymiser(RING))


def same_forests(one: State, other: State) -> bool:
    return one.forests.equals(other.forests) and one.strange_days.equals(other.strange_days)


def unsettled(run: Run) -> pl.DataFrame:
    """The signals without the name of the settings that made them, which always tells runs apart."""
    return run.signals().drop("settings_hash")


def of_rule(signals: pl.DataFrame, rule: str) -> dict[str, object]:
    return signals.filter(pl.col("rule") == rule).row(0, named=True)


def test_each_month_with_enough_days_before_it_has_a_forest_of_its_own(shadowed: Run) -> None:
    assert shadowed.state.forests["month"].to_list() == [date(2025, 4, 1), date(2025, 5, 1)]
    assert shadowed.state.strange_days["day"].min() == date(2025, 4, 1)
    assert shadowed.state.forests["training"].n_unique() == 2


def test_with_too_few_days_there_is_no_forest() -> None:
    state = in_one_batch(desk(), pipeline(min_days=10_000)).state
    assert state.forests.is_empty()
    assert state.strange_days.is_empty()


def test_the_burst_ranks_first_on_its_day_and_its_reasons_say_why(shadowed: Run) -> None:
    employee = of_rule(shadowed.signals(), "volume-own")["employee_id"]
    on_that_day = (pl.col("day") == BURST.date()) & (pl.col("employee_id") == employee)
    first = shadow(shadowed, desk()).days.row(by_predicate=on_that_day, named=True)
    assert (first["rank"], first["model"]) == (1, "2025-04")
    assert first["score"] > 0.6
    reason = first["reasons"][0]
    assert (reason["feature"], reason["value"]) == ("unexplained", 30)
    assert reason["en"].startswith("30 persons without explanation; own mean 0.")
    assert reason["nl"].startswith("30 personen zonder verklaring; zelf gemiddeld 0.")
    assert "others in the same place that day" in reason["en"]


def test_an_ordinary_day_has_no_reasons(shadowed: Run) -> None:
    told = shadow(shadowed, desk()).days
    assert told.filter(pl.col("rank") > 1)["reasons"].list.len().min() == 0
    assert told["reasons"].null_count() == 0


def test_scores_in_shadow_change_no_signal(shadowed: Run, plain: Run) -> None:
    assert unsettled(shadowed).equals(unsettled(plain))
    assert shadowed.state.pushed.equals(plain.state.pushed)


def test_where_it_counts_it_adds_points_to_a_signal_that_exists_anyway(counting: Run, plain: Run) -> None:
    assert counting.signals()["signal_id"].equals(plain.signals()["signal_id"])
    before, after = (of_rule(run.signals(), "volume-own") for run in (plain, counting))
    added = {factor["factor"]: factor for factor in after["factors"]}  # type: ignore[attr-defined]
    assert "forest" not in {factor["factor"] for factor in before["factors"]}  # type: ignore[attr-defined]
    assert added["forest"]["points"] in (2.0, 4.0)
    assert sum(factor["points"] for factor in added.values()) == pytest.approx(after["score"])
    others = pl.col("rule") != "volume-own"
    assert unsettled(counting).filter(others).equals(unsettled(plain).filter(others))


def test_the_story_says_that_the_model_is_not_the_ground(counting: Run) -> None:
    facts = of_rule(counting.signals(), "volume-own")["facts_for"]
    told = next(fact for fact in facts if fact["code"] == "forest")  # type: ignore[attr-defined]
    assert told["en"].endswith("It weighs little; the ground of this signal is another.")
    assert "de grond van het signaal is een andere" in told["nl"]


@pytest.mark.parametrize("cuts", [CUTS, [timedelta(days=day) for day in range(1, 63, 3)]], ids=["few", "many"])
def test_slices_give_the_forests_and_scores_of_one_batch(counting: Run, cuts: list[timedelta]) -> None:
    sliced = in_slices(desk(), cuts, pipeline(counts=True))
    assert same_forests(sliced.state, counting.state)
    assert sliced.signals().equals(counting.signals())


def test_late_news_of_an_earlier_month_trains_anew_what_rests_on_it(counting: Run) -> None:
    world = desk()
    late = {f"look{number}" for number, row in enumerate(world.lookups) if row["bsn"] and number % 97 == 5}
    run = Run(pipeline(counts=True))
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups)).sort("at")
    registers = registers_of(world, run.pipeline)
    in_time = ~pl.col("lookup_id").is_in(late)
    middle = BURST + timedelta(days=2)
    run.feed(Slice(lookups.filter(in_time & (pl.col("at") < middle))), registers)
    before = run.state.forests
    run.crash_and_resume()
    run.feed(Slice(lookups.filter(~in_time & (pl.col("at") < middle))), registers)
    assert run.state.forests["training"].to_list() != before["training"].to_list()
    run.feed(Slice(lookups.filter(pl.col("at") >= middle)), registers)
    run.feed(Slice(lookups.clear(), closed=True), registers)
    assert same_forests(run.state, counting.state)


def test_nothing_is_worked_out_while_no_day_is_decided(shadowed: Run) -> None:
    world = desk()
    run = Run(shadowed.pipeline)
    lookups = run.pipeline.encoder.lookups(frame(LOOKUP, world.lookups)).sort("at")
    run.feed(Slice(lookups.head(3)), registers_of(world, run.pipeline))
    assert run.state.forests.is_empty()


def test_the_forests_are_part_of_the_stored_state(shadowed: Run) -> None:
    again = State.restore(shadowed.state.tables())
    assert same_forests(again, shadowed.state)


def test_metrics_count_each_scored_day_once_and_name_nobody(shadowed: Run) -> None:
    metrics = DetectorMetrics()
    show_shadow(metrics, State(), shadowed.state)
    show_shadow(metrics, shadowed.state, shadowed.state)
    counted = metrics.registry.get_sample_value("doelbinding_shadow_score_count")
    assert counted == shadowed.state.strange_days.height
    assert metrics.registry.get_sample_value("doelbinding_shadow_score_bucket", {"le": "0.3"}) == 0


def test_counting_asks_for_training() -> None:
    with pytest.raises(ValueError, match="counts = true needs enabled = true"):
        settings(forest=SMALL | {"enabled": False, "counts": True})
