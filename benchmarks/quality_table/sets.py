"""What is asked for into the sets that are judged: simulated agencies, real backgrounds, ready-made datasets."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROFILES = ("standard", "hard", "quiet")
STANDARD = PROFILES[0]
SIMULATOR = ROOT / "services" / "detector" / "simulate"
MAKER = "make_dataset.py"
BACKGROUNDS = "backgrounds"
SIMULATED, REAL = "simulated", "real"


@dataclass(frozen=True)
class Wanted:
    """A dataset to be judged."""

    sort: str
    """`simulated` or `real`."""
    group: str
    """A profile, or the name of a real background: what is taken together over seeds."""
    name: str
    """Of its own folder and row."""
    command: tuple[str, ...]
    """Makes the dataset when the directory is put at its end; empty where `ready` names one that is there."""
    stamp: str
    """Changes when the dataset would."""
    ready: Path | None = None


def simulated(
    profiles: Sequence[str], seeds: Sequence[int], employees: int, weeks: int, *, has_profiles: bool
) -> list[Wanted]:
    """An agency per profile and seed; a simulator without profiles makes the standard one."""
    made = []
    for profile in profiles:
        for seed in seeds:
            size = ("--employees", str(employees), "--weeks", str(weeks), "--seed", str(seed))
            command = ("simulate", *(("--profile", profile) if has_profiles else ()), *size)
            stamp = stamped([*command, str(has_profiles)], sources(SIMULATOR))
            made.append(Wanted(SIMULATED, profile, f"{profile}-{employees}x{weeks}-{seed}", command, stamp))
    return made


def real(folder: Path, names: Sequence[str], seeds: Sequence[int]) -> list[Wanted]:
    """A dataset per background in a folder with a maker of datasets and per seed; without names all backgrounds."""
    made = []
    for background in sorted((folder / BACKGROUNDS).glob("*.parquet")):
        for seed in seeds if not names or background.stem in names else ():
            command = (sys.executable, str(folder / MAKER), str(background), "--seed", str(seed))
            stamp = stamped([background.stem, str(seed)], sorted(folder.glob("*.py")))
            made.append(Wanted(REAL, background.stem, f"{background.stem}-{seed}", command, stamp))
    return made


def ready_made(datasets: Sequence[Path]) -> list[Wanted]:
    """Datasets that are there, with their answers beside them."""
    return [
        Wanted(REAL, path.name, f"{path.name}-ready", (), stamped([str(path.resolve())], []), path.resolve())
        for path in datasets
    ]


def truth_of(dataset: Path) -> Path:
    """Where the answers of a dataset are."""
    return dataset.with_name(f"{dataset.name}-truth")


def sources(folder: Path) -> list[Path]:
    """The program text in a folder."""
    return sorted(folder.rglob("*.py"))


def stamped(words: Iterable[str], files: Iterable[Path]) -> str:
    """A short mark that changes with any of these words or the content of any of these files."""
    mark = hashlib.sha256("\0".join(words).encode())
    for file in files:
        mark.update(file.name.encode() + b"\0" + file.read_bytes())
    return mark.hexdigest()[:16]
