"""Made-up registers of an agency's size into the time and memory of a start from their snapshot, and of what follows.

    python benchmarks/registers.py [--links 10000000 --clients 1500000 --employees 25000 --runs 3]

The snapshot is written once by one process and read by another, as a detector does that starts again: tables into
memory, registers in force, and the first row that comes. Rows are made as integers; reading and decoding a topic is not
part of it. What else ran on the machine is not shown.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from services.core.clock import SystemClock
from services.core.contract import INSTANT
from services.core.keyring import KeyRing, open_key_ring
from services.detector.further import report_margins
from services.detector.pipeline import Pipeline
from services.detector.register_topics.held import LINKS, Held
from services.detector.register_topics.links import KIND, ORDER, ROWS, LayeredLinks
from services.detector.register_topics.snapshot import Snapshot, Snapshots
from services.detector.registers import registers_of
from services.detector.settings import AgencySettings

SEED = 20_170_101
START = datetime(2020, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=2_000)
SLICE = 5_000
CHANGES = (1, 100, 5_000)
REPEATS = 20


def keys(dice: np.random.Generator, count: int) -> pl.Series:
    """So many 64-bit keys, as pseudonyms are."""
    return pl.Series(dice.integers(-(2**63), 2**63 - 1, count, dtype=np.int64))


def times(dice: np.random.Generator, count: int) -> pl.Series:
    """Moments within the years of the register."""
    since_1970 = int(START.timestamp() * 1e6)
    return (pl.Series(dice.integers(0, YEARS // timedelta(microseconds=1), count)) + since_1970).cast(INSTANT)


def links(count: int, clients: pl.Series, employees: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    """Case links (ROWS): a tenth of them later versions of others."""
    ids = keys(dice, count)
    later = ids[dice.integers(0, count, count // 10)]
    subject = clients[dice.integers(0, clients.len(), count)]
    start = times(dice, count)
    columns = {
        "link_id": pl.concat([later, ids[later.len() :]]),
        "case": keys(dice, count),
        "subject": subject,
        "subject_check": subject.reverse(),
        "assignee": employees[dice.integers(0, employees.len(), count)],
        "to_team": pl.Series(dice.random(count) < 0.2),
        "link_kind": KIND.categories[dice.integers(0, len(KIND.categories), count)].cast(KIND),
        "valid_from": start,
        "valid_to": start + timedelta(days=200),
        "known_from": start + timedelta(hours=1),
        "registered_by_employee": pl.repeat(None, count, dtype=pl.Int64, eager=True),
        "version": pl.int_range(count, dtype=pl.Int64, eager=True),
    }
    return pl.DataFrame(columns, schema=ROWS)


def employees_of(held: Held, staff: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    """A period per employee, in teams of ten."""
    count = staff.len()
    columns = {
        "employee": staff, "own_subject": keys(dice, count), "own_subject_check": keys(dice, count),
        "team": staff[pl.int_range(count, eager=True) // 10], "role": ["claims-handler"] * count,
        "department": ["WW"] * count, "eigen_personeel": [False] * count, "hours_per_week": [36.0] * count,
        "street": keys(dice, count), "valid_from": [START] * count, "valid_to": [None] * count,
        "known_from": [START] * count, "version": pl.int_range(count, eager=True),
    }  # fmt: skip
    return pl.DataFrame(columns, schema=held.frames()["employees"].schema)


def snapshots(folder: Path, ring: KeyRing) -> Snapshots:
    """Where both processes have it."""
    return Snapshots(folder / "registers", ring, "doelbinding.", SystemClock())


def write(folder: Path, count: int, clients: int, employees: int) -> None:
    """A snapshot of registers of this size."""
    dice = np.random.default_rng(SEED)
    ring = open_key_ring(folder / "keyring.json")
    held = Held(Pipeline(AgencySettings(), ring).encoder)
    staff, persons = keys(dice, employees), keys(dice, clients)
    layered = LayeredLinks.of(links(count, persons, staff, dice))
    tables = held.frames() | {LINKS: layered.base.sort(ORDER), "employees": employees_of(held, staff, dice)}
    snapshots(folder, ring).store(Snapshot(tables, {}))


def start(folder: Path) -> dict[str, float]:
    """What a detector does that starts again, and what it does then."""
    ring = open_key_ring(folder / "keyring.json")
    pipeline = Pipeline(AgencySettings(), ring)
    began, worked = time.monotonic(), time.process_time()
    found = snapshots(folder, ring).load()
    if found is None:
        raise SystemExit("the snapshot cannot be read")
    held = Held(pipeline.encoder)
    held.restore(found.frames)
    margins = report_margins(pipeline.settings, pipeline.calendar)
    registers = registers_of(held.rows(), held.links, ("declared",), margins)
    changed(held.links, 1)
    told = {
        "seconds of a start, with the first changed link": time.monotonic() - began,
        "processor seconds of it": time.process_time() - worked,
    }
    dice, persons = np.random.default_rng(SEED), registers.links.known()
    for count in CHANGES:
        took = [changed(held.links, count) for _ in range(REPEATS)]
        told[f"milliseconds to take {count:,} changed links"] = 1000 * statistics.median(took)
    took = [gathered(held.links, persons[dice.integers(0, persons.len(), SLICE)]) for _ in range(REPEATS)]
    told[f"milliseconds to gather the links of {SLICE:,} persons"] = 1000 * statistics.median(took)
    return told | {"gigabytes at the most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def changed(held: LayeredLinks, count: int) -> float:
    """Seconds to take so many links that end a day later."""
    rows = held.base.head(count).select(list(ROWS)).with_columns(pl.col("valid_to") + timedelta(days=1))
    began = time.monotonic()
    held.taken(rows, pl.Series("version", [], dtype=pl.Int64))
    return time.monotonic() - began


def gathered(held: LayeredLinks, persons: pl.Series) -> float:
    """Seconds to gather the links of some persons."""
    began = time.monotonic()
    held.rows(persons)
    return time.monotonic() - began


def main() -> None:
    """Writes a snapshot in one process, and starts from it in others."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--links", type=int, default=10_000_000)
    asked.add_argument("--clients", type=int, default=1_500_000)
    asked.add_argument("--employees", type=int, default=25_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.write:
        write(options.write, options.links, options.clients, options.employees)
    elif options.start:
        print(json.dumps(start(options.start)))
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """The median of several starts, each in a process of its own."""
    sizes = [f"--{name}={getattr(options, name)}" for name in ("links", "clients", "employees")]
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__, *sizes, "--write", folder], check=True)
        line = [sys.executable, __file__, "--start", folder]
        runs = [json.loads(subprocess.run(line, check=True, capture_output=True).stdout) for _ in range(options.runs)]
    for name in runs[0]:
        print(f"{name}: {statistics.median(run[name] for run in runs):.2f}")


if __name__ == "__main__":
    main()
