"""Files of a run and its answers: found where they may lie, and refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from services.core.errors import InputError
from services.detector.evaluate.inputs import SIGNAL_COLUMNS, read_run, read_truth, truth_directory
from tests.unit.evaluate.desk import Answers, Desk


def test_a_run_is_its_directory_or_the_signals_file_in_it(desk: Desk, run_dir: Path) -> None:
    for path in (run_dir, run_dir / "signals.parquet"):
        signals, explained = read_run(path)
        assert signals.equals(desk.signals)
        assert explained.equals(desk.explained)


def test_the_answers_are_a_directory_or_the_truth_file_in_it(truth_dir: Path) -> None:
    assert truth_directory(truth_dir) == truth_directory(truth_dir / "truth.parquet") == truth_dir


def test_rows_that_are_no_misuse_are_left_out_of_the_answers(desk: Desk, truth_dir: Path) -> None:
    truth = desk.answers.frames()["truth.parquet"]
    truth.with_columns(is_misuse=pl.col("lookup_id") == "own-1").write_parquet(truth_dir / "truth.parquet")
    assert read_truth(truth_dir).misuse["lookup_id"].to_list() == ["own-1"]


def test_a_run_without_explained_file_is_told_where_it_should_be(run_dir: Path) -> None:
    (run_dir / "explained.parquet").unlink()
    with pytest.raises(InputError, match=r"explained\.parquet: no such file"):
        read_run(run_dir / "signals.parquet")


def test_a_file_with_damaged_rows_is_named(run_dir: Path) -> None:
    damaged = bytearray((run_dir / "explained.parquet").read_bytes())
    damaged[4:60] = bytes(byte ^ 0x5A for byte in damaged[4:60])
    (run_dir / "explained.parquet").write_bytes(damaged)
    with pytest.raises(InputError, match=r"explained\.parquet: is damaged"):
        read_run(run_dir)


def test_all_faults_of_the_answers_are_told_at_once(truth_dir: Path) -> None:
    (truth_dir / "lookups.parquet").unlink()
    (truth_dir / "scenarios.parquet").write_bytes(b"not parquet")
    pl.read_parquet(truth_dir / "truth.parquet").drop("bsn").write_parquet(truth_dir / "truth.parquet")
    (truth_dir / "meta.json").write_text("{}")
    with pytest.raises(InputError) as refused:
        read_truth(truth_dir)
    assert [fault.removeprefix(f"{truth_dir}/") for fault in refused.value.faults] == [
        "truth.parquet: column bsn is missing",
        "scenarios.parquet: cannot be read as Parquet",
        "lookups.parquet: no such file; needs a Parquet file with columns lookup_id",
        "meta.json: needs a JSON object whose employee_weeks is a whole number above 0",
    ]


@pytest.mark.parametrize("meta", ["{", "[]", '{"employee_weeks": 0}', '{"employee_weeks": "many"}', "null"])
def test_a_meta_file_without_employee_weeks_is_refused(truth_dir: Path, meta: str) -> None:
    (truth_dir / "meta.json").write_text(meta)
    with pytest.raises(InputError, match="employee_weeks"):
        read_truth(truth_dir)


def test_answers_without_episodes_are_those_of_a_quiet_agency(tmp_path: Path) -> None:
    assert read_truth(Answers([], ["lawful-1"]).write(tmp_path / "quiet-truth")).scenarios.is_empty()


def test_columns_that_some_runs_lack_are_read_where_they_are(run_dir: Path) -> None:
    signals = pl.read_parquet(run_dir / "signals.parquet").with_columns(pushed=True, rule=pl.lit("own-file"), other=1)
    signals.write_parquet(run_dir / "signals.parquet")
    assert set(read_run(run_dir)[0].columns) == {*SIGNAL_COLUMNS, "pushed", "rule"}


def test_lawful_situations_of_another_shape_are_a_fault(truth_dir: Path) -> None:
    pl.DataFrame({"kind": ["aftercare"]}).write_parquet(truth_dir / "benign.parquet")
    with pytest.raises(InputError, match=r"benign\.parquet: column lookup_ids is missing"):
        read_truth(truth_dir)
