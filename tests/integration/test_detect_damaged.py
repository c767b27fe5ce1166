"""A detector that follows a folder in which files are damaged: all is told, and the rest is scored as if alone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.contract import EMPLOYEE, LOOKUP
from services.detector.decode import MAX_LINE_BYTES
from tests.datasets import lines, write_registers
from tests.investigator import Investigator, Json, rescored_signals
from tests.processes import Ended, Started, doelbinding, started
from tests.world import World, frame, local

pytestmark = pytest.mark.slow

RIGHT_ENDING = "it is not read again, so put new records in a file with a new name"


class Story:
    """Six days of an agency, a file each, of which most are damaged in one way or another."""

    def __init__(self, home: Path) -> None:
        self.home, self.dataset = home, home / "agency"
        self.world = World()
        for number in range(1, 4):
            self.world.employee(number)
        for day in range(3, 9):
            self.world.look("e1", 1, local(f"2025-03-0{day} 10:00"))
            self.world.look("e2", 50 + day, local(f"2025-03-0{day} 11:00"))
        write_registers(self.world, self.dataset)

    def file(self, day: int, kind: str = "ndjson") -> Path:
        return self.dataset / "lookups" / f"day-{day}.{kind}"

    def lookups(self, day: int) -> list[dict[str, object]]:
        return self.world.lookups[2 * day - 2 : 2 * day]

    def write(self, day: int) -> None:
        self.file(day).write_bytes(lines(LOOKUP, self.lookups(day)))

    def write_with_bad_lines(self, day: int) -> None:
        """A line without an actor and one past the limit, between two good ones."""
        first, second = (lines(LOOKUP, [row]) for row in self.lookups(day))
        nobody = first.replace(b'"e1"', b"null")
        fresh = self.dataset / "fresh"
        fresh.write_bytes(first + nobody + b"x" * (MAX_LINE_BYTES + 1) + b"\n" + second)
        fresh.rename(self.file(day))

    def write_as_parquet(self, day: int, without: str | None = None) -> None:
        found = frame(LOOKUP, self.lookups(day))
        fresh = self.dataset / "fresh"
        (found.drop(without) if without else found).write_parquet(fresh)
        fresh.rename(self.file(day, "parquet"))

    def write_cut(self, day: int) -> None:
        """A whole line and a half, compressed, and no end."""
        first, second = (lines(LOOKUP, [row]) for row in self.lookups(day))
        whole = gzip.compress(first) + gzip.compress(second[:50], mtime=0)
        self.file(day, "ndjson.gz").write_bytes(whole[:-9])

    def overlap(self) -> None:
        """The first employee is written down in two teams."""
        again = {**self.world.employees[0], "valid_from": local("2025-03-01 00:00"), "role": "job-coach"}
        fresh = self.dataset / "fresh"
        fresh.write_bytes(lines(EMPLOYEE, [*self.world.employees, again]))
        fresh.rename(self.dataset / "employees.ndjson")

    def sound(self) -> Path:
        """A dataset of what can be read of this one, with the period in force alone."""
        path = self.home / "sound"
        cut = self.lookups(5)[1]
        rest = [row for row in self.world.lookups if row is not cut]
        first, *others = self.world.employees
        since = local("2025-03-01 00:00")
        world = World(
            [{**first, "valid_to": since}, {**first, "valid_from": since, "role": "job-coach"}, *others],
            self.world.links, self.world.relations, rest,
        )  # fmt: skip
        write_registers(world, path)
        (path / "lookups" / "all.ndjson").write_bytes(lines(LOOKUP, rest))
        return path


@dataclass(frozen=True)
class Followed:
    """How the runs ended, and what an investigator sees in the end beside what re-scoring gives."""

    following: Ended
    closing: Ended
    signals: dict[str, Json]
    rescored: dict[str, Json]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    story = Story(tmp_path_factory.mktemp("damaged") / "home")
    home = story.home
    with EmbeddedApi(load_settings(home=home, port=0)) as api:
        line = ["detect", str(story.dataset), "--api", api.url, "--metrics-port", "0", "--home", str(home), "--json"]
        (story.dataset / "lookups" / "day-7.csv").write_text("lookup_id,occurred_at")
        with started(home, *line, "--follow") as run:
            tell(story, run)
            following = run.told_to_stop()
        closing = doelbinding(home, *line)
        signals = Investigator(api.url, home).signals()
    rescored = doelbinding(home, "rescore", story.sound(), "--out", home / "out", "--home", home, "--json")
    assert (rescored.code, rescored.err) == (0, "")
    return Followed(following, closing, signals, rescored_signals(home / "out"))


def tell(story: Story, run: Started) -> None:
    """One damage after another, each when the one before has been told."""
    steps: list[tuple[Callable[[], object], str]] = [
        (lambda: story.write(1), ""),
        (lambda: story.write_with_bad_lines(2), "line-too-long"),
        (lambda: story.write_as_parquet(3, without="action"), "file-unreadable"),
        (lambda: story.write_as_parquet(3), ""),
        (story.overlap, ""),
        (lambda: story.write(4), "register-rows-contradict"),
        (lambda: story.file(1).write_bytes(lines(LOOKUP, story.lookups(1)[:1])), "file-changed"),
        (lambda: story.write_cut(5), ""),
        (lambda: story.write(6), ""),
    ]
    for step, told in steps:
        step()
        if told:
            run.until_it_says(told)


def warnings(run: Ended) -> list[tuple[object, ...]]:
    """What was logged as a warning."""
    found = [json.loads(line) for line in run.err.splitlines() if line.startswith("{")]
    wanted = ("event", "code", "records", "position", "reason")
    return [tuple(each[name] for name in wanted if name in each) for each in found if each["level"] == "warning"]


def test_every_damage_is_told_once_with_what_would_be_right(followed: Followed) -> None:
    assert followed.following.code == 0
    assert warnings(followed.following) == [
        (
            "file-passed-over",
            (
                "lookups/day-7.csv: is not read, because of its ending; end it in one of .parquet, .ndjson, "
                ".ndjson.gz, .ndjson.zst, or move it elsewhere"
            ),
        ),
        (
            "records-not-read", "actor-missing", 1, "lookups/day-2.ndjson: byte 305",
            "field employee_id: is missing; a lookup must name the account that made it",
        ),
        (
            "records-not-read", "line-too-long", 1, "lookups/day-2.ndjson: byte 610",
            "line: has 1,048,577 bytes, more than the limit of 1,048,576; write one record on a line",
        ),
        (
            "records-not-read", "file-unreadable", 1, "lookups/day-3.parquet",
            "column action: is missing; expected text",
        ),
        (
            "register-rows-contradict",
            (
                "employees.ndjson: 2 rows of 1 employee overlap in time; while they do, the one that began last counts "
                "for team, role and own file (rows 1 and 4); end each period where the next begins"
            ),
        ),
        (
            "records-not-read", "file-changed", 1, "lookups/day-1.ndjson: after 610",
            f"file: has 305 bytes, fewer than the 610 read before; {RIGHT_ENDING}",
        ),
    ]  # fmt: skip


def test_a_cut_file_is_told_when_nobody_can_write_its_rest_any_more(followed: Followed) -> None:
    assert followed.closing.code == 0
    assert (
        "records-not-read", "file-damaged", 1, "lookups/day-5.ndjson.gz: line 2",
        "file: cannot be read from here on (it is cut short); deliver it again under another name",
    ) in warnings(followed.closing)  # fmt: skip


def test_everything_else_is_scored_as_if_there_had_been_no_damage(followed: Followed) -> None:
    assert len(followed.rescored) >= 6
    assert followed.signals == followed.rescored
