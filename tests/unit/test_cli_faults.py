"""The command line when something is wrong: words for a person, exit code 2 for input and 1 for failure."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import polars as pl
import pytest

from services.core.keyring import open_key_ring
from tests.unit.command_line import run, small_dataset

FIVE_FAULTS = """
timezone = 5
lateness_minutes = -1
grace_workin_days = 2

[volume]
window_days = 1

[budget]
push_hour = 13
"""


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Sentences stay on one line, and nothing is written outside the test's folder."""
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path / "home"))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]):
    """Runs a command line that must fail; its exit code, and what it tells, line by line."""

    def telling(*arguments: str | Path) -> tuple[int, list[str]]:
        code = run(*arguments)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return code, [line.removeprefix("doelbinding: ") for line in shown.err.splitlines()]

    return telling


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["rescore"], "Missing argument 'dataset'"),
        (["rescore", "x"], "Missing option '--out'"),
        (["rescore", "x", "--out", "y", "--form", "z"], "No such option: --form"),
        (["demo", "--employees", "3"], "Input should be greater than or equal to 50"),
        (["serve", "--port", "many"], "Invalid value for '--port'"),
        (["detect", "x", "--rows-per-slice", "0"], "greater than or equal to 1"),
        (["rules", "forget"], "No such command 'forget'"),
    ],
)
def test_wrong_usage_is_told_with_the_way_to_help(told, line: list[str], words: str) -> None:
    code, lines = told(*line)
    assert code == 2
    assert any(words in line for line in lines)
    assert any("--help" in line for line in lines)


@pytest.mark.parametrize("command", [["rescore", "--out", "out"], ["detect", "--metrics-port", "0"]])
def test_a_dataset_that_is_not_there_is_named(told, tmp_path: Path, command: list[str]) -> None:
    code, (line,) = told(*command, tmp_path / "nowhere")
    assert code == 2
    assert line == f"{tmp_path / 'nowhere'}: is not a directory; give the directory of a dataset"


def test_everything_that_misses_in_a_dataset_is_told_at_once(told, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, lines = told("rescore", tmp_path / "empty", "--out", tmp_path / "out")
    assert code == 2
    assert len(lines) == 4
    for name, line in zip(("lookups", "case-links", "employees", "relations"), lines, strict=True):
        assert name in line
        assert "missing" in line


def test_both_ends_of_a_period_are_checked_at_once(told) -> None:
    code, lines = told("rescore", "x", "--out", "y", "--from", "yesterday", "--to", "2025-03-30")
    assert code == 2
    assert [line.split(":")[0] for line in lines] == ["--from", "--to"]
    assert all("2025-03-30T14:00:00+02:00" in line for line in lines)


def test_a_period_must_begin_before_it_ends(told) -> None:
    period = ("--from", "2025-03-30T14:00:00+02:00", "--to", "2025-03-30T12:00:00Z")
    assert told("rescore", "x", "--out", "y", *period) == (2, ["--from must lie before --to"])


def test_a_period_without_lookups_has_nothing_to_score(told, tmp_path: Path) -> None:
    line = ("rescore", small_dataset(tmp_path / "agency"), "--out", tmp_path / "out", "--to", "2001-01-01T00:00:00Z")
    code, lines = told(*line)
    assert code == 1
    assert lines == ["no lookup lies in this period; nothing was scored"]


def test_a_run_to_compare_with_must_be_there(told, tmp_path: Path) -> None:
    code, (line,) = told("rescore", "x", "--out", "y", "--compare", tmp_path)
    assert code == 2
    assert "signals.parquet does not exist; give the output directory of an earlier run" in line


def test_a_run_to_compare_with_must_hold_signals(told, tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "signals.parquet").write_text("signals")
    (tmp_path / "other").mkdir()
    pl.DataFrame({"signal_id": ["s-1"]}).write_parquet(tmp_path / "other" / "signals.parquet")
    for earlier in ("text", "other"):
        code, (line,) = told("rescore", "x", "--out", "y", "--compare", tmp_path / earlier)
        assert code == 2
        assert "is no Parquet file with signal_id and content_hash" in line


def test_an_unknown_rule_is_told_with_those_that_are_known(told) -> None:
    code, (line,) = told("rules", "show", "no-such-rule")
    assert code == 2
    assert "rule 'no-such-rule' is not known" in line
    assert "own-file" in line


def test_an_unknown_source_is_told_with_those_that_are_known(told, tmp_path: Path) -> None:
    known = "--source: 'post' is not known; use one of: files, kafka"
    assert told("detect", tmp_path, "--source", "post") == (2, [known])


@pytest.mark.parametrize("address", ["intake", "127.0.0.1:8600", "ftp://intake", "http://", "http://intake:many"])
def test_an_address_that_is_none_is_told_before_the_work(told, tmp_path: Path, address: str) -> None:
    told_of = "is no address of a web service; write it like http://127.0.0.1:8600"
    assert told("rescore", tmp_path, "--out", tmp_path / "out", "--submit", address) == (2, [f"--submit: {told_of}"])
    assert told("detect", tmp_path, "--api", address) == (2, [f"--api: {told_of}"])


def test_all_that_is_wrong_with_the_options_of_detect_is_told_at_once(
    told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agency.toml").write_text("lateness_minutes = -1")
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", "a-database")
    monkeypatch.setenv("DOELBINDING_DETECTOR_FETCH_BYTES", "few")
    monkeypatch.setenv("DOELBINDING_DETECTOR_SESION_SECONDS", "9")
    options = ("--source", "kafka", "--follow", "--api", "intake", "--rules", tmp_path / "agency.toml")
    code, lines = told("detect", tmp_path / "nowhere", *options)
    assert code == 2
    wanted = [
        "--follow: ",
        "--api: ",
        f"{tmp_path / 'nowhere'}: is not a directory",
        f"{tmp_path / 'agency.toml'}: lateness_minutes: ",
        "DOELBINDING_DETECTOR_DATABASE: ",
        "settings (DOELBINDING_KAFKA_*): bootstrap_servers: is missing",
        "settings (DOELBINDING_DETECTOR_*): fetch_bytes: should be a whole number",
        "settings (DOELBINDING_DETECTOR_*): sesion_seconds: is not known; did you mean session_seconds?",
    ]
    assert len(lines) == len(wanted)
    assert all(line.startswith(start) for line, start in zip(lines, wanted, strict=True)), lines


@pytest.mark.parametrize("command", ["rescore", "detect"])
def test_five_faults_of_a_settings_file_are_told_at_once(told, tmp_path: Path, command: str) -> None:
    settings = tmp_path / "agency.toml"
    settings.write_text(FIVE_FAULTS)
    out = ("--out", tmp_path / "out") if command == "rescore" else ("--metrics-port", "0")
    code, lines = told(command, small_dataset(tmp_path / "agency"), *out, "--rules", settings)
    assert code == 2
    assert len(lines) == 5
    assert all(line.startswith(f"{settings}: ") for line in lines)
    names = {line.split(": ")[1] for line in lines}
    assert names == {"timezone", "lateness_minutes", "grace_workin_days", "volume.window_days", "budget.push_hour"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"grace = = 1", "is not TOML"), (b"# caf\xe9", "is not UTF-8 text at byte 5"), (None, "cannot be read")],
)
def test_settings_that_cannot_be_read_are_told(told, tmp_path: Path, content: bytes | None, words: str) -> None:
    settings = tmp_path / "agency.toml"
    if content is not None:
        settings.write_bytes(content)
    code, (line,) = told("detect", small_dataset(tmp_path / "agency"), "--rules", settings)
    assert code == 2
    assert line.startswith(f"{settings}: {words}")


def test_brp_relations_need_a_legal_basis_to_monitor_staff(told, tmp_path: Path) -> None:
    (tmp_path / "agency.toml").write_text('relation_sources = ["brp"]')
    code, (line,) = told("detect", tmp_path, "--rules", tmp_path / "agency.toml")
    assert code == 2
    assert "set brp_legal_basis" in line


@pytest.mark.parametrize("command", [["rescore", "--out", "out"], ["detect", "--metrics-port", "0"]])
def test_a_key_ring_that_others_can_read_is_refused(told, tmp_path: Path, command: list[str]) -> None:
    open_key_ring(tmp_path / "keyring.json")
    (tmp_path / "keyring.json").chmod(0o644)
    code, (line,) = told(*command, small_dataset(tmp_path / "agency"), "--home", tmp_path)
    assert code == 2
    assert line.endswith(f"run: chmod 600 '{tmp_path / 'keyring.json'}'")


@pytest.mark.parametrize("command", [["serve", "--port"], ["detect", ".", "--metrics-port"]])
def test_a_port_that_is_taken_is_named(told, command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, lines = told(*command, port)
    assert code in (1, 2)
    assert f"127.0.0.1:{port}: " in lines[-1]
    assert "choose another" in lines[-1]


def test_serving_other_machines_is_refused(told) -> None:
    code, (line,) = told("serve", "--host", "0.0.0.0")
    assert code == 2
    assert "host" in line
    assert "127.0.0.1" in line


def test_a_folder_for_output_that_is_a_file_is_told(told, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    code, (line,) = told("rescore", small_dataset(tmp_path / "agency"), "--out", tmp_path / "out")
    assert code == 2
    assert line.startswith(f"{tmp_path / 'out'}: cannot be written")


def test_evaluate_names_every_file_that_misses(told, tmp_path: Path) -> None:
    code, lines = told("evaluate", tmp_path / "out", tmp_path / "agency-truth")
    assert code == 2
    assert len(lines) >= 4


def test_a_simulation_tells_all_its_faults_at_once(told, tmp_path: Path) -> None:
    code, lines = told("simulate", tmp_path / "agency", "--employees", "3", "--weeks", "0")
    assert code == 2
    assert [line.split()[0] for line in lines] == ["employees", "weeks"]


def test_a_case_that_fails_is_a_failure_and_not_wrong_input(told, tmp_path: Path) -> None:
    case = "{name: nothing to see, kind: non-firing, looks: [{file: anna}], expect: {fires: false, instead: nothing}}"
    (tmp_path / "own-file.yaml").write_text(f"rule: own-file\ncases: [{case}]\n")
    code, lines = told("rules", "test", tmp_path)
    assert code == 1
    assert lines[-1] == "1 of 1 cases failed"


def test_an_interrupted_command_has_failed(told, tmp_path: Path) -> None:
    ctrl_c = threading.Timer(0.2, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    ctrl_c.start()
    code, lines = told("simulate", tmp_path / "agency", "--employees", "2000", "--weeks", "100")
    ctrl_c.join()
    assert code == 1
    assert lines[-1] == "interrupted"


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        (["--source", "kafka"], ["registers: give the directory that holds them"]),
        ([], ["registers: give the directory that holds them"]),
        (["--registers", "kafka"], ["--registers kafka: is for --source kafka"]),
        (["data", "--source", "kafka", "--registers", "kafka"], ["--registers kafka: a directory is given too"]),
        (["data", "--registers", "post"], ["--registers: 'post' is not known; use one of: files, kafka"]),
        (
            ["data", "--source", "kafka", "--registers-prefix", "x.", "--registers-wait", "3"],
            ["--registers-prefix: is for --registers kafka", "--registers-wait: is for --registers kafka"],
        ),
    ],
)
def test_registers_come_from_one_place(line: list[str], faults: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("detect", *line) == 2
    told = capsys.readouterr().err
    assert [fault for fault in faults if fault not in told] == []
