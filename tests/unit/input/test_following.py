"""A folder that grows is followed: new lines, new files, nothing twice, and nothing before it is complete."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import polars as pl
import pytest

from services.core.errors import InputError
from services.detector.sources.files import FilesSource
from services.detector.sources.slices import SourceSlice
from tests.unit.input.records import a_lookup, as_frame, as_line, as_ndjson, write

PATIENCE_SECONDS = 20.0


class Followed:
    """A source that runs in a thread of its own, as in the detector."""

    def __init__(self, path: Path, positions: dict[str, int] | None = None) -> None:
        self.stop = threading.Event()
        self.positions = dict(positions or {})
        self._slices: Queue[SourceSlice | Exception] = Queue()
        self._source = FilesSource(path, self.positions, 7, True, 0.005, self.stop)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for each in self._source.slices():
                self._slices.put(each)
        except InputError as error:
            self._slices.put(error)

    def next(self) -> SourceSlice:
        each = self._slices.get(timeout=PATIENCE_SECONDS)
        if isinstance(each, Exception):
            raise each
        self.positions |= each.positions
        return each

    def ids(self, count: int) -> list[str]:
        found: list[str] = []
        while len(found) < count:
            found.extend(self.next().lookups["lookup_id"])
        return found

    def end(self) -> list[SourceSlice]:
        self.stop.set()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()
        return [each for each in list(self._slices.queue) if isinstance(each, SourceSlice)]


@contextmanager
def following(path: Path, positions: dict[str, int] | None = None) -> Iterator[Followed]:
    (path / "lookups").mkdir(exist_ok=True)
    followed = Followed(path, positions)
    try:
        yield followed
    finally:
        followed.end()


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def a_round_passes(path: Path, followed: Followed, number: int) -> None:
    """A marker file, last in order of names, has been read: all others were visited before it."""
    write(path / "lookups" / f"z-{number}.ndjson", [a_lookup(number)])
    assert followed.ids(1) == [f"sonar-{number}"]


def test_lines_are_read_as_they_are_appended(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        path = tmp_path / "lookups" / "a.ndjson"
        append(path, as_ndjson([a_lookup(1), a_lookup(2)]))
        assert followed.ids(2) == ["sonar-1", "sonar-2"]
        append(path, as_ndjson([a_lookup(3)]))
        assert followed.ids(1) == ["sonar-3"]
        assert followed.positions == {"a.ndjson": path.stat().st_size}


def test_a_thread_that_writes_in_pieces_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    content = as_ndjson([a_lookup(number) for number in range(300)])

    def write_in_pieces() -> None:
        for start in range(0, len(content), 997):
            append(tmp_path / "lookups" / "a.ndjson", content[start : start + 997])

    with following(tmp_path) as followed:
        writer = threading.Thread(target=write_in_pieces)
        writer.start()
        assert followed.ids(300) == [f"sonar-{number}" for number in range(300)]
        writer.join()
        assert followed.end() == []


def test_an_unfinished_line_waits_for_its_end(tmp_path: Path) -> None:
    line = as_line(a_lookup(1))
    with following(tmp_path) as followed:
        append(tmp_path / "lookups" / "a.ndjson", line[:50])
        a_round_passes(tmp_path, followed, 100)
        append(tmp_path / "lookups" / "a.ndjson", line[50:])
        a_round_passes(tmp_path, followed, 101)
        append(tmp_path / "lookups" / "a.ndjson", b"\n")
        assert followed.ids(1) == ["sonar-1"]


def test_new_files_are_found_whatever_their_form(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        for number, form in enumerate((".ndjson", ".ndjson.gz", ".ndjson.zst", ".parquet")):
            fresh = write(tmp_path / "elsewhere" / f"{number}{form}", [a_lookup(number)])
            fresh.rename(tmp_path / "lookups" / fresh.name)
            assert followed.ids(1) == [f"sonar-{number}"]


def test_a_parquet_file_waits_for_its_footer(tmp_path: Path) -> None:
    whole = write(tmp_path / "elsewhere" / "a.parquet", [a_lookup(1)]).read_bytes()
    with following(tmp_path) as followed:
        path = tmp_path / "lookups" / "a.parquet"
        for part in (whole[:2], whole[2:500]):
            append(path, part)
            a_round_passes(tmp_path, followed, 100 + path.stat().st_size)
        append(path, whole[500:])
        assert followed.ids(1) == ["sonar-1"]


def test_a_compressed_file_gives_its_lines_as_it_comes_in(tmp_path: Path) -> None:
    records = [a_lookup(number) for number in range(500)]
    whole = gzip.compress(as_ndjson(records))
    with following(tmp_path) as followed:
        append(tmp_path / "lookups" / "a.ndjson.gz", whole[: len(whole) // 2])
        first = followed.next().lookups
        append(tmp_path / "lookups" / "a.ndjson.gz", whole[len(whole) // 2 :])
        rest = followed.ids(500 - first.height)
        assert [*first["lookup_id"], *rest] == [f"sonar-{number}" for number in range(500)]


def test_reading_goes_on_after_a_restart(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        append(tmp_path / "lookups" / "a.ndjson", as_ndjson([a_lookup(1)]) + b'{"lookup_id": "half')
        assert followed.ids(1) == ["sonar-1"]
    append(tmp_path / "lookups" / "a.ndjson", b'"}\n' + as_ndjson([a_lookup(2)]))
    with following(tmp_path, followed.positions) as again:
        found = again.next()
        assert found.lookups["lookup_id"].to_list() == ["sonar-2"]
        assert found.dead["raw"].to_list() == [b'{"lookup_id": "half"}']


@pytest.mark.parametrize("how", ["shorter", "other first bytes", "other inode"])
def test_a_file_that_is_not_the_same_any_more_is_told_once_and_not_read_again(tmp_path: Path, how: str) -> None:
    path = tmp_path / "lookups" / "a.ndjson"
    old = as_ndjson([a_lookup(1), a_lookup(2)])
    with following(tmp_path) as followed:
        append(path, old)
        followed.ids(2)
        if how == "shorter":
            path.write_bytes(old[: len(as_line(a_lookup(1))) + 1])
            told = f"file: has {path.stat().st_size} bytes, fewer than the {len(old)} read before"
        elif how == "other first bytes":
            path.write_bytes(as_ndjson([a_lookup(5), a_lookup(6), a_lookup(7)]))
            told = "file: was replaced by another file"
        else:
            fresh = tmp_path / "fresh"
            fresh.write_bytes(old + as_ndjson([a_lookup(3)]))
            fresh.rename(path)
            told = "file: was replaced by another file"
        found = followed.next()
        assert (found.lookups.height, dict(found.positions)) == (0, {})
        (letter,) = found.dead.to_dicts()
        assert letter["position"] == f"lookups/a.ndjson: after {len(old)}"
        assert letter["codes"] == ["file-changed"]
        assert letter["reasons"] == [f"{told}; it is not read again, so put new records in a file with a new name"]
        append(path, as_ndjson([a_lookup(9)]))
        a_round_passes(tmp_path, followed, 100)


def test_a_parquet_file_that_is_written_again_is_told(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        fresh = write(tmp_path / "elsewhere" / "a.parquet", [a_lookup(1)])
        fresh.rename(tmp_path / "lookups" / "a.parquet")
        followed.ids(1)
        as_frame([a_lookup(1), a_lookup(2)]).write_parquet(tmp_path / "lookups" / "a.parquet")
        assert followed.next().dead["codes"].to_list() == [["file-changed"]]


def test_a_file_that_is_taken_away_is_no_fault(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        append(tmp_path / "lookups" / "a.ndjson", as_ndjson([a_lookup(1)]))
        followed.ids(1)
        (tmp_path / "lookups" / "a.ndjson").unlink()
        a_round_passes(tmp_path, followed, 100)


def test_bad_lines_do_not_stop_the_following(tmp_path: Path) -> None:
    with following(tmp_path) as followed:
        append(tmp_path / "lookups" / "a.ndjson", b"rubbish\n" + as_ndjson([a_lookup(1)]))
        found = followed.next()
        assert (found.lookups.height, found.dead["codes"].to_list()) == (1, [["not-json"]])
        assert found.dead["position"].to_list() == ["lookups/a.ndjson: byte 0"]


def test_a_stopped_source_is_not_closed(tmp_path: Path) -> None:
    write(tmp_path / "lookups" / "a.ndjson", [a_lookup(1)])
    with following(tmp_path) as followed:
        assert followed.next().closed is False
        assert followed.end() == []


def test_a_folder_that_is_not_there_cannot_be_followed(tmp_path: Path) -> None:
    followed = Followed(tmp_path)
    with pytest.raises(InputError, match="is missing"):
        followed.next()


def test_following_and_reading_whole_give_the_same_records(tmp_path: Path) -> None:
    records = [a_lookup(number) for number in range(60)]
    with following(tmp_path) as followed:
        for start in range(0, 60, 20):
            append(tmp_path / "lookups" / "a.ndjson", as_ndjson(records[start : start + 20]))
        ids = followed.ids(60)
    whole = FilesSource(tmp_path, {}, 1_000, False, 0.01, threading.Event()).slices()
    assert pl.concat([each.lookups for each in whole])["lookup_id"].to_list() == ids
