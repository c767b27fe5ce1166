"""A wanted set into its judgements: made, re-scored and evaluated by the installed command, unless that was done."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality_table.judged import Judged, read_judged
from benchmarks.quality_table.sets import ROOT, SIMULATED, Wanted, sources, stamped, truth_of
from services.core.errors import DoelbindingError

COMMAND = Path(sys.executable).with_name("doelbinding")
WAYS = {"plain": "baseline.py", "informed": "informed.py"}
"""Baselines and the benchmark that makes each."""
ENGINE = (ROOT / "services" / "detector", ROOT / "services" / "core")
DATASET = "dataset"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How a set was judged."""

    wanted: Wanted
    engine: Judged
    baselines: dict[str, Judged]


@dataclass(frozen=True)
class Runner:
    """Makes and judges sets in a folder of its own, one after the other; what is done already is not done again."""

    folder: Path
    probes: int
    tell: Tell

    def outcome(self, wanted: Wanted) -> Outcome:
        """All judgements of a set. Raises DoelbindingError where a program fails."""
        home = self.folder / wanted.name
        dataset = wanted.ready or home / DATASET
        truth = truth_of(dataset)
        if not wanted.ready:
            self._once(home, "made", wanted.stamp, lambda: self._make(wanted, dataset, truth))
        program = stamped([wanted.stamp, str(self.probes)], [file for part in ENGINE for file in sources(part)])
        engine = self._judge(
            home,
            "engine",
            program,
            truth,
            [str(COMMAND), "rescore", str(dataset), "--home", str(self.folder / "home"), "--json", "--out"],
        )
        baselines = {}
        for way, script in WAYS.items():
            path = ROOT / "benchmarks" / script
            mark = stamped([program], [ROOT / "benchmarks" / each for each in WAYS.values()])
            baselines[way] = self._judge(home, way, mark, truth, [sys.executable, str(path), str(dataset)])
        return Outcome(wanted, engine, baselines)

    def _make(self, wanted: Wanted, dataset: Path, truth: Path) -> None:
        for stale in (dataset, truth):
            shutil.rmtree(stale, ignore_errors=True)
        program = [str(COMMAND)] if wanted.sort == SIMULATED else []
        called([*program, *wanted.command, str(dataset)])

    def _judge(self, home: Path, way: str, mark: str, truth: Path, detect: Sequence[str]) -> Judged:
        """Detects and evaluates; only the engine's explanations are probed."""
        told = home / f"{way}.json"

        def judge() -> None:
            called([*detect, str(home / way)])
            probes = str(self.probes if way == "engine" else 0)
            asked = [str(COMMAND), "evaluate", str(home / way), str(truth), "--probes", probes, "--json"]
            told.write_text(called(asked), encoding="utf-8")

        self._once(home, way, mark, judge)
        return read_judged(told)

    def _once(self, home: Path, step: str, mark: str, do: Callable[[], None]) -> None:
        """Does a step unless it was done with the same mark; the mark is written when the step has ended well."""
        done = home / f"{step}.done"
        if done.is_file() and done.read_text(encoding="utf-8") == mark:
            return
        done.unlink(missing_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        do()
        done.write_text(mark, encoding="utf-8")
        self.tell(f"  {home.name}: {step}, {time.monotonic() - began:.0f} s")


def called(command: Sequence[str]) -> str:
    """What a program printed. Raises DoelbindingError with the end of its errors if it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        ending = done.stderr.strip().splitlines()[-5:]
        raise DoelbindingError(
            "\n".join([f"{Path(command[0]).name} {command[1]} ended with {done.returncode}", *ending])
        )
    return done.stdout


def has_profiles() -> bool:
    """Whether the simulator knows profiles."""
    return "--profile" in called([str(COMMAND), "simulate", "--help"])
