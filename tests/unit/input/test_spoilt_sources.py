"""A source whose files change or cannot be read in the middle of it: told, nothing lost, nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.core.errors import DoelbindingError, InputError
from services.detector.sources.files import FilesSource
from services.detector.sources.slices import SourceSlice
from tests.unit.input.records import JsonRecord, a_lookup, as_frame, as_line, as_ndjson, write

RECORDS = [a_lookup(number) for number in range(17)]
OTHERS = [a_lookup(number) for number in range(100, 117)]
FORMS = (".parquet", ".ndjson", ".ndjson.gz", ".ndjson.zst")


def slices(path: Path, follow: bool) -> Iterator[SourceSlice]:
    return FilesSource(path, {}, 5, follow, 0.0, threading.Event()).slices()


def ids(*found: SourceSlice) -> list[str]:
    return [lookup_id for each in found for lookup_id in each.lookups["lookup_id"]]


def of(records: list[JsonRecord]) -> list[object]:
    return [record["lookup_id"] for record in records]


def letter(found: SourceSlice) -> tuple[str, list[str], list[str]]:
    assert (found.lookups.height, dict(found.positions), found.closed) == (0, {}, False)
    (told,) = found.dead.select("position", "codes", "reasons").rows()
    return told


def put_in_its_place(path: Path, records: list[JsonRecord]) -> None:
    """Another file under the same name, at once."""
    write(path.parent.parent / "elsewhere" / path.name, records).rename(path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("write_again", [write, put_in_its_place])
def test_read_once_a_file_that_changes_between_two_slices_ends_the_reading(
    tmp_path: Path, form: str, write_again: Callable[[Path, list[JsonRecord]], object]
) -> None:
    path = write(tmp_path / "lookups" / f"a{form}", RECORDS)
    reading = slices(tmp_path, follow=False)
    assert ids(next(reading)) == of(RECORDS[:5])
    write_again(path, OTHERS + RECORDS)
    with pytest.raises(DoelbindingError) as raised:
        next(reading)
    right = "changed while it was read; start again when nothing writes to it any more"
    assert str(raised.value) == f"lookups/a{form}: {right}"


def test_of_a_followed_parquet_file_that_is_replaced_between_two_slices_nothing_of_the_other_is_read(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "lookups" / "a.parquet", RECORDS)
    write(tmp_path / "lookups" / "b.ndjson", OTHERS[:3])
    reading = slices(tmp_path, follow=True)
    assert ids(next(reading)) == of(RECORDS[:5])
    put_in_its_place(path, OTHERS)
    assert ids(next(reading)) == of(OTHERS[:3])
    told = "file: was replaced by another file; it is not read again, so put new records in a file with a new name"
    assert letter(next(reading)) == ("lookups/a.parquet: after 5", ["file-changed"], [told])


def test_of_a_followed_log_that_is_renamed_between_two_slices_the_rest_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "lookups" / "a.ndjson", RECORDS)
    reading = slices(tmp_path, follow=True)
    first = next(reading)
    path.rename(tmp_path / "lookups" / "_rotated")
    write(path, OTHERS)
    rest = [next(reading) for _ in range(3)]
    assert ids(first, *rest) == of(RECORDS)
    assert letter(next(reading))[1] == ["file-changed"]


def test_a_followed_log_that_grows_between_two_slices_is_read_on(tmp_path: Path) -> None:
    path = write(tmp_path / "lookups" / "a.ndjson", RECORDS)
    reading = slices(tmp_path, follow=True)
    first = next(reading)
    with path.open("ab") as file:
        file.write(as_ndjson(OTHERS))
    found = [first]
    while len(ids(*found)) < len(RECORDS + OTHERS):
        found.append(next(reading))
    assert ids(*found) == of(RECORDS + OTHERS)


def wrong_columns(path: Path) -> str:
    as_frame(RECORDS).drop("action").write_parquet(path.with_suffix(".parquet"))
    return "column action: is missing; expected text"


def failing_disk(path: Path) -> str:
    path.symlink_to("/proc/self/mem")  # nothing can be read at its start, by nobody
    return "cannot be read: Input/output error; deliver it again"


@pytest.mark.parametrize("damage", [wrong_columns, failing_disk])
def test_read_once_files_that_cannot_be_read_are_told_after_all_others_were_read(
    tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    for name, records in (("a", RECORDS[:3]), ("c", OTHERS[:3])):
        write(tmp_path / "lookups" / f"{name}.ndjson", records)
    told = [damage(tmp_path / "lookups" / f"{name}.ndjson") for name in ("b", "d")]
    names = [path.name for path in sorted((tmp_path / "lookups").iterdir())]
    reading = slices(tmp_path, follow=False)
    assert ids(next(reading), next(reading)) == of(RECORDS[:3] + OTHERS[:3])
    with pytest.raises(InputError) as raised:
        next(reading)
    assert raised.value.faults == (f"lookups/{names[1]}: {told[0]}", f"lookups/{names[3]}: {told[1]}")


@pytest.mark.parametrize("damage", [wrong_columns, failing_disk])
def test_a_followed_file_that_cannot_be_read_is_told_once_and_read_when_it_is_mended(
    tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    for name, records in (("a", RECORDS[:3]), ("c", OTHERS[:3])):
        write(tmp_path / "lookups" / f"{name}.ndjson", records)
    told = damage(tmp_path / "lookups" / "b.ndjson")
    (damaged,) = [path for path in (tmp_path / "lookups").iterdir() if path.name.startswith("b")]
    reading = slices(tmp_path, follow=True)
    assert ids(next(reading)) == of(RECORDS[:3])
    assert letter(next(reading)) == (f"lookups/{damaged.name}", ["file-unreadable"], [told])
    assert ids(next(reading)) == of(OTHERS[:3])
    with (tmp_path / "lookups" / "c.ndjson").open("ab") as file:
        file.write(as_line(OTHERS[3]) + b"\n")
    assert ids(next(reading)) == of(OTHERS[3:4])  # in the round after, in which the damage is not told again
    put_in_its_place(damaged, RECORDS[3:6])
    assert ids(next(reading)) == of(RECORDS[3:6])
