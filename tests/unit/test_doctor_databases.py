"""`doctor` on databases, outbox and a running API; the databases and the API are real."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.api.db.migrate import MIGRATIONS
from services.api.db.migrate import migrate as migrate_api
from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.clock import SystemClock
from services.core.tokens import open_tokens
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate as migrate_detector
from services.doctor.databases import (
    Kind,
    detector_kind,
    examine_api_database,
    examine_detector_database,
    examine_file,
    open_file,
)
from services.doctor.examination import Asked, examine
from services.doctor.findings import Finding, Status
from services.doctor.outbox import backlog_finding, events_finding, examine_events, examine_outbox
from services.doctor.service import examine_service

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OF_API = Kind("api-database", MIGRATIONS, "alembic_version", kept_up=True)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    migrate_api(f"sqlite+aiosqlite:///{folder / 'api.sqlite'}")
    migrate_detector(sqlite_url(folder / "detector.sqlite"))
    return folder


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    return Path(shutil.copytree(migrated, tmp_path / "home"))


def statuses(findings: list[Finding]) -> list[Status]:
    return [finding.status for finding in findings]


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_databases_of_this_release_are_in_order(home: Path) -> None:
    for name, kind in (("api.sqlite", OF_API), ("detector.sqlite", detector_kind())):
        path = home / name
        assert examine_file(path, kind) == [Finding(kind.check, Status.OK, f"{path}: has the tables of this release")]


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "detector.sqlite"
    assert examine_file(path, detector_kind()) == [
        Finding(
            "detector-database",
            Status.WARNING,
            f"{path}: does not exist yet; the first start makes it, or run: doelbinding migrate",
        )
    ]
    assert not path.exists()


def test_a_database_that_nobody_brings_up_to_date_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "api.sqlite"
    settings = load_settings(home=tmp_path, database_url=f"sqlite+aiosqlite:///{path}")
    assert examine_api_database(settings)[0].message == f"{path}: does not exist yet; run: doelbinding migrate"
    change(path, "CREATE TABLE x (y)", "PRAGMA journal_mode = WAL")
    assert examine_api_database(settings) == [
        Finding("api-database", Status.FAULT, f"{path}: has no tables yet; run: doelbinding migrate")
    ]


def test_tables_of_an_older_release_say_how_they_are_brought_up_to_date(home: Path) -> None:
    path = home / "api.sqlite"
    change(path, "UPDATE alembic_version SET version_num = '0001'")
    assert examine_file(path, OF_API) == [
        Finding(
            "api-database",
            Status.WARNING,
            f"{path}: has tables of an older release; run: doelbinding migrate, or start it: it does so by itself",
        )
    ]


def test_tables_of_a_newer_release_are_a_fault(home: Path) -> None:
    path = home / "detector.sqlite"
    change(path, "UPDATE detector_version SET version_num = '9999'")
    assert examine_file(path, detector_kind()) == [
        Finding(
            "detector-database",
            Status.FAULT,
            f"{path}: was made by a newer release; install that release, or a newer one",
        )
    ]


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "api.sqlite"
    path.write_bytes(b"this is no database at all, but a text" * 100)
    assert examine_file(path, OF_API) == [
        Finding(
            "api-database",
            Status.FAULT,
            f"{path}: file is not a database: it is no SQLite database; name another file, or restore it from a backup",
        )
    ]


def test_a_journal_that_lets_readers_and_writer_block_each_other_is_told(home: Path) -> None:
    path = home / "detector.sqlite"
    change(path, "PRAGMA journal_mode = DELETE")
    found = examine_file(path, detector_kind())
    assert statuses(found) == [Status.WARNING, Status.OK]
    assert "its journal mode is delete instead of WAL" in found[0].message


def test_a_database_that_another_process_writes_to_is_only_a_warning(home: Path) -> None:
    path = home / "detector.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = examine_file(path, detector_kind())
    assert statuses(found) == [Status.WARNING, Status.OK]
    assert "another process is writing to it; stop that process, or wait and try again" in found[0].message


def test_an_address_of_no_database_is_a_fault(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, database_url="nonsense with a secret")
    (finding,) = examine_api_database(settings)
    assert finding.status is Status.FAULT
    assert "secret" not in finding.message


@pytest.mark.parametrize(
    ("waited", "status"),
    [(timedelta(minutes=1), Status.OK), (timedelta(hours=1), Status.WARNING), (timedelta(days=2), Status.FAULT)],
)
def test_signals_that_wait_long_are_told_with_since_when(waited: timedelta, status: Status) -> None:
    finding = backlog_finding(3, NOW - waited, NOW)
    assert finding.status is status
    assert finding.message.startswith(
        f"3 signals wait for delivery, the oldest since {NOW - waited:%Y-%m-%d %H:%M} UTC"
    )


def test_the_outbox_is_read_from_the_database(home: Path) -> None:
    path = home / "detector.sqlite"
    assert [finding.message for finding in examine_outbox(open_file(path), SystemClock())] == [
        "no signal waits for delivery"
    ]
    columns = "INSERT INTO outbox (signal_id, content_hash, as_of_us, status, body, committed_us) VALUES"
    change(path, f"{columns} ('s-1', 'h', 1, 'pending', x'00', 0)", f"{columns} ('s-2', 'h', 1, 'rejected', x'00', 0)")
    waits, refused = examine_outbox(open_file(path), SystemClock())
    assert waits.message.startswith(
        "1 signal waits for delivery, the oldest since 1970-01-01 00:00 UTC; see that the API"
    )
    assert refused.message.startswith("1 signal was refused by the API and is not in the queue;")


@pytest.mark.parametrize(
    ("waited", "published", "status"),
    [
        (timedelta(minutes=1), True, Status.OK),
        (timedelta(hours=1), True, Status.WARNING),
        (timedelta(days=2), True, Status.FAULT),
        (timedelta(days=2), False, Status.WARNING),
    ],
)
def test_events_that_wait_long_are_told_with_since_when(waited: timedelta, published: bool, status: Status) -> None:
    finding = events_finding(1, NOW - waited, NOW, published=published)
    assert finding.status is status
    assert finding.message.startswith(
        f"1 event waits for the topic, the oldest since {NOW - waited:%Y-%m-%d %H:%M} UTC"
    )


def test_the_outbox_of_events_is_read_from_the_database(home: Path) -> None:
    path = home / "api.sqlite"
    [nothing] = examine_events(open_file(path), SystemClock(), published=True)
    assert (nothing.status, nothing.message) == (Status.OK, "no event waits for its topic")
    columns = "event_id, signal_id, revision, happening, status, as_of, written_at, sent_at"
    row = "'e-1', 's-1', 1, 'pushed', 'open', '2026-03-01 09:00:00.000000', '2026-03-01 09:00:00.000000'"
    other = row.replace("e-1", "e-2").replace("s-1", "s-2")
    change(path, f"INSERT INTO publications ({columns}) VALUES ({row}, NULL), ({other}, '2026-03-01 09:00:01.000000')")
    [waits] = examine_events(open_file(path), SystemClock(), published=True)
    assert waits.status is Status.FAULT
    assert waits.message.startswith("1 event waits for the topic, the oldest since 2026-03-01 09:00 UTC; see that")


def test_the_detectors_database_is_where_its_setting_says(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = (home / "detector.sqlite").rename(tmp_path / "elsewhere.sqlite")
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", f"sqlite:///{elsewhere}")
    checks = {finding.check: finding for finding in examine(Asked(home=home), SystemClock())}
    assert checks["detector-database"].message == f"{elsewhere}: has the tables of this release"
    assert checks["outbox"].status is Status.OK
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", "a secret")
    [finding] = examine_detector_database(home)
    assert finding.status is Status.FAULT
    assert "secret" not in finding.message


@pytest.mark.slow
def test_a_detectors_database_on_a_server_is_examined(
    home: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", postgresql)
    (home / "detector.sqlite").unlink()
    [empty] = examine_detector_database(home)
    assert (empty.status, "has no tables yet" in empty.message) == (Status.WARNING, True)
    migrate_detector(postgresql)
    checks = {finding.check: finding for finding in examine(Asked(home=home), SystemClock())}
    told = "the database of DOELBINDING_DETECTOR_DATABASE: has the tables of this release"
    assert checks["detector-database"].message == told
    assert (checks["outbox"].status, checks["sources"].status) == (Status.OK, Status.OK)


def test_an_installation_in_order_has_no_fault_and_is_left_as_it_was(home: Path) -> None:
    before = {path.name: path.read_bytes() for path in home.glob("*.sqlite")}
    found = list(examine(Asked(home=home), SystemClock()))
    assert {finding.check for finding in found} >= {"api-database", "detector-database", "outbox", "disk", "clock"}
    assert {path.name: path.read_bytes() for path in home.glob("*.sqlite")} == before


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("served") / "home"
    with EmbeddedApi(load_settings(home=home, port=0)) as api:
        yield api.url, home


def test_an_api_that_runs_is_alive_ready_and_knows_the_tokens(served: tuple[str, Path]) -> None:
    url, home = served
    assert [(finding.check, finding.status) for finding in examine_service(url, home)] == [
        ("api", Status.OK),
        ("api-ready", Status.OK),
        ("api-tokens", Status.OK),
    ]


def test_tokens_of_another_home_are_told(served: tuple[str, Path], tmp_path: Path) -> None:
    open_tokens(tmp_path / "tokens.json")
    *_, finding = examine_service(served[0], tmp_path)
    assert finding.status is Status.FAULT
    assert "let API and detector use the same home folder" in finding.message


def test_an_api_whose_database_is_behind_is_not_ready(tmp_path: Path) -> None:
    with EmbeddedApi(load_settings(home=tmp_path / "home", port=0)) as api:
        change(tmp_path / "home" / "api.sqlite", "UPDATE alembic_version SET version_num = '0001'")
        alive, ready, _ = examine_service(api.url, tmp_path / "home")
    assert (alive.status, ready.status) == (Status.OK, Status.FAULT)
    assert ready.message.endswith("see its database, and run: doelbinding migrate")


def test_another_service_is_not_taken_for_the_api(served: tuple[str, Path], tmp_path: Path) -> None:
    alive, *_ = examine_service(f"{served[0]}/static", tmp_path)
    assert (alive.check, alive.status) == ("api", Status.FAULT)


def test_an_api_that_is_away_is_a_fault_with_the_command_that_starts_it(tmp_path: Path) -> None:
    (finding,) = examine_service("http://127.0.0.1:1", tmp_path)
    assert finding == Finding(
        "api",
        Status.FAULT,
        "http://127.0.0.1:1: does not answer (ConnectError); start it with: doelbinding serve, "
        "or give its address with --api",
    )
