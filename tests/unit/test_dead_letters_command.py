"""`doelbinding dead-letters` when something is wrong, and what it shows to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.core.keyring import open_key_ring
from services.detector.deadletters import seal
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit
from tests.unit.command_line import run
from tests.unit.state.samples import an_owned_store, dead

SECRET = b'{"bsn": "960000017", "employee_id": "E-12345"}'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A detector with three letters: a lookup, a row of a register, and a message without content."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("DOELBINDING_DETECTOR_DATABASE", raising=False)
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    ring = open_key_ring(folder / "keyring.json")
    letters = dead("lookups/a.ndjson: byte 7", "case-links.ndjson: byte 9", "offset [7]").to_dicts()
    letters[0]["sealed"] = seal(SECRET, "lookup", letters[0]["position"], ring)
    letters[1] |= {"record": "case-link", "sealed": seal(SECRET, "case-link", letters[1]["position"], ring)}
    letters[2] |= {"codes": ["tombstone"], "sealed": seal(b"", "lookup", letters[2]["position"], ring)}
    with an_owned_store(folder / "detector.sqlite") as store:
        store.commit(Commit({}, dead=dead().vstack(type(dead())(letters, schema=dead().schema)), partition="files"))
    return folder


@pytest.fixture
def told(home: Path, capsys: pytest.CaptureFixture[str]):
    def telling(*line: str | Path) -> tuple[int, str, str]:
        code = run("dead-letters", *line, *(() if "--home" in line else ("--home", home)))
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return code, shown.out, shown.err

    return telling


def test_people_see_letters_counts_and_no_identities(told) -> None:
    code, out, _ = told("list")
    assert code == 0
    assert "dead letters: 3; shown: 3" in out
    assert "bsn-fails-11-proef: 2" in out
    assert "offset [7]" in out
    _, one, _ = told("show", "1")
    assert "reasons: bsn: fails the 11-proef" in one
    assert not any(name in out + one for name in ("960000017", "E-12345"))
    assert told("list", "--code", "tombstone", "--limit", "0")[1].splitlines() == [
        "dead letters: 1; shown: 0",
        "  tombstone: 1",
    ]


def test_what_cannot_be_taken_again_is_left_and_told(told) -> None:
    code, out, _ = told("replay", "--all", "--dry-run")
    assert code == 0
    assert out.splitlines()[0] == "would be taken again, with the next step of the detector: 1"
    assert "are left: 1; it is a row of a register" in out
    assert "would fail again with missing-field: 1" in out
    assert "will be taken again, with the next step of the detector: 1" in told("replay", "--all")[1]
    assert "wait for that already: 1" in told("replay", "--all")[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["list", "--since", "yesterday"], ["--since: should be a day"]),
        (["list", "--since", "2026-03-14T09:00"], ["--since: should be a day"]),
        (["show", "9"], ["dead letter 9: there is none with this id"]),
        (["replay"], ["name letters by id, or choose them"]),
        (["replay", "1", "--all"], ["name letters by id, or choose them"]),
        (
            ["replay", "1", "2", "3", "9"],
            ["letter 9: there is none", "letter 2: it is a row", "3: it has no bytes"],
        ),
        (["replay", "--all", "--mended", "{mended}"], ["--mended: belongs to one letter"]),
        (["replay", "1", "--mended", "{mended}"], ["--mended: line: is not JSON"]),
        (["replay", "2", "--mended", "{mended}"], ["dead letter 2: it is a row of a register"]),
        (["list", "--home", "/nowhere"], ["/nowhere/detector.sqlite: is not there; --home names"]),
    ],
)
def test_wrong_input_is_told_with_what_would_be_right_and_changes_nothing(told, tmp_path, line, words) -> None:
    (tmp_path / "mended").write_bytes(b"{960000017")
    code, _, err = told(*(part.format(mended=tmp_path / "mended") for part in line))
    assert code == 2
    assert all(word in err for word in words), err
    assert "960000017" not in err
    assert "to be taken again" not in told("list", "--json")[1]


def test_without_its_key_ring_nothing_is_opened_and_none_is_made(told, home: Path) -> None:
    (home / "keyring.json").unlink()
    for line in (["show", "1", "--raw"], ["replay", "--all"]):
        code, _, err = told(*line)
        assert (code, "keyring.json: is not there" in err) == (2, True)
    assert not (home / "keyring.json").exists()
    assert told("show", "1")[0] == 0


def test_the_database_of_the_environment_goes_before_the_folder(told, tmp_path, monkeypatch) -> None:
    other = tmp_path / "other.sqlite"
    migrate(sqlite_url(other))
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", f"sqlite:///{other}")
    assert told("list")[1].startswith("dead letters: 0")
    monkeypatch.setenv("DOELBINDING_DETECTOR_DATABASE", "secret nonsense")
    code, _, err = told("list")
    assert (code, "secret" in err) == (2, False)
    assert "DOELBINDING_DETECTOR_DATABASE: should be an address like" in err
