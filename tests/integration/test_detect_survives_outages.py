"""An API that is away, dies, or answers with failures for long gets everything in the end, each signal once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from errno import ECONNREFUSED
from os import strerror
from pathlib import Path

import pytest

from tests.integration.disturbances import IN_LARGER_SLICES, Agency, an_api, intake_of
from tests.integration.killable_detect import detecting
from tests.processes import free_port
from tests.unit.scripted_api import Intake, Reply, serving

pytestmark = pytest.mark.slow

FAILURES = [Reply(500), Reply(503, headers={"Retry-After": "0"}), Reply(504, hang=True)]


def test_an_api_that_dies_and_fails_for_a_while_gets_everything(agency: Agency) -> None:
    home, port = agency.home("failing"), free_port()
    url = f"http://127.0.0.1:{port}"
    with an_api(home, port) as (api, _), detecting(agency.dataset, home, url, *IN_LARGER_SLICES) as run:
        run.until(lambda: signals_in(home / "api.sqlite") > 0)
        api.process.kill()
        run.until_it_says("delivery-unavailable")
        with serving(Intake(list(FAILURES)), port) as failing:
            failing.wait_for_calls(len(FAILURES))
            assert run.pending > 0
        with an_api(home, port):
            run.until_it_says("delivery-resumed")
            assert run.ended() == 0, run.said
            intake_of(url, home).assert_is_that_of(agency)
    assert failing.taken == []
    problems = " ".join(str(row["problem"]) for row in run.told("delivery-unavailable"))
    for words in ("ConnectError", f"{url}: 500", f"{url}: 503"):
        assert words in problems


def test_a_closed_input_that_cannot_be_delivered_fails_and_keeps_its_signals_for_the_next_start(
    agency: Agency,
) -> None:
    home, port = agency.home("away"), free_port()
    url = f"http://127.0.0.1:{port}"
    with detecting(agency.dataset, home, url, "--rows-per-slice", "2000", "--patience", "1") as run:
        assert run.ended() == 1, run.said
        kept = run.pending
        assert kept >= len(agency.signals)
    assert run.said.splitlines()[-1] == (
        f"doelbinding: {kept} signals could not be delivered to {url} "
        f"({url}: ConnectError: [Errno {ECONNREFUSED}] {strerror(ECONNREFUSED)}); "
        "they are kept and go out at the next start"
    )
    with an_api(home, port), detecting(agency.dataset, home, url, *IN_LARGER_SLICES, "--json") as again:
        assert again.ended() == 0, again.said
        assert json.loads(again.said.splitlines()[-1])["slices"] <= 1
        intake_of(url, home).assert_is_that_of(agency)


def signals_in(database: Path) -> int:
    """How many signals an API has stored so far."""
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM signals").fetchone()
        return int(count)
