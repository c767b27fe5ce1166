"""What was read into a step of the engine: the state, what must be stored of it, and what the metrics tell of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from services.core.keyring import KeyRing
from services.detector.deadletters import seal_frame
from services.detector.encode import LOOKUPS, NUMBERS
from services.detector.faults.rejected import REJECTED
from services.detector.faults.report import show_faults
from services.detector.following import Reading
from services.detector.forest.report import show_shadow
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Findings, Pipeline, Slice
from services.detector.reading import Read
from services.detector.rescore import conflict_letters
from services.detector.showing import show_findings
from services.detector.state.schemas import CLOCKS
from services.detector.state.store import Commit, Sizes
from services.detector.state.tables import State
from services.detector.watermark import clocks_of


@dataclass(frozen=True)
class Step:
    """One step of the engine: the state after it, what it found, and what nobody could read (DEAD)."""

    state: State
    found: Findings
    revisions: pl.DataFrame
    rejected: pl.DataFrame
    dead: pl.DataFrame
    registers: str
    """Which registers it was taken with."""

    def commit(self, ring: KeyRing, partition: str = "") -> Commit:
        """What one transaction stores of it, but for the positions of its source."""
        return Commit(
            tables=self.state.tables(),
            revisions=self.revisions,
            dead=seal_frame(self.dead, ring),
            partition=partition,
            lookups=self.found.archived,
            key_version=ring.pseudonym_version,
            meta={"registers": self.registers},
        )

    def counts(self) -> dict[str, int]:
        """How much it was."""
        return {
            "slices": 1,
            "lookups": self.found.archived.height,
            "duplicates": self.found.duplicates,
            "late": self.found.late,
            "revisions": self.revisions.height,
        }


class Decider:
    """The engine over one store: `step`, store what it gives, then `accept` it."""

    def __init__(self, pipeline: Pipeline, metrics: DetectorMetrics, state: State) -> None:
        self._pipeline = pipeline
        self._metrics = metrics
        self._state = state

    def step(
        self, parts: Sequence[Read], reading: Reading, *, closed: bool, behind: frozenset[str] = frozenset()
    ) -> Step:
        """One step over what was read, of one partition or of several, with the registers as they are now.

        `behind` names the partitions that are known to hold more.
        """
        before, began = self._state, time.monotonic()
        news = replace(_together(parts, reading), closed=closed, behind=behind)
        state, found = self._pipeline.step(before, news, reading.registers)
        state, revisions = self._pipeline.tell(before, state)
        dead = pl.concat([*(part.dead for part in parts), conflict_letters(found.conflicts), reading.dead])
        self._metrics.step_seconds.observe(time.monotonic() - began)
        return Step(state, found, revisions, news.rejected, dead, reading.signature)

    def accept(self, step: Step, sizes: Sizes) -> None:
        """Goes on from a step that was stored, and shows it."""
        before, self._state = self._state, step.state
        show_findings(self._metrics, step.state, step.found, step.revisions, sizes)
        show_shadow(self._metrics, before, step.state)
        show_faults(self._metrics, before, step.state, step.rejected, self._pipeline.settings.faults.window_days)


def _together(parts: Sequence[Read], reading: Reading) -> Slice:
    """Nothing read is a slice too: registers may have changed."""
    return Slice(
        lookups=pl.concat([pl.DataFrame(schema=LOOKUPS), *(part.lookups for part in parts)]),
        clocks=pl.concat([pl.DataFrame(schema=CLOCKS), *(clocks_of(part.lookups, part.partition) for part in parts)]),
        changed_employees=reading.changed_employees,
        changed_subjects=reading.changed_subjects,
        numbers=pl.concat([pl.DataFrame(schema=NUMBERS), *(part.numbers for part in parts)]).unique(
            "subject", maintain_order=True
        ),
        rejected=pl.concat([pl.DataFrame(schema=REJECTED), *(part.rejected for part in parts)]),
    )
