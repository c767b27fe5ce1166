"""A detector or an API whose disk is full says so, keeps what it has, and goes on when there is room."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.integration.disturbances import IN_LARGER_SLICES, Agency, an_api, intake_of
from tests.integration.full_disks import Disk, limited_disk, no_larger_files, small_disk
from tests.integration.killable_detect import detecting

pytestmark = pytest.mark.slow

TO_THE_CALLER = "The database of this service cannot do its work at present; nothing was stored."
AT_A_LIMIT = (
    "disk I/O error: its disk fails to read or write; check the room left, the quota and the disk, then try again"
)
WITHOUT_ROOM = "database or disk is full: the disk or the database is full; free space on its disk and try again"


@pytest.mark.parametrize(
    ("made", "words"),
    [pytest.param(limited_disk, AT_A_LIMIT, id="limit"), pytest.param(small_disk, WITHOUT_ROOM, id="no-room")],
)
def test_a_detector_without_room_waits_and_goes_on(
    agency: Agency, tmp_path: Path, made: Callable[[Path], AbstractContextManager[Disk]], words: str
) -> None:
    intake = agency.home(f"intake-{made.__name__}")
    with made(tmp_path) as disk, an_api(intake) as (_, url):
        home = agency.home("detector", disk.folder)
        with detecting(agency.dataset, home, url, *IN_LARGER_SLICES) as run:
            run.until_stored(2)
            with disk.full(run.pid):
                run.until_it_says('"next_try_in_seconds": 1.0')
                kept = run.stored
                run.until_it_says('"next_try_in_seconds": 2.0')
                assert run.stored == kept
                assert kept.position > 0
            run.until_it_says("store-resumed")
            assert run.ended() == 0, run.said
        assert run.told("store-unavailable")[0] == {
            "event": "store-unavailable",
            "level": "warning",
            "reason": f"{run.database}: {words}. Nothing was stored.",
            "next_try_in_seconds": 0.5,
        }
        intake_of(url, intake).assert_is_that_of(agency)


def test_what_an_api_without_room_does_not_take_waits_in_the_outbox(agency: Agency) -> None:
    home = agency.home("full-api")
    with an_api(home) as (api, url), detecting(agency.dataset, home, url, *IN_LARGER_SLICES) as run:
        with no_larger_files(api.process.pid):
            run.until_it_says("delivery-unavailable")
            run.until_stored(10)
            assert run.pending > 0
        run.until_it_says("delivery-resumed")
        assert run.ended() == 0, run.said
        said = api.said
        intake_of(url, home).assert_is_that_of(agency)
    problems = [str(row["problem"]) for row in run.told("delivery-unavailable")]
    assert any(problem.startswith(f"{url}: 503: ") and TO_THE_CALLER in problem for problem in problems)
    assert '"reason": "disk I/O error"' in said
    assert '"advice": "its disk fails to read or write; check the room left, the quota and the disk"' in said
