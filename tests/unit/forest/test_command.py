"""`rescore --shadow`: scores and forests as files beside the signals, and nothing of it without being asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.core.errors import DoelbindingError
from services.core.keyring import open_key_ring
from services.detector.forest.artefact import from_bytes, hash_of
from services.detector.forest.report import SHADOW
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.state.connection import sqlite_url
from services.detector.state.store import Store
from services.detector.state.tables import State
from services.detector.watching import DetectOptions, detect
from tests.datasets import in_order, lines, write_registers
from tests.unit.command_line import run
from tests.unit.forest.desk import chosen, desk
from tests.world import in_one_batch

RULES = "[forest]\ntrees = 20\nsamples = 32\nmin_days = 20\n"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    world = desk()
    write_registers(world, tmp_path / "desk")
    (tmp_path / "desk" / "lookups" / "spring.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    (tmp_path / "rules.toml").write_text(RULES)
    return tmp_path / "desk"


@pytest.mark.slow
def test_scores_and_forests_are_files_that_a_run_without_them_takes_away(dataset: Path, tmp_path: Path) -> None:
    line = ("rescore", dataset, "--rules", tmp_path / "rules.toml", "--home", tmp_path / "home", "--out")
    assert run(*line, tmp_path / "out", "--shadow") == 0
    shadow = pl.read_parquet(tmp_path / "out" / "shadow.parquet")
    assert shadow.schema == SHADOW
    assert shadow.height > 100
    models = {hash_of(path.read_bytes()): path for path in (tmp_path / "out" / "models").iterdir()}
    assert set(models) == set(shadow["model_hash"])
    for digest, path in models.items():
        assert path.name == f"forest-{from_bytes(path.read_bytes(), digest).version}-{digest[:12]}.json"
    with_it = pl.read_parquet(tmp_path / "out" / "signals.parquet").drop("settings_hash")
    assert run(*line, tmp_path / "out") == 0
    assert not (tmp_path / "out" / "shadow.parquet").exists()
    assert pl.read_parquet(tmp_path / "out" / "signals.parquet").drop("settings_hash").equals(with_it)


def test_a_fault_of_the_settings_is_told_with_its_section(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[forest]\ncounts = true\n")
    assert run("rescore", dataset, "--rules", rules, "--out", tmp_path / "out", "--home", tmp_path / "home") == 2
    assert "forest: " in (told := capsys.readouterr().err)
    assert "counts = true needs enabled = true" in told


@pytest.mark.slow
def test_without_it_scikit_learn_is_not_imported() -> None:
    asked = "import sys, services.detector.rescore; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.slow
def test_the_streaming_detector_stores_the_forests_and_scores_of_one_batch(tmp_path: Path) -> None:
    world, home, metrics = desk(), tmp_path / "home", DetectorMetrics()
    write_registers(world, tmp_path / "desk")
    (tmp_path / "desk" / "lookups" / "spring.ndjson").write_bytes(lines(LOOKUP, in_order(world.lookups)))
    nobody_there = DetectOptions(tmp_path / "desk", "http://127.0.0.1:9", home, rows_per_slice=100, patience_seconds=0)
    with pytest.raises(DoelbindingError, match="they are kept and go out at the next start"):
        detect(nobody_there, chosen(counts=True), SystemClock(), metrics)
    store = Store(sqlite_url(home / "detector.sqlite"), SystemClock())
    kept = State.restore(store.load().tables)
    store.close()
    batch = in_one_batch(world, Pipeline(chosen(counts=True), open_key_ring(home / "keyring.json"))).state
    assert kept.forests.sort("month").equals(batch.forests)
    assert kept.strange_days.sort("day", "employee").equals(batch.strange_days)
    assert metrics.registry.get_sample_value("doelbinding_shadow_score_count") == batch.strange_days.height
