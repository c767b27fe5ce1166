"""`doctor` on settings, home folder, secrets and machine: each thing wrong is told, with what to do."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.core.vault_keys import PRIVATE_FILE, PUBLIC_FILE, SETTING, make_pair
from services.doctor.findings import Finding, Status
from services.doctor.home import examine_home
from services.doctor.machine import clock_finding, disk_finding, examine_machine, timezone_finding
from services.doctor.reads import examine_reads
from services.doctor.settings import examine_settings
from tests.unit.command_line import run


def told(findings: list[Finding], check: str) -> list[tuple[str, str]]:
    return [(finding.status.value, finding.message) for finding in findings if finding.check == check]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    open_key_ring(folder / "keyring.json")
    open_tokens(folder / "tokens.json")
    return folder


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine that runs the tests."""
    for name in [name for name in os.environ if name.startswith("DOELBINDING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path / "home"))


def test_a_home_in_order_has_nothing_to_mend(home: Path) -> None:
    found = examine_home(home)
    assert [(finding.check, finding.status) for finding in found] == [
        ("home", Status.OK),
        ("key-ring", Status.OK),
        ("tokens", Status.OK),
    ]


def test_the_keys_of_the_vault_are_examined_where_they_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(examine_home(home), "vault") == []
    make_pair(home)
    assert told(examine_home(home), "vault")[0][0] == "ok"
    (home / PRIVATE_FILE).chmod(0o644)
    assert "others than its owner" in told(examine_home(home), "vault")[0][1]
    (home / PRIVATE_FILE).unlink()
    assert "restore it from a backup" in told(examine_home(home), "vault")[0][1]
    monkeypatch.setenv(SETTING, str(home / PUBLIC_FILE))
    assert told(examine_home(home), "vault")[0][0] == "ok"
    (home / PUBLIC_FILE).write_text("{}")
    assert told(examine_home(home), "vault")[0][0] == "fault"
    assert not any(SETTING in finding.message for finding in examine_settings(home, None)[1])


def test_before_the_first_start_there_is_only_a_warning(tmp_path: Path) -> None:
    where = tmp_path / "new"
    assert told(examine_home(where), "home") == [
        ("warning", f"{where}: does not exist yet; the first start makes it, with key ring, tokens and databases")
    ]
    assert not where.exists()


def test_a_file_in_the_place_of_the_home_is_a_fault(tmp_path: Path) -> None:
    where = tmp_path / "file"
    where.touch()
    assert told(examine_home(where), "home") == [
        ("fault", f"{where}: is not a folder; remove it, or name another with DOELBINDING_HOME")
    ]


def test_a_home_that_others_can_look_into_is_told_with_the_command_that_mends_it(home: Path) -> None:
    home.chmod(0o755)
    assert told(examine_home(home), "home") == [
        ("warning", f"{home}: others than its owner can look into it; run: chmod 700 '{home}'")
    ]


def test_a_key_ring_that_is_gone_is_a_fault_once_data_was_made_with_it(home: Path) -> None:
    (home / "keyring.json").unlink()
    assert told(examine_home(home), "key-ring")[0][0] == "warning"
    (home / "detector.sqlite").touch()
    assert told(examine_home(home), "key-ring") == [
        (
            "fault",
            (
                f"{home / 'keyring.json'}: is gone, while detector.sqlite was made with it; restore it from a backup "
                "before the next start: a new one matches no pseudonym or signal id of the past"
            ),
        )
    ]
    assert not (home / "keyring.json").exists()


def test_secrets_that_others_can_read_or_that_are_spoilt_are_faults(home: Path) -> None:
    (home / "keyring.json").chmod(0o644)
    (home / "tokens.json").write_text('{"detector": "short"}')
    found = examine_home(home)
    assert told(found, "key-ring") == [
        (
            "fault",
            (
                f"{home / 'keyring.json'}: others than its owner can read this key ring; "
                f"run: chmod 600 '{home / 'keyring.json'}'"
            ),
        )
    ]
    assert len(told(found, "tokens")) == 6
    assert "short" not in str(told(found, "tokens")).replace("characters", "")


def test_every_fault_of_the_settings_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOELBINDING_API_PORT", "many")
    monkeypatch.setenv("DOELBINDING_API_HOST", "0.0.0.0")
    monkeypatch.setenv("DOELBINDING_API_PROT", "8600")
    rules = tmp_path / "rules.toml"
    rules.write_text("lateness_minutes = -1\nno_such_setting = 1\n[budget]\nscore_floor = 900\n")
    settings, found = examine_settings(None, rules)
    assert (settings.api, settings.agency) == (None, None)
    assert len(told(found, "api-settings")) == 2
    assert len(told(found, "agency-settings")) == 3
    assert told(found, "environment")[0][1].startswith("variable DOELBINDING_API_PROT is not known and does nothing;")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('timezone = "Europe/Amsterdm"', "timezone: 'Europe/Amsterdm' is not known; write one like Europe/Amsterdam"),
        ('country = "QQ"', "country: no holidays are known of 'QQ'; write a code like NL"),
    ],
)
def test_a_calendar_that_does_not_exist_is_a_fault(tmp_path: Path, toml: str, message: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(toml)
    told_of = f"{rules}: {message}; mend the file given with --rules"
    assert ("fault", told_of) in told(examine_settings(None, rules)[1], "agency-settings")


def test_relations_of_the_brp_without_a_legal_basis_are_a_fault(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('relation_sources = ["brp"]')
    ((status, message),) = told(examine_settings(None, rules)[1], "agency-settings")
    assert status == "fault"
    assert "legal basis" in message


def test_deployables_that_disagree_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOELBINDING_API_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("DOELBINDING_API_TIMEZONE", "America/Curacao")
    found = examine_settings(None, None)[1]
    assert "tokens of its own" in told(found, "home")[0][1]
    assert "America/Curacao" in told(found, "timezone")[0][1]


@pytest.mark.parametrize(
    ("total", "free", "status"),
    [
        (100, 11, Status.OK),
        (100, 9, Status.WARNING),
        (9, 0.99, Status.WARNING),
        (9, 1, Status.OK),
        (0, 0, Status.WARNING),
    ],
)
def test_little_room_on_the_disk_is_a_warning(total: float, free: float, status: Status) -> None:
    assert disk_finding(Path("/x"), int(total * 2**30), int(free * 2**30)).status is status


@pytest.mark.parametrize(("year", "status"), [(1970, Status.FAULT), (2024, Status.FAULT), (2025, Status.OK)])
def test_a_clock_in_the_past_is_a_fault(year: int, status: Status) -> None:
    assert clock_finding(datetime(year, 6, 1, tzinfo=UTC)).status is status


def test_a_time_zone_database_without_the_agencys_zone_is_a_fault() -> None:
    finding = timezone_finding("Europe/Nowhere")
    assert finding == Finding(
        "timezone-database",
        Status.FAULT,
        "the time zone database has no Europe/Nowhere; install the package tzdata",
    )


def test_the_machine_is_examined_before_the_home_exists(tmp_path: Path) -> None:
    found = examine_machine(tmp_path / "not" / "yet", datetime(2026, 3, 2, tzinfo=UTC))
    assert [finding.check for finding in found] == ["disk", "clock", "timezone-database"]
    assert found[0].message.startswith(f"{tmp_path}: ")


def test_the_command_ends_with_0_when_nothing_is_at_fault_and_1_otherwise(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("doctor", "--home", home) == 0
    assert "0 faults," in capsys.readouterr().out
    (home / "keyring.json").chmod(0o644)
    assert run("doctor", "--home", home) == 1
    assert "1 fault," in capsys.readouterr().out


def test_json_has_every_finding(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", "--home", home, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["faults"] == 0
    assert report["warnings"] == 3  # no databases yet, and reads of signals go nowhere
    assert {"check": "key-ring", "status": "ok"}.items() <= report["findings"][6].items()


@pytest.mark.parametrize("address", ["nonsense", "ftp://x", "http://", "127.0.0.1:8600", "http://[::"])
def test_an_address_that_is_none_is_wrong_usage(home: Path, capsys: pytest.CaptureFixture[str], address: str) -> None:
    assert run("doctor", "--home", home, "--api", address) == 2
    assert capsys.readouterr().err == (
        "doelbinding: --api: is no address of a web service; write it like http://127.0.0.1:8600\n"
    )


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    assert run("doctor", "--home", tmp_path / "home") == 0
    assert list(tmp_path.iterdir()) == []


def test_reads_that_go_nowhere_are_told(home: Path) -> None:
    ((status, message),) = told(examine_reads(examine_settings(home, None)[0], None), "reads")
    assert status == "warning"
    assert message.startswith("what readers of signals open goes nowhere")
    assert "DOELBINDING_API_READS" in message


def test_reads_should_go_into_the_dataset_of_the_detector(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = tmp_path / "agency", tmp_path / "other"
    folder.mkdir()
    monkeypatch.setenv("DOELBINDING_API_READS", str(folder))
    settings, found = examine_settings(home, None)
    assert told(found, "environment") == []
    assert [status for status, _ in told(examine_reads(settings, None), "reads")] == ["ok"]
    assert [status for status, _ in told(examine_reads(settings, folder / "."), "reads")] == ["ok"]
    assert told(examine_reads(settings, other), "reads") == [
        (
            "warning",
            (
                f"{folder}: reads of signals go there, but the detector's dataset is {other}; set "
                "DOELBINDING_API_READS to that"
            ),
        )
    ]
    (folder / "lookups").touch()
    assert "is not a folder that this user can write" in told(examine_reads(settings, None), "reads")[0][1]


def test_reads_should_go_to_the_topic_that_the_detectors_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOELBINDING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    settings = examine_settings(home, None)[0]
    assert examine_reads(settings, None) == []
    monkeypatch.setenv("DOELBINDING_API_EVENT_SOURCE", "urn:nld:oin:00000001234567890000:systeem:doelbinding")
    monkeypatch.setenv("DOELBINDING_API_PUBLIC_URL", "https://doelbinding.example.org")
    assert told(examine_reads(settings, None), "reads")[0][0] == "ok"
    monkeypatch.setenv("DOELBINDING_DETECTOR_TOPIC", "lookups")
    assert told(examine_reads(settings, None), "reads") == [
        (
            "warning",
            (
                "reads of signals go to topic doelbinding.lookups, but the detectors read lookups; set "
                "DOELBINDING_API_LOOKUPS_TOPIC to that"
            ),
        )
    ]


def test_the_account_of_a_detector_at_an_issuer_is_known_and_says_nothing_of_kafka(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOELBINDING_DETECTOR_OAUTH_TOKEN_URL", "https://issuer.example.org/token")
    monkeypatch.setenv("DOELBINDING_INTERESTS_OAUTH_CLIENT_ID", "interests")
    settings, found = examine_settings(home, None)
    assert told(found, "environment") == []
    assert told(found, "kafka-settings") == []
    assert settings.kafka is None
