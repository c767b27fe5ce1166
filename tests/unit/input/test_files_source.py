"""The files of a folder come as slices, each record once, also where reading stops and goes on elsewhere."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import DEAD
from services.detector.sources.files import FilesSource
from services.detector.sources.slices import SourceSlice
from tests.unit.input.records import a_lookup, as_frame, as_line, as_ndjson, write

FORMS = (".parquet", ".ndjson", ".ndjson.gz", ".ndjson.zst")
RECORDS = [a_lookup(number) for number in range(17)]
MIXED = [a_lookup(number, **({"action": "open"} if number % 4 == 1 else {})) for number in range(17)]


def source(path: Path, positions: Mapping[str, int] | None = None, rows: int = 5) -> FilesSource:
    return FilesSource(path, positions or {}, rows, False, 0.01, threading.Event())


def read(path: Path, positions: Mapping[str, int] | None = None, rows: int = 5) -> list[SourceSlice]:
    return list(source(path, positions, rows).slices())


def ids(slices: list[SourceSlice]) -> list[str]:
    return [lookup_id for each in slices for lookup_id in each.lookups["lookup_id"]]


def dead(slices: list[SourceSlice]) -> pl.DataFrame:
    return pl.concat([each.dead for each in slices])


def positions_after(slices: list[SourceSlice]) -> dict[str, int]:
    return {name: position for each in slices for name, position in each.positions.items()}


@pytest.mark.parametrize("form", FORMS)
def test_slices_hold_at_most_so_many_rows_and_the_last_one_closes(tmp_path: Path, form: str) -> None:
    write(tmp_path / "lookups" / f"a{form}", RECORDS)
    slices = read(tmp_path)
    assert [each.lookups.height for each in slices] == [5, 5, 5, 2, 0]
    assert [each.closed for each in slices] == [False] * 4 + [True]
    assert {each.partition for each in slices} == {"files"}
    assert_frame_equal(pl.concat([each.lookups for each in slices]), as_frame(RECORDS))
    assert all(each.dead.schema == DEAD for each in slices)


def test_positions_count_rows_bytes_or_lines(tmp_path: Path) -> None:
    for form in FORMS:
        write(tmp_path / "lookups" / f"a{form}", RECORDS)
    assert positions_after(read(tmp_path)) == {
        "a.parquet": 17,
        "a.ndjson": len(as_ndjson(RECORDS)),
        "a.ndjson.gz": 17,
        "a.ndjson.zst": 17,
    }


@pytest.mark.parametrize("form", FORMS)
def test_reading_again_from_the_end_gives_one_empty_closing_slice(tmp_path: Path, form: str) -> None:
    write(tmp_path / "lookups" / f"a{form}", RECORDS)
    (last,) = read(tmp_path, positions_after(read(tmp_path)))
    assert (last.lookups.height, last.dead.height, last.closed, dict(last.positions)) == (0, 0, True, {})
    assert last.lookups.schema == dict(LOOKUP.schema)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(FORMS), rows=st.integers(1, 20), then=st.integers(1, 20), kept=st.integers(0, 6))
def test_reading_on_from_any_slice_gives_every_record_once(
    tmp_path: Path, form: str, rows: int, then: int, kept: int
) -> None:
    folder = tmp_path / f"{form}"
    write(folder / "lookups" / f"a{form}", MIXED)
    write(folder / "lookups" / "b.ndjson", [a_lookup(number) for number in range(100, 104)])
    before = read(folder, rows=rows)[:-1][:kept]
    after = read(folder, positions_after(before), then)
    whole = read(folder, rows=100)
    assert ids(before) + ids(after) == ids(whole)
    assert_frame_equal(dead(before + after), dead(whole))


def test_blank_lines_and_windows_line_ends_are_no_records(tmp_path: Path) -> None:
    content = b"\r\n".join([b"", as_line(RECORDS[0]), b" ", as_line(RECORDS[1]), b"", b""])
    write(tmp_path / "lookups" / "a.ndjson", [])
    (tmp_path / "lookups" / "a.ndjson").write_bytes(content)
    slices = read(tmp_path)
    assert ids(slices) == ["sonar-0", "sonar-1"]
    assert sum(each.dead.height for each in slices) == 0


def test_a_last_line_without_line_end_is_read_and_what_follows_it_later_too(tmp_path: Path) -> None:
    path = write(tmp_path / "lookups" / "a.ndjson", [])
    path.write_bytes(as_line(RECORDS[0]))
    first = read(tmp_path)
    with path.open("ab") as file:
        file.write(b"\n" + as_line(RECORDS[1]) + b"\n")
    assert (ids(first), ids(read(tmp_path, positions_after(first)))) == (["sonar-0"], ["sonar-1"])


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_line_past_the_limit_is_told_and_never_held(tmp_path: Path, form: str) -> None:
    huge = a_lookup(1, reason="x" * 30_000_000)
    write(tmp_path / "lookups" / f"a{form}", [RECORDS[0], huge, RECORDS[2]])
    size = len(as_line(huge))
    del huge
    tracemalloc.start()
    slices = read(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ids(slices) == ["sonar-0", "sonar-2"]
    (letter,) = dead(slices).to_dicts()
    place = f"byte {len(as_line(RECORDS[0])) + 1}" if form == ".ndjson" else "line 2"
    assert (letter["codes"], letter["raw"], letter["position"]) == (["line-too-long"], b"", f"lookups/a{form}: {place}")
    assert letter["reasons"] == [
        f"line: has {size:,} bytes, more than the limit of 1,048,576; write one record on a line"
    ]
    assert peak < 12_000_000


def test_damage_is_told_once_also_after_a_restart(tmp_path: Path) -> None:
    path = write(tmp_path / "lookups" / "a.ndjson.gz", RECORDS)
    path.write_bytes(path.read_bytes()[:-30])
    first = read(tmp_path)
    again = read(tmp_path, positions_after(first))
    assert [sum(each.dead.height for each in slices) for slices in (first, again)] == [1, 0]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (".parquet", "file: has 3 rows, fewer than the 17 read before"),
        (".ndjson.gz", "file: has 3 lines, fewer than the 17 read before"),
        (".ndjson.zst", "file: has 3 lines, fewer than the 17 read before"),
    ],
)
def test_a_file_that_shrank_while_nobody_watched_is_told_and_not_read(tmp_path: Path, form: str, told: str) -> None:
    path = write(tmp_path / "lookups" / f"a{form}", RECORDS)
    positions = positions_after(read(tmp_path))
    write(path, RECORDS[:3])
    slices = read(tmp_path, positions)
    assert ids(slices) == []
    (letter,) = dead(slices).to_dicts()
    assert letter["codes"] == ["file-changed"]
    assert letter["reasons"] == [f"{told}; it is not read again, so put new records in a file with a new name"]


def test_a_plain_file_that_shrank_or_was_replaced_while_nobody_watched_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "lookups" / "a.ndjson", RECORDS[:3])
    positions = positions_after(read(tmp_path))
    for content in (as_ndjson(RECORDS[:2]), as_ndjson([a_lookup(10**9 + number) for number in range(9)])):
        path.write_bytes(content)
        slices = read(tmp_path, positions)
        assert (ids(slices), dead(slices)["codes"].to_list()) == ([], [["file-changed"]])


def test_a_folder_that_is_missing_or_empty_is_told_before_the_first_slice(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is missing; the files with lookups belong in it"):
        read(tmp_path)
    (tmp_path / "lookups").mkdir()
    with pytest.raises(InputError, match="holds no lookups"):
        read(tmp_path)


def test_a_parquet_file_with_wrong_columns_is_told(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    as_frame(RECORDS).drop("employee_id").write_parquet(tmp_path / "lookups" / "a.parquet")
    with pytest.raises(InputError) as raised:
        read(tmp_path)
    assert raised.value.faults == ("lookups/a.parquet: column employee_id: is missing; expected text",)


def test_reading_ends_without_closing_when_told_to_stop(tmp_path: Path) -> None:
    write(tmp_path / "lookups" / "a.ndjson", RECORDS)
    stop = threading.Event()
    slices = FilesSource(tmp_path, {}, 5, False, 0.01, stop).slices()
    first = next(slices)
    stop.set()
    assert (first.closed, list(slices)) == (False, [])
