"""Logs of real desk work beside simulated agencies: the figures of their shapes, as a table for docs/simulation.md.

    python benchmarks/shapes.py [LOG.parquet ...] [--simulated DATASET ...] [--write docs/simulation.md]

A log has columns emp, case, ts (local time without a zone); nothing but the figures leaves it. A DATASET is a directory
that `doelbinding simulate` wrote; with none, agencies of 200 employees over 10 weeks are simulated in each profile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.shape_figures import FIGURES, Work, work_of
from services.core.errors import InputError
from services.detector.simulate.profile import PROFILES
from services.detector.simulate.simulation import simulate

BEGIN, END = "<!-- measured: shapes -->", "<!-- end of measured: shapes -->"
ZONE = "Europe/Amsterdam"
EMPLOYEES, WEEKS, SEED = 200, 10, 1
COLUMNS = {"emp": "employee", "case": "file", "ts": "at"}


def real(path: Path, machines: Sequence[str]) -> Work:
    """Work of a log, without accounts of machines. Raises InputError where the file has other columns."""
    found = pl.read_parquet_schema(path)
    if missing := [name for name in COLUMNS if name not in found]:
        raise InputError(*[f"{path}: column {name} is missing" for name in missing])
    rows = pl.read_parquet(path, columns=list(COLUMNS)).rename(COLUMNS)
    return work_of(rows.filter(~pl.col("employee").cast(pl.String).is_in(list(machines))))


def simulated(dataset: Path) -> Work:
    """Work of a dataset: persons opened, by the wall clock of the agency; each lookup once."""
    rows = pl.read_parquet(
        dataset / "lookups" / "*.parquet", columns=["lookup_id", "employee_id", "bsn", "occurred_at"]
    )
    local = pl.col("occurred_at").dt.convert_time_zone(ZONE).dt.replace_time_zone(None)
    return work_of(rows.unique("lookup_id").select(employee="employee_id", file="bsn", at=local))


def agencies() -> dict[str, Work]:
    """A simulated agency of each profile."""
    with TemporaryDirectory() as folder:
        for profile in PROFILES:
            simulate(Path(folder) / profile, EMPLOYEES, WEEKS, SEED, lambda _stage, _done: None, profile)
        return {profile: simulated(Path(folder) / profile) for profile in PROFILES}


def table(works: dict[str, Work]) -> str:
    """A row per figure, a column per log."""
    head = ["", *works]
    rows = [head, ["---", *["---:"] * len(works)]]
    rows += [[name, *[f"{figure(work):.2f}" for work in works.values()]] for name, figure in FIGURES.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write(page: Path, part: str) -> None:
    """What stands between the markers is replaced. Raises InputError if the markers are not there."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(f"{page} needs the lines '{BEGIN}' and '{END}', in this order")
    page.write_text(f"{before}{BEGIN}\n{part}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Reads the arguments, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("logs", nargs="*", type=Path, metavar="LOG.parquet")
    parser.add_argument("--simulated", nargs="*", type=Path, default=[], metavar="DATASET")
    parser.add_argument("--machines", nargs="*", default=[], metavar="ACCOUNT", help="accounts of machines in the logs")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    arguments = parser.parse_args()
    works = {path.stem: real(path, arguments.machines) for path in arguments.logs}
    works |= {path.name: simulated(path) for path in arguments.simulated} or agencies()
    part = table(works)
    print(part)
    if arguments.write:
        write(arguments.write, part)


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit("\n".join(error.faults))
