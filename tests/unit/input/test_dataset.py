"""A dataset directory is read whole, whatever the form of its files; what keeps it from being read is told at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.core.contract import CASE_LINK, EMPLOYEE, RELATION
from services.core.errors import InputError
from services.detector.sources.datafiles import passed_over
from services.detector.sources.dataset import Dataset
from services.detector.sources.registers import Registers, registers_changed
from tests.unit.input.records import (
    a_link,
    a_lookup,
    a_relation,
    an_employee,
    as_frame,
    as_line,
    as_ndjson,
    write,
    write_registers,
)

FORMS = (".parquet", ".ndjson", ".ndjson.gz", ".ndjson.zst")
RECORDS = [a_lookup(number) for number in range(20)]


def faults(read: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(InputError) as raised:
        read()
    return raised.value.faults


@pytest.mark.parametrize("form", FORMS)
def test_the_same_lookups_are_read_from_every_form(tmp_path: Path, form: str) -> None:
    write_registers(tmp_path)
    write(tmp_path / "lookups" / f"a{form}", RECORDS)
    found = Dataset(tmp_path).lookups()
    assert_frame_equal(found.valid, as_frame(RECORDS))
    assert found.dead.height == 0


@pytest.mark.parametrize("form", FORMS)
def test_registers_are_read_from_every_form(tmp_path: Path, form: str) -> None:
    link, employee, relation = a_link(), an_employee(), a_relation()
    write(tmp_path / f"case-links{form}", [link], CASE_LINK)
    write(tmp_path / f"employees{form}", [employee], EMPLOYEE)
    write(tmp_path / f"relations{form}", [relation], RELATION)
    registers = Registers(tmp_path)
    assert_frame_equal(registers.case_links().valid, as_frame([link], CASE_LINK))
    assert_frame_equal(registers.employees().valid, as_frame([employee], EMPLOYEE))
    assert_frame_equal(registers.relations().valid, as_frame([relation], RELATION))


def test_files_are_read_in_the_order_of_their_names_and_forms_may_be_mixed(tmp_path: Path) -> None:
    write_registers(tmp_path)
    for number, form in enumerate(FORMS):
        write(tmp_path / "lookups" / f"part-{number}{form}", RECORDS[5 * number : 5 * number + 5])
    assert_frame_equal(Dataset(tmp_path).lookups().valid, as_frame(RECORDS), check_dtypes=True)


def test_bad_records_of_a_register_are_dead_letters_with_their_place(tmp_path: Path) -> None:
    write_registers(tmp_path)
    (tmp_path / "case-links.ndjson").write_bytes(as_ndjson([a_link(), a_link(kind="visit")]))
    found = Registers(tmp_path).case_links()
    first = len(as_line(a_link())) + 1
    assert (found.valid.height, found.dead["position"].to_list()) == (1, [f"case-links.ndjson: byte {first}"])


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path / "employees.ndjson", [an_employee()])
    write(tmp_path / "employees.parquet", [an_employee()], EMPLOYEE)
    twice = "employees.parquet and employees.ndjson"
    ends = ".parquet, .ndjson, .ndjson.gz, .ndjson.zst"
    assert faults(lambda: Dataset(tmp_path)) == (
        f"{tmp_path}/lookups: is missing; the files with lookups belong in it",
        f"{tmp_path}: case-links is missing; expected a file case-links with {ends}",
        f"{tmp_path}: employees is there more than once, as {twice}; keep the one that counts",
        f"{tmp_path}: relations is missing; expected a file relations with {ends}",
    )


def test_a_folder_without_lookups_is_told(tmp_path: Path) -> None:
    write_registers(tmp_path)
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "notes.csv").write_text("a,b")
    assert faults(lambda: Dataset(tmp_path)) == (
        f"{tmp_path}/lookups: holds no lookups; expected files that end in .parquet, .ndjson, .ndjson.gz, .ndjson.zst",
    )


def test_a_path_that_is_no_directory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    assert faults(lambda: Dataset(path)) == (f"{path}: is not a directory; give the directory of a dataset",)


def test_files_of_other_kinds_are_passed_over_and_can_be_named(tmp_path: Path) -> None:
    write_registers(tmp_path)
    write(tmp_path / "lookups" / "a.ndjson", RECORDS)
    for name in ("b.jsonl", "_SUCCESS", ".a.ndjson.swp", ".parquet"):
        (tmp_path / "lookups" / name).write_text("x")
    assert Dataset(tmp_path).lookups().valid.height == len(RECORDS)
    assert passed_over(tmp_path) == ["b.jsonl"]


def test_files_that_cannot_be_read_are_told_all_at_once(tmp_path: Path) -> None:
    write_registers(tmp_path)
    (tmp_path / "lookups").mkdir()
    as_frame(RECORDS).drop("action").write_parquet(tmp_path / "lookups" / "b.parquet")
    as_frame(RECORDS).with_columns(system=pl.lit(1)).write_parquet(tmp_path / "lookups" / "c.parquet")
    (tmp_path / "lookups" / "d.parquet").write_bytes(b"PAR1 cut short")
    assert faults(Dataset(tmp_path).lookups) == (
        "lookups/b.parquet: column action: is missing; expected text",
        "lookups/c.parquet: column system: found Int32, expected text",
        "lookups/d.parquet: is not a whole Parquet file: its footer is missing; deliver it again",
    )


def test_a_parquet_file_with_spoilt_pages_is_told(tmp_path: Path) -> None:
    write_registers(tmp_path)
    path = write(tmp_path / "lookups" / "a.parquet", RECORDS)
    content = bytearray(path.read_bytes())
    content[4:200] = b"\xff" * 196
    path.write_bytes(bytes(content))
    (told,) = faults(Dataset(tmp_path).lookups)
    assert told.startswith("lookups/a.parquet: cannot be read: ")
    assert "\n" not in told


def test_a_parquet_file_that_lost_its_pages_is_told(tmp_path: Path) -> None:
    write_registers(tmp_path)
    path = write(tmp_path / "lookups" / "a.parquet", [a_lookup(number) for number in range(2_000)])
    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(b"PAR1" + content[-footer:])
    assert faults(Dataset(tmp_path).lookups) == (
        "lookups/a.parquet: cannot be read: its content does not agree with its footer; deliver it again",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    write_registers(tmp_path)
    write(tmp_path / "lookups" / "a.ndjson", RECORDS).chmod(0)
    assert faults(Dataset(tmp_path).lookups) == (
        "lookups/a.ndjson: cannot be read: Permission denied; give the account that runs this the right to read it",
    )


def test_of_a_file_that_is_cut_short_the_lines_before_are_read_and_the_rest_is_one_dead_letter(tmp_path: Path) -> None:
    write_registers(tmp_path)
    path = write(tmp_path / "lookups" / "a.ndjson.gz", RECORDS)
    whole = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(whole)[:-40])
    found = Dataset(tmp_path).lookups()
    assert 0 < found.valid.height < len(RECORDS)
    assert_frame_equal(found.valid, as_frame(RECORDS[: found.valid.height]))
    (letter,) = found.dead.to_dicts()
    assert letter["position"] == f"lookups/a.ndjson.gz: line {found.valid.height + 1}"
    assert letter["codes"] == ["file-damaged"]
    assert letter["reasons"] == [
        "file: cannot be read from here on (it is cut short); deliver it again under another name"
    ]
    assert as_line(RECORDS[found.valid.height]).startswith(letter["raw"])


@pytest.mark.parametrize("form", [".ndjson.gz", ".ndjson.zst"])
@pytest.mark.parametrize("kept", [0, 3, 20, 60])
def test_damage_anywhere_is_one_dead_letter(tmp_path: Path, form: str, kept: int) -> None:
    write_registers(tmp_path)
    path = write(tmp_path / "lookups" / f"a{form}", RECORDS)
    path.write_bytes(path.read_bytes()[:kept])
    assert Dataset(tmp_path).lookups().dead["codes"].to_list() == [["file-damaged"]]


@pytest.mark.parametrize("form", [".ndjson.gz", ".ndjson.zst"])
def test_bytes_that_no_compressor_wrote_are_damage(tmp_path: Path, form: str) -> None:
    write_registers(tmp_path)
    path = write(tmp_path / "lookups" / f"a{form}", RECORDS)
    path.write_bytes(path.read_bytes() + b"trailing rubbish")
    found = Dataset(tmp_path).lookups()
    assert found.valid.height == len(RECORDS)
    assert found.dead["codes"].to_list() == [["file-damaged"]]


@pytest.mark.parametrize("form", [".ndjson.gz", ".ndjson.zst"])
def test_compressed_parts_one_after_another_are_one_file(tmp_path: Path, form: str) -> None:
    write_registers(tmp_path)
    parts = [write(tmp_path / "parts" / f"{n}{form}", RECORDS[10 * n : 10 * n + 10]).read_bytes() for n in (0, 1)]
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / f"a{form}").write_bytes(b"".join(parts))
    found = Dataset(tmp_path).lookups()
    assert_frame_equal(found.valid, as_frame(RECORDS))
    assert found.dead.height == 0


def test_registers_are_seen_to_change(tmp_path: Path) -> None:
    write_registers(tmp_path)
    first = registers_changed(tmp_path, None)
    assert first is not None
    assert registers_changed(tmp_path, first) is None
    write(tmp_path / "relations.ndjson", [a_relation(), a_relation()])
    second = registers_changed(tmp_path, first)
    assert second is not None
    assert {name for name, _, _ in second - first} == {"relations.ndjson"}
