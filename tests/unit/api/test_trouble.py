"""A database that is locked, full or away is a 503 or 507 for the asker, and advice for the operator."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from services.api.db.migrate import migrate
from services.api.db.trouble import trouble_of
from services.core.errors import DoelbindingError


def at_each_checkout(caller, pragma):
    """Sets a pragma that a function gives."""

    def checkout(connection, *_):
        cursor = connection.cursor()
        cursor.execute(pragma())
        cursor.close()

    event.listen(caller.parts.engine.sync_engine, "checkout", checkout)


@pytest.fixture
def file(own_api):
    return own_api.parts.settings.home / "api.sqlite"


def test_a_locked_database_is_a_503_that_asks_to_come_again(own_api, make_signal, file):
    at_each_checkout(own_api, lambda: "PRAGMA busy_timeout=1")
    with closing(sqlite3.connect(file, isolation_level=None)) as other, capture_logs() as told:
        other.execute("BEGIN IMMEDIATE")
        answer = own_api.deliver(make_signal())
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["detail"] == (
        "The database of this service cannot do its work at present; nothing was stored. Try again later."
    )
    assert told == [
        {
            "event": "database-unavailable",
            "log_level": "error",
            "reason": "database is locked",
            "advice": "another process writes to it and does not end; stop that process",
        }
    ]
    assert own_api.results(make_signal()) == [("stored", 1)]


def test_a_full_database_is_a_507_and_stores_nothing(own_api, make_signal, file):
    with closing(sqlite3.connect(file)) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    limit = {"pages": pages}
    at_each_checkout(own_api, lambda: f"PRAGMA max_page_count={limit['pages']}")
    batch = [make_signal(number) for number in range(100)]
    with capture_logs() as told:
        answer = own_api.deliver(*batch)
    assert answer.status_code == 507
    assert answer.json()["detail"] == ("The database of this service has no room; nothing was stored. Try again later.")
    assert told[0]["advice"] == "the disk or the database is full; free space on its disk"
    limit["pages"] = 1_000_000
    assert own_api.results(*batch) == [("stored", 1)] * 100
    assert 'status="507"' in own_api.get("/metrics", None).text


def test_a_person_gets_a_page_that_says_to_come_again(own_api, file):
    at_each_checkout(own_api, lambda: "PRAGMA busy_timeout=1")
    own_api.sign_in()
    with closing(sqlite3.connect(file, isolation_level=None)) as other, capture_logs():
        other.execute("BEGIN IMMEDIATE")
        answer = own_api.get("/queue", None, headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "Probeer het later opnieuw." in answer.text


def test_a_file_that_is_no_database_cannot_be_migrated(tmp_path):
    (tmp_path / "api.sqlite").write_text("no database " * 1_000)
    with pytest.raises(DoelbindingError) as caught:
        migrate(f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}")
    assert str(caught.value) == (
        "database: cannot be migrated: file is not a database: it is no SQLite database; restore it from a backup"
    )


def test_a_fault_of_a_statement_stays_a_fault():
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT * FROM nowhere")
    assert trouble_of(caught.value) is None
