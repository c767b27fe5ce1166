"""Simulated agencies and real backgrounds into the table of quality in docs/quality.md, the baselines beside it.

    python benchmarks/quality.py --write docs/quality.md [--real FOLDER --real-seeds 11 12] [--datasets DATASET ...]

Sets are made, re-scored and evaluated one at a time and kept in var/quality; what was done by the same program is not
done again, so an interrupted run goes on where it was. What is compared is in docs/quality.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.markers import refreshed
from benchmarks.quality_table.page import NAME, tables
from benchmarks.quality_table.runs import Outcome, Runner, has_profiles
from benchmarks.quality_table.sets import MAKER, PROFILES, ROOT, STANDARD, Wanted, ready_made, real, simulated, truth_of
from services.core.errors import DoelbindingError, InputError

FOLDER = ROOT / "var" / "quality"
SEEDS = (101, 102, 103, 104, 105)
"""Kept apart for judging: nothing is tuned on them."""


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quality.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--profiles", nargs="*", default=list(PROFILES), choices=PROFILES)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="of the simulated agencies")
    parser.add_argument("--employees", type=int, default=800)
    parser.add_argument("--weeks", type=int, default=10)
    parser.add_argument("--real", type=Path, metavar="FOLDER", help=f"holds {MAKER} and backgrounds/*.parquet")
    parser.add_argument("--real-seeds", type=int, nargs="+", default=[], help="of the datasets made of backgrounds")
    parser.add_argument("--backgrounds", nargs="+", default=[], metavar="NAME", help="only these; default all")
    parser.add_argument("--datasets", type=Path, nargs="+", default=[], help="ready made, with DATASET-truth beside")
    parser.add_argument("--probes", type=int, default=2000, help="made-up looks at open cases, of either sort")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="page whose part between the markers is replaced")
    return parser.parse_args(given)


def wanted_sets(arguments: argparse.Namespace, *, profiles_known: bool) -> tuple[list[Wanted], list[str]]:
    """The sets that can be made, and a sentence for each part that cannot. Raises InputError with all faults."""
    left_out = []
    profiles = list(arguments.profiles)
    if not profiles_known:
        unknown = [profile for profile in profiles if profile != STANDARD]
        profiles = [profile for profile in profiles if profile == STANDARD]
        left_out += [f"The simulator knows no profile `{profile}`: left out." for profile in unknown]
    sets = simulated(profiles, arguments.seeds, arguments.employees, arguments.weeks, has_profiles=profiles_known)
    if arguments.real and arguments.real_seeds:
        sets += real(arguments.real.resolve(), arguments.backgrounds, arguments.real_seeds)
    else:
        left_out.append("No datasets were made of real backgrounds (`--real`, `--real-seeds`): left out.")
    return sets + ready_made(arguments.datasets), left_out


def faults(arguments: argparse.Namespace) -> list[str]:
    """What is wrong with the arguments, a sentence each."""
    found = []
    if arguments.real and not (arguments.real / MAKER).is_file():
        found.append(f"--real: {arguments.real} holds no {MAKER}")
    if arguments.real and not arguments.real_seeds:
        found.append("--real needs --real-seeds: which datasets are to be made")
    found += [
        f"--datasets: {dataset} has no answers beside it in {dataset.name}-truth"
        for dataset in arguments.datasets
        if not truth_of(dataset.resolve()).is_dir()
    ]
    return found


def judged(sets: Sequence[Wanted], runner: Runner) -> list[Outcome]:
    """The outcomes, one set after the other, each with its line."""
    outcomes = []
    for number, wanted in enumerate(sets, 1):
        runner.tell(f"[{number}/{len(sets)}] {wanted.name}")
        outcomes.append(runner.outcome(wanted))
    return outcomes


def _command(given: Sequence[str]) -> str:
    """The command as it was given, with the names of folders and not where they are."""
    return " ".join(
        ["python benchmarks/quality.py", *(Path(word).name if Path(word).is_absolute() else word for word in given)]
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(given: Sequence[str]) -> int:
    """Judges, prints, and writes the page if asked to."""
    arguments = _arguments(given)
    try:
        if wrong := faults(arguments):
            raise InputError(*wrong)
        page = None if arguments.write is None else arguments.write.read_text(encoding="utf-8")
        if page is not None:
            refreshed(page, "", NAME)
        sets, left_out = wanted_sets(arguments, profiles_known=has_profiles())
        outcomes = judged(sets, Runner(FOLDER, arguments.probes, _tell))
    except (DoelbindingError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    part = tables(outcomes, _command(given), left_out)
    print(part)
    if page is not None:
        arguments.write.write_text(refreshed(page, part, NAME), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
