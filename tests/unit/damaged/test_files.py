"""Files that are damaged, cut, unreadable or written meanwhile: each is told, and the other files are scored."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard

from services.core.contract import LOOKUP
from tests.datasets import lines
from tests.unit.damaged.agency import WARNING, Agency
from tests.unit.damaged.opening import when_opened
from tests.world import frame

pytestmark = pytest.mark.slow

ENDINGS = ".parquet, .ndjson, .ndjson.gz, .ndjson.zst"


def gzip_by_line(content: list[bytes]) -> list[bytes]:
    """Compressed so that each part gives back its line, whatever becomes of the next."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH) for line in content]
    return [*parts, packer.flush()]


def zstd_by_line(content: list[bytes]) -> list[bytes]:
    packer = zstandard.ZstdCompressor().compressobj()
    parts = [packer.compress(line) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) for line in content]
    return [*parts, packer.flush()]


@pytest.mark.parametrize(("form", "packed"), [(".gz", gzip_by_line), (".zst", zstd_by_line)])
def test_of_a_cut_file_the_lines_before_the_cut_are_scored(
    agency: Agency, form: str, packed: Callable[[list[bytes]], list[bytes]]
) -> None:
    agency.damaged.unlink()
    first, second, *_ = packed([lines(LOOKUP, [row]) for row in agency.day_2])
    agency.damaged.with_name(f"day-2.ndjson{form}").write_bytes(first + second[: len(second) // 2])
    found = agency.rescored()
    place = f"lookups/day-2.ndjson{form}: line 2"
    reason = "file: cannot be read from here on (it is cut short); deliver it again under another name"
    assert (found.code, found.told) == (0, [f"{WARNING}{place}: {reason}"])
    assert found.letters == [(place, ["file-damaged"], [reason])]
    assert found.scored == agency.scored_of(agency.but(str(agency.day_2[1]["lookup_id"])))


def as_parquet(agency: Agency, **changes: pl.Expr) -> Path:
    """The damaged file as Parquet, with some columns changed."""
    agency.damaged.unlink()
    path = agency.damaged.with_suffix(".parquet")
    frame(LOOKUP, agency.day_2).with_columns(**changes).write_parquet(path)
    return path


def told_of_files(found_in: Path, *faults: str) -> list[str]:
    rest = f"the other files were scored and the results are in {found_in}; mend these files and run this again"
    return [f"doelbinding: {told}" for told in (*faults, rest)]


def test_a_parquet_file_with_wrong_columns_is_told_and_the_other_files_are_scored(agency: Agency) -> None:
    as_parquet(
        agency,
        occurred_at=pl.col("occurred_at").dt.replace_time_zone(None),
        record_count=pl.lit("one"),
    )
    found = agency.rescored()
    assert found.code == 2
    assert found.told == told_of_files(
        found.out,
        "lookups/day-2.parquet: column occurred_at: found timestamp[us] without a time zone, expected "
        "timestamp[us, UTC]; mend it where the file is written, with the zone its times are in: in Polars "
        ".dt.replace_time_zone('Europe/Amsterdam').dt.convert_time_zone('UTC')",
        "lookups/day-2.parquet: column record_count: found text, expected a whole number (int32)",
    )
    assert found.letters[0][:2] == ("lookups/day-2.parquet", ["file-unreadable", "file-unreadable"])
    assert found.scored == agency.scored_of(agency.but(*(str(row["lookup_id"]) for row in agency.day_2)))


def test_rows_of_a_parquet_file_are_told_by_their_number(agency: Agency) -> None:
    as_parquet(agency, action=pl.Series(["peek", "view"]))
    found = agency.rescored()
    reason = "field action: 'peek' is not known; known are search, view, edit, print, export"
    assert (found.code, found.told) == (0, [f"{WARNING}lookups/day-2.parquet: row 1: {reason}"])
    assert found.scored == agency.scored_of(agency.but(str(agency.day_2[0]["lookup_id"])))


def cut_parquet(agency: Agency) -> tuple[str, str]:
    path = as_parquet(agency)
    path.write_bytes(path.read_bytes()[:-100])
    return path.name, "is not a whole Parquet file: its footer is missing; deliver it again"


def failing_disk(agency: Agency) -> tuple[str, str]:
    agency.damaged.unlink()
    agency.damaged.symlink_to("/proc/self/mem")  # nothing can be read at its start, by nobody
    return agency.damaged.name, "cannot be read: Input/output error; deliver it again"


def forbidden(agency: Agency) -> tuple[str, str]:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    agency.damaged.chmod(0)
    told = "cannot be read: Permission denied; give the account that runs this the right to read it"
    return agency.damaged.name, told


@pytest.mark.parametrize("damage", [cut_parquet, failing_disk, forbidden])
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_scored(
    agency: Agency, damage: Callable[[Agency], tuple[str, str]]
) -> None:
    name, reason = damage(agency)
    found = agency.rescored()
    assert (found.code, found.told) == (2, told_of_files(found.out, f"lookups/{name}: {reason}"))
    assert found.letters == [(f"lookups/{name}", ["file-unreadable"], [reason])]
    assert found.scored == agency.scored_of(agency.but(*(str(row["lookup_id"]) for row in agency.day_2)))


def test_what_is_scored_of_some_files_only_is_not_submitted(agency: Agency) -> None:
    cut_parquet(agency)
    found = agency.rescored("--submit", "http://127.0.0.1:9")
    assert found.code == 2
    assert found.told[-1].endswith("; mend these files and run this again; until then nothing is submitted")


def test_where_no_file_can_be_read_nothing_is_scored(agency: Agency) -> None:
    for file in list((agency.dataset / "lookups").iterdir()):
        file.with_suffix(".parquet").write_bytes(b"PAR1 cut short")
        file.unlink()
    found = agency.rescored()
    footer = "is not a whole Parquet file: its footer is missing; deliver it again"
    assert (found.code, found.told) == (2, [f"doelbinding: lookups/day-{day}.parquet: {footer}" for day in (1, 2, 3)])
    assert not found.out.exists()


def test_an_empty_folder_is_told(agency: Agency) -> None:
    for file in (agency.dataset / "lookups").iterdir():
        file.unlink()
    found = agency.rescored()
    folder = agency.dataset / "lookups"
    assert (found.code, found.told) == (
        2,
        [f"doelbinding: {folder}: holds no lookups; expected files that end in {ENDINGS}"],
    )


def test_names_that_are_not_read_are_told_and_the_others_are_scored(agency: Agency) -> None:
    folder = agency.dataset / "lookups"
    (folder / "day-4.jsonl").write_bytes(b"{}\n")
    (folder / "day-5.ndjson").symlink_to(folder / "gone.ndjson")
    found = agency.rescored()
    assert (found.code, found.told) == (
        0,
        [
            (
                f"{WARNING}lookups/day-4.jsonl: is not read, because of its ending; "
                f"end it in one of {ENDINGS}, or move it elsewhere"
            ),
            (
                f"{WARNING}lookups/day-5.ndjson: is not read, because there is no file behind this name; "
                "put the file itself there"
            ),
        ],
    )
    assert found.scored == agency.scored_of(agency.world.lookups)
    told = json.loads((found.out / "coverage.json").read_bytes())["warnings"]
    assert [f"{WARNING}{each}" for each in told] == found.told


def appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{"lookup_id": "hal')


def truncated(path: Path) -> None:
    os.truncate(path, 100)


def replaced(path: Path) -> None:
    fresh = path.with_name("_fresh")
    fresh.write_bytes(path.read_bytes())
    fresh.rename(path)


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [appended, truncated, replaced, removed])
@pytest.mark.parametrize("name", ["lookups/day-2.ndjson", "case-links.ndjson"])
def test_a_file_that_changes_while_it_is_read_ends_the_run_before_anything_is_written(
    agency: Agency, name: str, change: Callable[[Path], None]
) -> None:
    path = agency.dataset / name
    when_opened(path, lambda: change(path))
    found = agency.rescored()
    right = "changed while it was read; start again when nothing writes to it any more"
    assert (found.code, found.told) == (1, [f"doelbinding: {name}: {right}"])
    assert not found.out.exists()


def test_a_parquet_file_that_is_written_again_while_it_is_read_is_told_as_such(agency: Agency) -> None:
    path = as_parquet(agency)
    when_opened(path, lambda: path.write_bytes(b"PAR1 half written"))
    found = agency.rescored()
    right = "changed while it was read; start again when nothing writes to it any more"
    assert (found.code, found.told) == (1, [f"doelbinding: lookups/day-2.parquet: {right}"])
    assert not found.out.exists()
