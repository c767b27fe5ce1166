"""`doelbinding replay` tells what it would do, and what is wrong, without a broker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.core.kafka_settings import PREFIX
from tests.unit.command_line import run, small_dataset


def test_a_dry_run_tells_what_would_be_sent_and_needs_no_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = small_dataset(tmp_path / "d")
    with (dataset / "lookups" / "march.ndjson").open("ab") as file:
        file.write(b"no JSON\n")
    assert run("replay", dataset, "--to", "kafka", "--dry-run", "--speed", 3600, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "topic": "doelbinding.lookups",
        "lookups": 2,
        "invalid": 1,
        "notSendable": 0,
        "first": "2025-03-03T09:00:00+00:00",
        "last": "2025-03-04T09:00:00+00:00",
        "plannedSeconds": 24.0,
    }


def test_an_unknown_destination_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("replay", tmp_path, "--to", "files") == 2
    assert "--to: 'files' is not known; use: kafka" in capsys.readouterr().err


def test_without_brokers_in_the_settings_the_setting_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"{PREFIX}BOOTSTRAP_SERVERS", raising=False)
    assert run("replay", small_dataset(tmp_path / "d"), "--to", "kafka") == 2
    assert "bootstrap_servers: is missing" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_keeps_everything_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}BOOTSTRAP_SERVERS", "127.0.0.1:9")
    dataset = small_dataset(tmp_path / "d")
    (dataset / "lookups" / "april.parquet").write_bytes(b"no Parquet")
    assert run("replay", dataset, "--to", "kafka") == 2
    told = capsys.readouterr().err
    assert "lookups/april.parquet" in told
    assert "nothing was sent" in told


def test_registers_can_be_sent_before_the_lookups_or_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = small_dataset(tmp_path / "d")
    assert run("replay", dataset, "--to", "kafka", "--dry-run", "--send", "both", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    topics = [f"doelbinding.{register}" for register in ("case-links", "employees", "relations")]
    assert list(told)[:4] == [*topics, "topic"]
    assert run("replay", dataset, "--to", "kafka", "--dry-run", "--send", "registers", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {topic: told[topic] for topic in topics}
    assert run("replay", dataset, "--to", "kafka", "--send", "everything") == 2
    assert "--send: 'everything' is not known; use one of: lookups, registers, both" in capsys.readouterr().err
