"""A small agency whose dataset a test may damage, and what `rescore` then says and scores."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP
from tests.datasets import Row, lines, write_registers
from tests.unit.command_line import run
from tests.world import BSNS, World, local

CITIZEN, STRANGER, SECOND_STRANGER, PARTNER = 50, 60, 61, 70
FILES = ("day-1.ndjson", "day-2.ndjson", "day-3.ndjson")
WARNING = "doelbinding: warning: "


def small_world() -> World:
    """Three employees of one team, and two lookups on each of three days."""
    world = World()
    for number in (1, 2, 3):
        world.employee(number)
    world.link(CITIZEN, "T1", local("2025-03-01 08:00"))
    world.relation("e3", PARTNER, "partner")
    world.look("e1", 1, local("2025-03-03 10:00"))
    world.look("e2", CITIZEN, local("2025-03-03 11:00"))
    world.look("e2", STRANGER, local("2025-03-04 10:00"))
    world.look("e3", PARTNER, local("2025-03-04 11:00"))
    world.look("e3", SECOND_STRANGER, local("2025-03-05 10:00"))
    world.look("e1", CITIZEN, local("2025-03-05 11:00"))
    return world


@dataclass(frozen=True)
class Rescored:
    """How a run of `rescore` ended: its exit code, what it told on standard error, and the tables it wrote."""

    code: int
    told: list[str]
    out: Path

    @property
    def scored(self) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        """All signals and all explanations."""
        signals = pl.read_parquet(self.out / "signals.parquet").sort("signal_id")
        explained = pl.read_parquet(self.out / "explained.parquet").sort("lookup_id")
        return signals.to_dicts(), explained.to_dicts()

    @property
    def letters(self) -> list[tuple[str, list[str], list[str]]]:
        """Place, codes and reasons of each dead letter."""
        return pl.read_parquet(self.out / "dead-letters.parquet").select("position", "codes", "reasons").rows()


@dataclass
class Agency:
    """Three files of two lookups each, of which the second file is the one to damage."""

    folder: Path
    home: Path
    known: dict[str, object]
    """What was scored of datasets without damage, by their rows; tests share it."""
    world: World = field(default_factory=small_world)

    @property
    def dataset(self) -> Path:
        """The directory that `rescore` reads."""
        return self.folder / "agency"

    @property
    def damaged(self) -> Path:
        """The file to damage."""
        return self.dataset / "lookups" / FILES[1]

    @property
    def day_2(self) -> list[Row]:
        """The lookups of the file to damage."""
        return list(self.world.lookups[2:4])

    def write(self) -> None:
        """The dataset, undamaged."""
        write_registers(self.world, self.dataset)
        for number, name in enumerate(FILES):
            rows = self.world.lookups[2 * number : 2 * number + 2]
            (self.dataset / "lookups" / name).write_bytes(lines(LOOKUP, rows))

    def rescored(self, *options: str | Path) -> Rescored:
        """What `rescore` makes of the dataset as it is."""
        out = self.folder / f"out-{len(list(self.folder.glob('out-*')))}"
        err = io.StringIO()
        with redirect_stdout(io.StringIO()), redirect_stderr(err):
            code = run("rescore", self.dataset, "--out", out, "--home", self.home, *options)
        told = err.getvalue()
        assert "Traceback" not in told
        assert not [bsn for bsn in BSNS if bsn in told]
        return Rescored(code, told.splitlines(), out)

    def scored_of(self, rows: Iterable[Row]) -> object:
        """Signals and explanations of these lookups alone, in a dataset without damage."""
        rows = [dict(row) for row in rows]
        asked = repr((self.world.employees, self.world.links, self.world.relations, rows))
        if asked not in self.known:
            self.known[asked] = self._scored_of(rows)
        return self.known[asked]

    def _scored_of(self, rows: list[dict[str, object]]) -> object:
        world = replace(self.world, lookups=rows)
        other = Agency(self.folder / f"remainder-{len(self.known)}", self.home, self.known, world)
        write_registers(world, other.dataset)
        (other.dataset / "lookups" / "all.ndjson").write_bytes(lines(LOOKUP, rows))
        found = other.rescored()
        assert (found.code, found.told) == (0, [])
        return found.scored

    def but(self, *lookup_ids: str) -> list[Row]:
        """All lookups but these."""
        return [row for row in self.world.lookups if row["lookup_id"] not in lookup_ids]
