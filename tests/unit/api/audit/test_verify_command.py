"""`doelbinding audit verify`: what it says, its exit codes, and what it needs."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing

import pytest

from tests.unit.api.audit.histories import write_history
from tests.unit.command_line import run


@pytest.fixture
def history(tmp_path, migrated, monkeypatch):
    made = write_history(tmp_path / "home", migrated, random.Random(7), batches=6)
    monkeypatch.setenv("DOELBINDING_HOME", str(made.home))
    return made


def tamper(history):
    with closing(sqlite3.connect(history.file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_entries_update")
        connection.execute("UPDATE audit_entries SET role = 'other' WHERE sequence = 4")


@pytest.mark.usefixtures("history")
def test_a_whole_trail_is_told_and_exits_with_0(capsys):
    assert run("audit", "verify") == 0
    told = capsys.readouterr()
    assert "Nothing was changed, removed, moved, added or cut off." in told.out
    assert told.err == ""


def test_a_broken_one_is_told_from_its_first_entry_and_exits_with_1(history, capsys):
    tamper(history)
    assert run("audit", "verify") == 1
    told = capsys.readouterr()
    assert "First broken at entry 4: changed: it is not as it was written" in told.out
    assert "tell the auditor" in told.err


def test_machines_get_the_same_as_json(history, capsys):
    assert run("audit", "verify", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["whole"], report["first"], report["faults"]) == (True, None, 0)
    assert report["entries"] == report["intact"] > 5
    tamper(history)
    assert run("audit", "verify", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["first"] == {"kind": "changed", "sequence": 4, "told": "it is not as it was written"}
    assert report["intact"] == report["entries"] - 1


def test_who_has_only_the_public_key_and_the_roots_can_verify(history, tmp_path, capsys):
    assert run("audit", "public-key") == 0
    (tmp_path / "key").write_text(capsys.readouterr().out)
    (history.home / "audit-key.json").unlink()
    kept = (history.export).rename(tmp_path / "kept.ndjson")
    assert run("audit", "verify", "--public-key", str(tmp_path / "key"), "--roots", str(kept)) == 0


def test_the_roots_of_another_place_are_those_of_the_settings(history, tmp_path, monkeypatch):
    monkeypatch.setenv("DOELBINDING_API_AUDIT_EXPORT", str(history.export.rename(tmp_path / "elsewhere")))
    assert run("audit", "verify") == 0


def test_a_copy_of_the_roots_may_end_earlier_and_the_file_itself_may_not(tmp_path, migrated, monkeypatch, capsys):
    made = write_history(tmp_path / "home", migrated, random.Random(3), batches=40)
    monkeypatch.setenv("DOELBINDING_HOME", str(made.home))
    assert run("audit", "verify") == 0
    (tmp_path / "copy").write_bytes(made.export.read_bytes().splitlines(keepends=True)[0])
    made.export.write_bytes((tmp_path / "copy").read_bytes())
    assert run("audit", "verify", "--roots", str(tmp_path / "copy")) == 0
    assert run("audit", "verify") == 1
    assert "are missing at the end of the file outside the database" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["audit-key.json", "api.sqlite"])
def test_without_key_or_database_nothing_is_verified_and_nothing_is_made(history, missing, capsys):
    (history.home / missing).unlink()
    assert run("audit", "verify") == 2
    assert missing in capsys.readouterr().err
    assert not (history.home / missing).exists()


@pytest.mark.parametrize(
    ("option", "content"),
    [("--public-key", "no key\n"), ("--public-key", "é"), ("--roots", None), ("--public-key", None)],
)
@pytest.mark.usefixtures("history")
def test_a_file_that_is_asked_for_must_be_one(tmp_path, option, content):
    if content is not None:
        (tmp_path / "file").write_text(content)
    assert run("audit", "verify", option, str(tmp_path / "file")) == 2


def test_a_database_of_another_release_is_told(history, capsys):
    with closing(sqlite3.connect(history.file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    assert run("audit", "verify") == 1
    assert "doelbinding migrate" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_told(history, capsys):
    history.file.write_bytes(b"no database" * 1_000)
    assert run("audit", "verify") == 1
    assert "the audit trail cannot be read" in capsys.readouterr().err
