"""What is judged beside the ranking: pushes, rules, lawful situations, quiet agencies, and what is left out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.detector.evaluate import Evaluation, evaluate
from services.detector.evaluate.by_rule import RuleResult
from services.detector.evaluate.figures import Rate, Share
from services.detector.evaluate.inputs import BENIGN_COLUMNS
from services.detector.evaluate.situations import Situation
from tests.unit.evaluate.agency import MONDAY, looks
from tests.unit.evaluate.desk import Answers, Desk, Episode, Signal, explained_frame, signal_frame

RULES = {"a": "own-file", "b": "own-file", "c": "volume-own", "d": "volume-own", "e": "volume-own", "f": "volume-own"}
CLASSES = {"own-file": "P", "volume-own": "B", "curiosity-burst": "P"}


@pytest.fixture
def told(desk: Desk) -> pl.DataFrame:
    """The signals of the worked example with their rule; a (right), b (wrong) and g (withdrawn) were pushed."""
    rule = pl.col("signal_id").replace_strict(RULES, default="curiosity-burst")
    return desk.signals.with_columns(
        rule=rule, rule_class=rule.replace_strict(CLASSES), pushed=pl.col("signal_id").is_in(["a", "b", "g"])
    )


@pytest.fixture
def judged(told: pl.DataFrame, desk: Desk, truth_dir: Path) -> Evaluation:
    return evaluate(told, desk.explained, truth_dir)


def test_a_false_push_is_a_pushed_signal_that_is_not_right_however_it_ended(
    told: pl.DataFrame, desk: Desk, truth_dir: Path
) -> None:
    # b is wrong; g, withdrawn, holds misuse; without that lookup it would be a false push too
    assert evaluate(told, desk.explained, truth_dir).false_pushes == Rate(1, 1000)
    empty = pl.when(pl.col("signal_id") == "g").then(pl.lit(["lawful-29"])).otherwise("lookup_ids").alias("lookup_ids")
    assert evaluate(told.with_columns(empty), desk.explained, truth_dir).false_pushes == Rate(2, 1000)


def test_an_episode_is_pushed_if_a_right_pushed_signal_holds_one_of_its_lookups(judged: Evaluation) -> None:
    # S1 by a; S4 by g, although that was withdrawn
    assert {kind.kind: kind.pushed for kind in judged.kinds} == {"own_file": 2, "volume_20": 0, "acquaintance_once": 0}


def test_each_rule_tells_its_open_right_wrong_and_pushed_signals(judged: Evaluation) -> None:
    # right: a, c, d, f; wrong: b, e; g is withdrawn
    assert judged.rules == (
        RuleResult("curiosity-burst", "P", 0, 0, 0, 1, 1, 0),
        RuleResult("own-file", "P", 2, 1, 1, 0, 2, 1),
        RuleResult("volume-own", "B", 4, 3, 1, 0, 0, 0),
    )


def test_a_run_that_tells_no_pushes_and_rules_is_judged_without_them(desk: Desk, truth_dir: Path) -> None:
    judged = evaluate(desk.signals, desk.explained, truth_dir)
    assert (judged.false_pushes, judged.rules, judged.situations, judged.burdens) == (None, (), (), ())
    assert [kind.pushed for kind in judged.kinds] == [None, None, None]
    for missing in ("pushes are left out", "results per rule", "benign.parquet", "who looked when", "--dataset"):
        assert any(missing in sentence for sentence in judged.left_out)


def test_recall_has_the_ceiling_of_one_episode_per_signal_read(judged: Evaluation) -> None:
    # 4 episodes; 1, 2, 5 and 10 slots
    assert [budget.ceiling for budget in judged.budgets] == [0.25, 0.5, 1.0, 1.0]


def test_lawful_situations_are_counted_by_ids_and_by_window(told: pl.DataFrame, desk: Desk, truth_dir: Path) -> None:
    lawful = [f"lawful-{number:02}" for number in range(30)]
    seen = looks(*((lookup, "e1" if lookup < "lawful-15" else "e2", place) for place, lookup in enumerate(lawful)))
    others = desk.answers.frames()["lookups.parquet"].join(seen, on="lookup_id", how="anti")
    pl.concat([seen, others], how="diagonal").write_parquet(truth_dir / "lookups.parquet")
    situations = [
        ("consultation", "e1", ["lawful-00", "lawful-25"], None, None),
        ("consultation", "e1", ["lawful-02"], None, None),
        # days 20 to 29 of e2: lawful-20 to lawful-29, of which 24 to 29 are not explained
        ("busy_day", "e2", None, MONDAY + timedelta(days=20), MONDAY + timedelta(days=29)),
        ("busy_day", "e1", None, MONDAY + timedelta(days=20), MONDAY + timedelta(days=29)),
    ]
    pl.DataFrame(situations, schema=dict(BENIGN_COLUMNS), orient="row").write_parquet(truth_dir / "benign.parquet")
    # lawful-00 is in b (wrong, rank 2, pushed), e (wrong, rank 5) and f (right); lawful-02 in e and f
    assert evaluate(told, desk.explained, truth_dir).situations == (
        Situation("busy_day", 2, 6, 0, 0, 0),
        Situation("consultation", 2, 1, 3, 2, 1),
    )


def test_an_agency_without_misuse_tells_of_false_signals_and_pushes_only(tmp_path: Path) -> None:
    answers = Answers([], ["l1", "l2", "l3"], employee_weeks=500)
    signals = signal_frame(Signal("s1", 50, ["l1"]), Signal("s2", 40, ["l2"])).with_columns(
        pushed=pl.col("signal_id") == "s1"
    )
    judged = evaluate(signals, explained_frame(answers, "l3"), answers.write(tmp_path / "quiet-truth"))
    assert (judged.average_precision, judged.average_precision_interval) == (None, None)
    assert (judged.kinds, judged.episodes, judged.false_pushes) == ((), Share(0, 0), Rate(1, 500))
    assert [(budget.precision, budget.recall, budget.ceiling) for budget in judged.budgets][2] == (
        Share(0, 2),
        Share(0, 0),
        None,
    )
    assert any("no misuse was planted" in sentence for sentence in judged.left_out)


def test_episodes_in_a_wrong_open_signal_are_in_an_open_signal_but_not_caught(tmp_path: Path) -> None:
    answers = Answers([Episode("S1", "volume_20", ["m"])], [f"l{number}" for number in range(20)])
    wrong = signal_frame(Signal("s", 50, ["m", *answers.lawful]))
    judged = evaluate(wrong, explained_frame(answers), answers.write(tmp_path / "t"))
    assert [(kind.in_open_signal, kind.caught, kind.lowest_rank) for kind in judged.kinds] == [(1, 0, None)]


def test_an_episode_that_leaves_no_trace_is_not_counted_and_this_is_told(
    desk: Desk, truth_dir: Path, told: pl.DataFrame
) -> None:
    scenarios = desk.answers.frames()["scenarios.parquet"]
    hidden = pl.when(pl.col("scenario_id") == "S3").then(pl.lit("untraceable")).otherwise(pl.lit("easy"))
    scenarios.with_columns(difficulty=hidden).write_parquet(truth_dir / "scenarios.parquet")
    judged = evaluate(told, desk.explained, truth_dir)
    assert (judged.episodes, judged.average_precision) == (Share(2, 3), pytest.approx((1 + 2 / 3) / 3))
    assert "episodes that leave no trace in the log, not counted: 1" in judged.left_out
