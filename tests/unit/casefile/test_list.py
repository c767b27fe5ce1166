"""`doelbinding signals list`: the signals of a run, or some drawn at random."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.unit.command_line import run


@pytest.fixture
def listed(run_folder: Path, capsys: pytest.CaptureFixture[str]):
    def signals(*options: str) -> list[dict[str, object]]:
        assert run("signals", "list", run_folder, "--json", *options) == 0
        return json.loads(capsys.readouterr().out)

    return signals


def ids(signals: list[dict[str, object]]) -> list[object]:
    return [signal["signalId"] for signal in signals]


def test_the_highest_score_comes_first(listed) -> None:
    scores = [signal["score"] for signal in listed()]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 5


def test_only_those_of_a_rule(listed) -> None:
    assert {signal["rule"] for signal in listed("--rule", "no-case-link")} == {"no-case-link"}


def test_only_those_put_forward(listed) -> None:
    found = listed("--pushed")
    assert {signal["pushed"] for signal in found} == {True}
    assert 0 < len(found) < len(listed())


def test_a_seed_draws_the_same_signals_again_and_another_seed_others(listed) -> None:
    drawn = ids(listed("--sample", "3", "--seed", "7"))
    assert len(drawn) == 3
    assert drawn == ids(listed("--sample", "3", "--seed", "7"))
    assert any(drawn != ids(listed("--sample", "3", "--seed", str(seed))) for seed in range(5))


def test_a_sample_larger_than_the_run_is_all_of_it(listed) -> None:
    assert ids(listed("--sample", "1000")) == ids(listed())


def test_a_person_reads_score_class_status_id_rule_and_summary(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("signals", "list", run_folder, "--rule", "relative-file") == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r" *\d+\.\d  P  open       s-[0-9a-f]{32}  relative-file", first)
    assert second.startswith("       The employee consulted the file of a child at 2 moments")
