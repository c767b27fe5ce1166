"""`doelbinding outbox`: what the API does not take is seen, without identities, and sent again when a person asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.detector.state.connection import sqlite_url
from services.detector.state.store import Commit
from tests.unit.command_line import run
from tests.unit.state.samples import a_revision, an_owned_store, query, revisions, signal_id

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A detector with five signals: refused, refused and told anew since, put aside, waiting, and delivered."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("DOELBINDING_DETECTOR_DATABASE", raising=False)
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    with an_owned_store(folder / "detector.sqlite") as store:
        store.commit(Commit({}, revisions=revisions(*(a_revision(number) for number in range(1, 6)))))
        refused, again, aside, _, delivered = store.outbox.pending(9, 10**6)
        for parcel in (refused, again):
            store.outbox.mark_rejected(parcel.row, "400: [bad] employee 960000008")
        store.outbox.put_aside(aside.row, 3, "500: broke off")
        store.commit(Commit({}, revisions=revisions(a_revision(2, 60.0, hour=1))))
        store.outbox.mark_delivered({delivered.row: "stored"})
    return folder


@pytest.fixture
def told(home: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    def telling(*line: str) -> tuple[int, str, str]:
        code = run("outbox", *line, "--home", home)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return code, shown.out, shown.err

    return telling


def statuses(home: Path) -> list[str]:
    return [
        status for (status,) in query(sqlite_url(home / "detector.sqlite"), "SELECT status FROM outbox ORDER BY id")
    ]


def test_people_see_what_the_api_does_not_take_and_why(told: Told) -> None:
    code, out, _ = told("list")
    assert (code, out.splitlines()[-1]) == (0, "refused for good: 1; put aside: 1; shown: 2")
    assert all(words in out for words in (signal_id(1), "refused", "400: [bad]", signal_id(3), "put aside (3)", "500"))
    assert "960000008" not in out


def test_machines_read_the_same(told: Told) -> None:
    found = json.loads(told("list", "--json", "--limit", "1")[1])
    [signal] = found.pop("signals")
    assert found == {"refused": 1, "aside": 1}
    assert (signal["id"], signal["signalId"], signal["state"], signal["nextTry"]) == (1, signal_id(1), "refused", None)


def test_all_go_out_again_but_what_was_told_anew_since(home: Path, told: Told) -> None:
    assert told("retry", "--all")[:2] == (
        0,
        "go out again: 2\nare left, because their signal has a newer revision: 1\n",
    )
    assert statuses(home) == ["pending", "superseded", "pending", "pending", "delivered", "pending"]
    assert json.loads(told("list", "--json")[1]) == {"refused": 0, "aside": 0, "signals": []}


def test_one_goes_out_again(home: Path, told: Told) -> None:
    assert json.loads(told("retry", "1", "--json")[1]) == {"again": 1, "superseded": 0}
    assert statuses(home)[0] == "pending"
    assert json.loads(told("list", "--json")[1])["aside"] == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["retry"], "outbox retry: name signals by id, or all of them with --all"),
        (["retry", "1", "--all"], "outbox retry: name signals by id, or all of them with --all"),
        (["retry", "1", "4", "99"], "signal 4: is not among the undelivered ones"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(home: Path, told: Told, line: list[str], words: str) -> None:
    before = statuses(home)
    code, _, err = told(*line)
    assert (code, words in err) == (2, True)
    assert statuses(home) == before
