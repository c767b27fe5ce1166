"""A dataset with reads of signals through `rescore`: their readers are told, and nobody else is told otherwise."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import open_key_ring
from services.core.reading import READER_RULES, SYSTEM
from tests.datasets import Row, lines, write_registers
from tests.unit.command_line import run
from tests.world import BSNS, World, local

pytestmark = pytest.mark.slow
AT = local("2025-03-11 10:00")


def agency() -> World:
    """Four readers, two of one team; and looks without explanation by others."""
    world = World()
    for number in range(1, 8):
        world.employee(number, team="T1" if number < 3 else f"T{number}")
    world.relation("e3", 120, "partner")
    for day in range(5):
        world.look("e6", 130, AT + timedelta(days=day), searched_by="name")
    world.look("e7", 7, AT)
    return world


def reads(home: Path) -> list[Row]:
    """As the API writes them: by pseudonym, under the key ring that it shares with the detector."""
    ring = open_key_ring(home / "keyring.json")

    def read(reader: int, subject: str | None, minutes: int, **columns: object) -> Row:
        row: dict[str, object] = {
            "lookup_id": f"doelbinding-{reader}-{minutes}", "occurred_at": AT + timedelta(minutes=minutes),
            "employee_id": employee_pseudonym(ring, f"e{reader}"), "system": SYSTEM, "action": "view",
            "searched_by": "case", "record_count": 1, "subject_pseudonym": subject,
        }  # fmt: skip
        return row | columns

    persons = [subject_pseudonym(ring, BSNS[200 + place]) for place in range(10)]
    opened: dict[str, object] = {"case_id": "item-7", "data_categories": ["identity"]}
    return [
        read(1, employee_pseudonym(ring, "e2"), 0, case_id="item-1"),
        read(3, subject_pseudonym(ring, BSNS[120]), 1, case_id="item-2"),
        read(4, None, 2, action="search", searched_by="worklist", record_count=50),
        *(read(4, persons[place], 3 + place) for place in range(3)),
        *(read(5, persons[place], place, **opened) for place in range(10)),
    ]


def rescored(folder: Path, home: Path, world: World, *further: Row) -> Path:
    write_registers(world, folder / "dataset")
    (folder / "dataset" / "lookups" / "work.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    if further:
        (folder / "dataset" / "lookups" / "reads.ndjson").write_bytes(lines(LOOKUP, further))
    assert run("rescore", folder / "dataset", "--out", folder / "out", "--home", home, "--json") == 0
    return folder / "out"


def test_readers_are_told_and_nobody_else_is_told_otherwise(tmp_path: Path) -> None:
    home = tmp_path / "home"
    without = rescored(tmp_path / "without", home, agency())
    out = rescored(tmp_path / "with", home, agency(), *reads(home))
    signals = pl.read_parquet(out / "signals.parquet")
    about_readers = pl.col("rule").is_in(READER_RULES)
    assert signals.filter(~about_readers).equals(pl.read_parquet(without / "signals.parquet"))
    told = signals.filter(about_readers).select("rule", "rule_class", "pushed", "lookup_count").sort(pl.all())
    assert told.rows() == [
        ("reader-not-assigned", "P", True, 3),
        ("reader-with-interest", "P", True, 1),
        ("reader-with-interest", "P", True, 1),
        ("reveal-rate", "P", True, 10),
    ]
    explained = pl.read_parquet(out / "explained.parquet").filter(pl.col("lookup_id").str.starts_with("doelbinding"))
    assert dict(explained["state"].value_counts().iter_rows()) == {"explained": 11, "unexplained": 3, "conflict": 2}
    assert set(explained["explanation"].drop_nulls()) == {"assigned-reader", "reader-search"}


def test_reads_alone_are_a_history_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rescored(tmp_path / "first", home, agency())
    world = agency()
    world.lookups = []
    out = rescored(tmp_path / "alone", home, world, *reads(home))
    assert set(pl.read_parquet(out / "signals.parquet")["rule"]) == set(READER_RULES)


def test_reads_under_another_key_ring_are_dead_letters_that_say_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rescored(tmp_path / "first", home, agency())
    strange = [row | {"employee_id": "p2-" + "0" * 32} for row in reads(home)[:2]]
    out = rescored(tmp_path / "other", home, agency(), *strange)
    assert json.loads((out / "coverage.json").read_text())["deadLetters"] == {"other-key-version": 2}
    assert not set(pl.read_parquet(out / "signals.parquet")["rule"]) & set(READER_RULES)
