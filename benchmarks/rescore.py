"""A simulated agency into the time, speed and memory of `doelbinding rescore`, run as a user runs it.

    python benchmarks/rescore.py [--employees 800 --weeks 10 --seed 1 --runs 3]

The agency is simulated once and kept in var/benchmarks. What the figures do not show is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

COMMAND = Path(sys.executable).with_name("doelbinding")
CACHE = Path(__file__).parents[1] / "var" / "benchmarks"
MAXRSS_BYTES = 1 if platform.system() == "Darwin" else 1024
"""What `ru_maxrss` counts in: bytes there, kibibytes elsewhere (getrusage(2))."""

LIMITS = """Not shown: real data (a simulated agency has tidier registers), a cold disk, what else ran on this machine,
the streaming detector, and input that is not Parquet; see benchmarks/README.md.
The time is that of the whole command: its start, reading, judging and writing. Memory is the peak of the process."""


@dataclass(frozen=True)
class Run:
    """One process: what it wrote, its wall and processor time in seconds, and its peak memory in bytes."""

    out: str
    wall: float
    processor: float
    memory: int

    @property
    def cores(self) -> float:
        """How many processors it kept busy on average."""
        return self.processor / self.wall


def run(*arguments: str | Path) -> Run:
    """Runs `doelbinding` to its end; ends this program if it fails."""
    with TemporaryFile("w+") as out:
        began = time.monotonic()
        process = subprocess.Popen([str(COMMAND), *(str(argument) for argument in arguments)], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"doelbinding {arguments[0]} ended with {process.returncode}")
        out.seek(0)
        return Run(out.read(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_BYTES)


def simulated(employees: int, weeks: int, seed: int) -> Path:
    """The agency, from an earlier run if it is there."""
    dataset = CACHE / f"agency-{employees}-{weeks}-{seed}"
    if not dataset.with_name(f"{dataset.name}-truth").is_dir():
        print(f"Simulating {employees} employees over {weeks} weeks into {dataset} ...", flush=True)
        size = ("--employees", str(employees), "--weeks", str(weeks), "--seed", str(seed))
        run("simulate", dataset, *size, "--json")
    return dataset


def rescored(dataset: Path, runs: int) -> list[Run]:
    """The re-scoring runs, one after the other, each with its line."""
    done = []
    with TemporaryDirectory() as out:
        for number in range(1, runs + 1):
            done.append(run("rescore", dataset, "--out", out, "--home", CACHE / "home", "--json"))
            print(f"run {number}: {done[-1].wall:.1f} s", flush=True)
    return done


def spread(name: str, unit: str, runs: Sequence[Run], of: Callable[[Run], float]) -> str:
    """A row: least, median and greatest of a figure."""
    values = sorted(of(one) for one in runs)
    shown = "".join(f"{value:>14,.2f}" for value in (values[0], statistics.median(values), values[-1]))
    return f"{name:<22}{shown}  {unit}"


def report(runs: Sequence[Run], starts: Sequence[Run]) -> str:
    """The figures as a table."""
    told = json.loads(runs[0].out)
    lookups, signals = told["lookups"], sum(told["signals"].values())
    machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    return "\n".join(
        [
            f"{lookups:,} lookups, {signals:,} signals; {machine}",
            f"{'':<22}{'least':>14}{'median':>14}{'greatest':>14}",
            spread("wall", "s", runs, lambda one: one.wall),
            spread("of which the start", "s", starts, lambda one: one.wall),
            spread("speed", "lookups/s", runs, lambda one: lookups / one.wall),
            spread("processor time", "s", runs, lambda one: one.processor),
            spread("processors kept busy", "", runs, lambda one: one.cores),
            spread("peak memory", "MiB", runs, lambda one: one.memory / 2**20),
        ]
    )


def main() -> None:
    """Reads the arguments, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, default in (("employees", 800), ("weeks", 10), ("seed", 1), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs must be 1 or more")
    dataset = simulated(arguments.employees, arguments.weeks, arguments.seed)
    runs = rescored(dataset, arguments.runs)
    starts = [run("rules", "list", "--json") for _ in range(arguments.runs)]
    print(report(runs, starts))
    print(f"\n{LIMITS}")


if __name__ == "__main__":
    main()
