"""Waiting for the store: for what passes, with a word at each try, and never for what waiting does not mend."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Timer

import pytest
from structlog.testing import capture_logs

from services.core.clock import SystemClock
from services.detector.patience import Patience
from services.detector.state.connection import StoreUnavailable, sqlite_url
from services.detector.state.store import Store


class Work:
    """Fails so many times with a code of SQLite, and then is done."""

    def __init__(self, code: str, failures: int) -> None:
        self.code = code
        self.failures = failures

    def __call__(self) -> str:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("why", self.code)
        return "done"


PAUSE = 0.001
PASSING = ["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR_WRITE", ""]


def patience() -> Patience:
    return Patience(Event(), PAUSE)


@pytest.mark.parametrize("code", PASSING)
def test_a_start_waits_for_what_passes(code: str) -> None:
    with capture_logs() as told:
        assert patience().at_start(Work(code, 1)) == "done"
    assert [row["event"] for row in told] == ["store-unavailable", "store-resumed"]
    assert (told[0]["reason"], told[0]["next_try_in_seconds"]) == ("why", PAUSE)


@pytest.mark.parametrize("code", ["SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOTADB", "SQLITE_ERROR"])
def test_a_start_does_not_wait_for_settings_to_be_mended(code: str) -> None:
    with pytest.raises(StoreUnavailable, match="why"):
        patience().at_start(Work(code, 1))


@pytest.mark.parametrize("code", ["SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"])
def test_a_store_that_was_there_is_waited_for(code: str) -> None:
    with capture_logs():
        assert patience().later(Work(code, 1)) == "done"


@pytest.mark.parametrize("code", ["SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX", "SQLITE_NOTADB", "SQLITE_ERROR"])
def test_a_damaged_store_is_told_at_once(code: str) -> None:
    with pytest.raises(StoreUnavailable, match="why"):
        patience().later(Work(code, 1))


def test_a_stop_ends_the_wait_with_the_reason() -> None:
    stop = Event()
    Timer(0.05, stop.set).start()
    with capture_logs(), pytest.raises(StoreUnavailable, match="why"):
        Patience(stop).later(Work("SQLITE_FULL", 100))


def test_the_pauses_grow() -> None:
    with capture_logs() as told:
        patience().later(Work("SQLITE_FULL", 4))
    assert [row.get("next_try_in_seconds") for row in told] == [PAUSE, 2 * PAUSE, 4 * PAUSE, 8 * PAUSE, None]


def test_what_works_at_once_is_not_talked_about() -> None:
    with capture_logs() as told:
        assert patience().later(Work("", 0)) == "done"
    assert told == []


def test_a_file_that_is_no_database_is_hopeless(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_text("no database " * 1_000)
    store = Store(sqlite_url(tmp_path / "s.sqlite"), SystemClock())
    with pytest.raises(StoreUnavailable) as caught:
        store.claim()
    assert caught.value.hopeless
    assert not caught.value.passes
    store.close()
