"""A detector that follows a folder while it grows: late news, a stop and a new start, and the end of the input."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.clock import SystemClock
from services.detector.state.connection import sqlite_url
from services.detector.state.store import Store
from tests.datasets import Row, in_order, replace_case_links, write_registers, write_slowly
from tests.investigator import Investigator, Json, rescored_signals
from tests.processes import Ended, doelbinding, started
from tests.properties.agency import START, random_agency
from tests.world import World

pytestmark = pytest.mark.slow

SEED = 7
STRANGER = 300
REGISTERED_AFTER_DAYS = 10
FOREVER = 99


class Story:
    """An agency's month of lookups, of which one is explained late, and the last is of the looker's own file."""

    def __init__(self, dataset: Path) -> None:
        self.world: World = random_agency(SEED)
        self.late = self.world.look("e1", STRANGER, START + timedelta(hours=2))
        self.last = self.world.look("e5", 5, START + timedelta(days=29))
        self.dataset = dataset
        self.files = [dataset / "lookups" / name for name in ("weeks-1-2.ndjson", "weeks-3-4.ndjson")]
        write_registers(self.world, dataset)

    def write(self, file: int, first_day: int, end_day: int) -> None:
        """Appends the lookups of some days, counted from the start, to a file."""
        since, until = (START + timedelta(days=day) for day in (first_day, end_day))
        write_slowly(
            self.files[file],
            [row for row in self._lookups() if str(since) <= str(row["occurred_at"]) < str(until)],
            SEED,
        )

    def register_the_late_link(self) -> None:
        """A planning system writes down that the stranger's case was e1's all along."""
        at = START + timedelta(days=REGISTERED_AFTER_DAYS)
        self.world.link(STRANGER, "e1", START, registered_at=at)
        replace_case_links(self.world, self.dataset)

    def _lookups(self) -> list[Row]:
        return in_order(self.world.lookups)


@dataclass(frozen=True)
class Followed:
    """What was seen of the late lookup's signal, how the runs ended, where they stood, and what is there at last."""

    statuses: list[object]
    ends: list[Ended]
    positions: list[Mapping[str, int]]
    signals: Mapping[str, Json]
    items: Mapping[str, str]
    rescored: Mapping[str, Json]

    def counted(self, name: str) -> list[int]:
        """One of the counts that each run printed."""
        return [json.loads(end.out)[name] for end in self.ends]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("follows") / "agency")


@pytest.fixture(scope="module")
def followed(story: Story) -> Followed:
    home = story.dataset.parent
    (home / "agency.toml").write_text('brp_legal_basis = "fictitious data"\n')
    settings = ("--rules", home / "agency.toml", "--home", home, "--json")
    with EmbeddedApi(load_settings(home=home, port=0)) as api, ThreadPoolExecutor(1) as writer:
        sees = Investigator(api.url, home)
        line = ["detect", str(story.dataset), "--api", api.url, "--metrics-port", "0", *map(str, settings)]
        statuses, first = until_the_late_link(line, story, sees, writer)
        positions = [positions_in(home)]
        story.write(0, 14, 15)  # nobody reads at this moment
        second = until_the_last_lookup(line, story, sees, writer)
        positions.append(positions_in(home))
        ends = [first, second, doelbinding(home, *line)]
        signals, items = sees.signals(), sees.items()
    assert doelbinding(home, "rescore", story.dataset, "--out", home / "out", *settings).code == 0
    return Followed(statuses, ends, positions, signals, items, rescored_signals(home / "out"))


def test_gc6_a_signal_is_open_until_a_system_registers_the_link_late(followed: Followed) -> None:
    assert followed.statuses == ["open", "withdrawn"]


def test_sigterm_ends_it_cleanly(followed: Followed) -> None:
    assert [end.code for end in followed.ends] == [0, 0, 0]
    assert not any("Traceback" in end.err for end in followed.ends)


def test_a_new_start_goes_on_where_the_last_one_stopped(story: Story, followed: Followed) -> None:
    sizes = {path.name: path.stat().st_size for path in story.files}
    assert set(followed.positions[0]) == {story.files[0].name}
    assert followed.positions[1] == sizes
    assert followed.counted("duplicates") == [0, 0, 0]  # nothing was read twice
    assert followed.counted("lookups")[2] == 0


def test_closed_in_the_end_it_gives_the_signals_of_rescoring(followed: Followed) -> None:
    assert len(followed.rescored) > 20
    assert followed.signals == followed.rescored


def test_each_pushed_signal_is_in_the_queue_once(followed: Followed) -> None:
    pushed = [signal_id for signal_id, one in followed.rescored.items() if one["pushed"]]
    assert pushed
    assert Counter(followed.items.values()) == Counter(pushed)


def until_the_late_link(
    line: list[str], story: Story, sees: Investigator, writer: ThreadPoolExecutor
) -> tuple[list[object], Ended]:
    """Two weeks in which a link comes late; the statuses of its signal, and the end of the run."""
    with started(story.dataset.parent, *line, "--follow") as run:
        writing = writer.submit(story.write, 0, 0, 5)
        before = sees.sees(lambda signals: status(signals, story.late) is not None, run)
        writing.result()
        story.register_the_late_link()
        writing = writer.submit(story.write, 0, 5, 14)
        after = sees.sees(lambda signals: status(signals, story.late) == "withdrawn", run)
        writing.result()
        return [status(signals, story.late) for signals in (before, after)], run.told_to_stop()


def until_the_last_lookup(line: list[str], story: Story, sees: Investigator, writer: ThreadPoolExecutor) -> Ended:
    """The other weeks, in another file, until the last lookup has its signal; the end of the run."""
    with started(story.dataset.parent, *line, "--follow") as run:
        writing = writer.submit(story.write, 1, 15, FOREVER)
        sees.sees(lambda signals: status(signals, story.last) is not None, run)
        writing.result()
        return run.told_to_stop()


def status(signals: Mapping[str, Json], lookup_id: str) -> object:
    """The status of the signal that rests on a lookup; None where there is none."""
    for one in signals.values():
        lookup_ids = one["lookupIds"]
        if isinstance(lookup_ids, list) and lookup_id in lookup_ids:
            return one["status"]
    return None


def positions_in(home: Path) -> Mapping[str, int]:
    """Where the detector of a home folder will read on."""
    with closing(Store(sqlite_url(home / "detector.sqlite"), SystemClock())) as store:
        return store.load().positions
