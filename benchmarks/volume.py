"""Real desks into the recall of planted bursts, per way of judging a day, at equal numbers of false signals.

    python benchmarks/volume.py DATASET [DATASET ...] [--bursts 10 20 50] [--write docs/quality.md]

What is compared, and what the figures do not show, is in docs/quality.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.volume_models.desk import read_desk
from benchmarks.volume_models.measure import Measured, Plan, measure
from benchmarks.volume_models.page import refreshed, tables
from services.core.errors import DoelbindingError, InputError
from services.detector.thresholds import VolumeSettings

LEAST_PERSONS = VolumeSettings().min_subjects


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="volume.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET", help="misuse in DATASET-truth is left out")
    parser.add_argument("--bursts", type=int, nargs="+", default=[10, 20, 50], help="sizes in persons")
    parser.add_argument("--plantings", type=int, default=1000, help="bursts of each size")
    parser.add_argument("--drips", type=int, default=100, help="slow drips")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least-persons", type=int, default=LEAST_PERSONS, help="fewer on a day are never a signal")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="page whose part between the markers is replaced")
    arguments = parser.parse_args(given)
    for name in ("plantings", "drips", "least_persons"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be 1 or more")
    if min(arguments.bursts) < 1:
        parser.error("--bursts must be 1 or more, each")
    return arguments


def _measured(datasets: Sequence[Path], plan: Plan) -> list[Measured]:
    found = []
    for dataset in datasets:
        print(f"Measuring {dataset.name} ...", file=sys.stderr, flush=True)
        found.append(measure(read_desk(dataset), plan))
    return found


def _command(given: Sequence[str], arguments: argparse.Namespace) -> str:
    """The command as it was given, with the names of datasets and files and not where they are."""
    datasets = {str(dataset) for dataset in arguments.datasets}
    bare = (Path(word).name if str(Path(word)) in datasets or Path(word).is_absolute() else word for word in given)
    return " ".join(["python benchmarks/volume.py", *bare])


def _with(path: Path, part: str) -> str:
    """The page with this part between its markers; asked before anything is measured too, so that no run is lost."""
    try:
        return refreshed(path.read_text(encoding="utf-8"), part)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a page: {error}") from error


def main(given: Sequence[str]) -> int:
    """Measures, prints, and writes the page if asked to."""
    arguments = _arguments(given)
    plan = Plan(arguments.bursts, arguments.plantings, arguments.drips, arguments.seed, arguments.least_persons)
    try:
        if arguments.write:
            _with(arguments.write, "")
        part = tables(_measured(arguments.datasets, plan), plan, _command(given, arguments))
    except DoelbindingError as error:
        print(error, file=sys.stderr)
        return 2
    print(part)
    if arguments.write:
        arguments.write.write_text(_with(arguments.write, part), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
