"""Databases that another process keeps locked, for longer than anybody waits for a lock, delay the work and no more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.disturbances import IN_LARGER_SLICES, Agency, an_api, intake_of
from tests.integration.killable_detect import detecting

pytestmark = pytest.mark.slow

TO_THE_CALLER = "The database of this service cannot do its work at present; nothing was stored."
ADVICE = "another process is writing to it; stop that process, or wait and try again"


def test_locked_databases_are_waited_for(agency: Agency) -> None:
    home = agency.home("locked")
    with (
        an_api(home) as (api, url),
        closing(locked(home / "api.sqlite")) as by_the_side_of_the_api,
        closing(locked(home / "detector.sqlite")) as at_the_start,
        detecting(agency.dataset, home, url, *IN_LARGER_SLICES) as run,
    ):
        run.until_it_says("store-unavailable")
        at_the_start.rollback()
        run.until_stored(1)
        with closing(locked(run.database)):
            run.until_it_says("store-unavailable", 1 + run.said.count("store-unavailable"))
            kept = run.stored
            run.until_it_says('"next_try_in_seconds": 0.5', 2)
            assert run.stored == kept
        run.until_it_says("delivery-unavailable")
        assert run.pending > 0
        by_the_side_of_the_api.rollback()
        run.until_it_says("delivery-resumed")
        assert run.ended() == 0, run.said
        intake_of(url, home).assert_is_that_of(agency)
        said = api.said
    reasons = {str(row["reason"]) for row in run.told("store-unavailable")}
    assert reasons == {f"{run.database}: database is locked: {ADVICE}. Nothing was stored."}
    problems = [str(row["problem"]) for row in run.told("delivery-unavailable")]
    assert any(TO_THE_CALLER in problem for problem in problems)
    assert '"advice": "another process writes to it and does not end; stop that process"' in said


def locked(database: Path) -> sqlite3.Connection:
    """Another process's connection, as far as SQLite can tell, that has begun to write and goes no further."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    return connection
