"""A dataset into the same with its case links late or lost for some days, and what the stage of faults makes of it.

    python benchmarks/source_fault.py DATASET FIRST_DAY DAYS [--late DAYS]

What was to be registered on DAYS local days from FIRST_DAY (2025-07-28) is known `--late` days after them (without:
never). Prints the signals of re-scoring without and with faults of sources, and the findings.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from services.core.contract import INSTANT
from services.core.keyring import open_key_ring
from services.detector.rescore import Rescored, coverage, rescore
from services.detector.settings import AgencySettings
from services.detector.sources.dataset import Dataset

NEVER = {"faults": {"min_lookups": 10**9}}
"""Settings under which no source is ever at fault."""
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def instant(day: date) -> datetime:
    """The start of a local day."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def late_links(links: pl.DataFrame, start: datetime, end: datetime, late: timedelta | None) -> pl.DataFrame:
    """Links registered in between are lost, or written so much later, by the system that was ill."""
    concerned = pl.col("registered_at").is_between(pl.lit(start, INSTANT), pl.lit(end, INSTANT), closed="left")
    if late is None:
        return links.filter(~concerned)
    return links.with_columns(
        pl.when(concerned).then(pl.lit(end + late, INSTANT)).otherwise("registered_at").alias("registered_at"),
        pl.when(concerned).then(pl.lit("system:planning")).otherwise("registered_by").alias("registered_by"),
    )


def planted(dataset: Path, folder: Path, start: datetime, end: datetime, late: timedelta | None) -> Path:
    """The dataset with other links, its other files by reference."""
    links = pl.read_parquet(dataset / "case-links.parquet")
    late_links(links, start, end, late).write_parquet(folder / "case-links.parquet")
    for name in ("lookups", "employees.parquet", "relations.parquet"):
        (folder / name).symlink_to((dataset / name).resolve())
    return folder


def scored(dataset: Path, folder: Path, **settings: object) -> Rescored:
    """A re-scoring run."""
    chosen = AgencySettings.model_validate(settings)
    return rescore(Dataset(dataset), chosen, open_key_ring(folder / "keyring.json"), lambda _what, _share: None)


def tell(name: str, result: Rescored) -> None:
    """Prints signals by class and status, and what is muted."""
    counted = result.signals.group_by("rule_class", "status").len().sort("rule_class", "status")
    told = coverage(result)
    signals = "  ".join(f"{rule_class} {status} {count:,}" for rule_class, status, count in counted.iter_rows())
    print(f"{name:<28} {signals}  muted {told['mutedLookups']:,}")
    faults = result.sources["sourceFaults"]
    for fault in faults if isinstance(faults, list) else []:
        print("    ", *(f"{name} {value}" for name, value in fault.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("first_day", type=date.fromisoformat)
    parser.add_argument("days", type=int)
    parser.add_argument("--late", type=float)
    asked = parser.parse_args()
    start, end = instant(asked.first_day), instant(asked.first_day + timedelta(days=asked.days))
    late = None if asked.late is None else timedelta(days=asked.late)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "planted").mkdir()
        tell("as it is", scored(asked.dataset, folder))
        faulty = planted(asked.dataset, folder / "planted", start, end, late)
        tell("links gone, not recognised", scored(faulty, folder, **NEVER))
        tell("links gone, muted", scored(faulty, folder))


if __name__ == "__main__":
    main()
