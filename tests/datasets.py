"""A small agency for tests into a dataset directory, as NDJSON that can grow while it is read."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, Record
from tests.world import World

Row = Mapping[str, object]
LONGEST_PIECE_BYTES = 3_000
PAUSE_SECONDS = 0.002


def lines(record: Record, rows: Iterable[Row]) -> bytes:
    """The rows as NDJSON; what a row does not name is null."""
    return b"".join(msgspec.json.encode({name: row.get(name) for name in record.schema}) + b"\n" for row in rows)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Lookups as a source writes them: by the time at which they were done."""
    return sorted(rows, key=lambda row: str(row["occurred_at"]))


def write_registers(world: World, dataset: Path) -> None:
    """The register files, and an empty folder for lookups."""
    (dataset / "lookups").mkdir(parents=True, exist_ok=True)
    (dataset / "employees.ndjson").write_bytes(lines(EMPLOYEE, world.employees))
    (dataset / "relations.ndjson").write_bytes(lines(RELATION, world.relations))
    replace_case_links(world, dataset)


def replace_case_links(world: World, dataset: Path) -> None:
    """The case links as they are now, put in the place of those before at once."""
    fresh = dataset / "case-links.new"
    fresh.write_bytes(lines(CASE_LINK, world.links))
    os.replace(fresh, dataset / "case-links.ndjson")


def write_slowly(path: Path, rows: Iterable[Row], seed: int) -> None:
    """Appends lookups in pieces that end anywhere in a line, as a log is written."""
    chance = random.Random(seed)
    data = memoryview(lines(LOOKUP, rows))
    with path.open("ab", buffering=0) as file:
        while data:
            piece = chance.randint(1, LONGEST_PIECE_BYTES)
            file.write(data[:piece])
            data = data[piece:]
            time.sleep(PAUSE_SECONDS)
