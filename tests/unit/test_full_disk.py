"""A disk that is full ends a command with what to do, and leaves no half file that looks like a whole one."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from services.core.observability import configure_logging
from services.core.secret_file import write_once
from services.detector.rescore import FILES
from services.detector.whole import whole
from tests.unit.command_line import run, small_dataset

LOGGED_WORK = """
import structlog
from services.core.observability import configure_logging
configure_logging()
structlog.get_logger().warning("store-unavailable", reason="x" * 100_000)
print("done")
"""


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What the system refuses here it refuses as it does on a full disk, with another number of the fault."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_rescoring_tells_that_its_output_does_not_fit(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    line = ["rescore", small_dataset(tmp_path / "agency"), "--out", tmp_path / "out", "--home", tmp_path, "--json"]
    assert run(*line) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    capfd.readouterr()
    with no_file_larger_than(2_000):
        assert run(*line) == 1
    assert capfd.readouterr().err == (
        f"doelbinding: {tmp_path / 'out'}: cannot be written: File too large; nothing of this run was kept there. "
        "Free space on its disk, or give another directory with --out\n"
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert set(before) == set(FILES)


def test_a_simulation_names_the_file_that_does_not_fit(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with no_file_larger_than(2_000):
        assert run("simulate", tmp_path / "agency", "--employees", "50", "--weeks", "1", "--json") == 1
    said = capfd.readouterr().err.strip()
    assert said.startswith(f"doelbinding: {tmp_path}/agency")
    assert said.endswith(".parquet: File too large")


def test_files_of_a_run_come_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("earlier")
    with pytest.raises(FileNotFoundError), whole(tmp_path, "a", "b") as (first, _):
        first.write_text("whole, but its companion is not there")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with whole(tmp_path, "a", "b") as (first, second):
        first.write_text("now")
        second.write_text("as well")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "now", "b": "as well"}


def test_half_a_secret_is_not_left_behind(tmp_path: Path) -> None:
    with no_file_larger_than(10), pytest.raises(OSError, match="File too large"):
        write_once(tmp_path / "keyring.json", {"keys": "x" * 1_000})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_log_that_cannot_be_written_does_not_end_the_work() -> None:
    with Path("/dev/full").open("w") as full:
        work = subprocess.run([sys.executable, "-c", LOGGED_WORK], stdout=subprocess.PIPE, stderr=full, check=False)
    assert (work.returncode, work.stdout) == (0, b"done\n")


def test_a_log_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    configure_logging()
    try:
        structlog.get_logger().warning("store-unavailable", reason="why")
    finally:
        structlog.configure(**before)
    assert json.loads(capsys.readouterr().err)["event"] == "store-unavailable"
