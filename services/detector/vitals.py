"""Signs of life of the engine into metrics: whose it is, when it last looked for work, what waits for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.core.calendar import AgencyCalendar
from services.core.clock import Clock
from services.detector.following import Reading
from services.detector.metrics import DetectorMetrics
from services.detector.state.arrivals import Arrived


@dataclass(frozen=True)
class Vitals:
    """What the owner of the engine tells of itself, and takes back when it is the owner no more."""

    metrics: DetectorMetrics
    clock: Clock
    calendar: AgencyCalendar

    def owns(self) -> None:
        """This detector owns the engine from now on."""
        self.metrics.engine_owned.set(1)
        self.looked()

    def looked(self, arrived: Sequence[Arrived] = ()) -> None:
        """The engine has looked for work, and found this."""
        now = self.clock.now()
        oldest = min((one.stored_at.timestamp() for one in arrived), default=math.nan)
        self.metrics.engine_round.set(now.timestamp())
        self.metrics.arrivals_oldest.set(oldest)
        self.metrics.office_hours.set(self.calendar.is_open(now))

    def registers(self, reading: Reading) -> None:
        """The registers that the next step is taken with."""
        registers = reading.registers
        for name, index in {
            "case-links": registers.links,
            "employees": registers.employees,
            "relations": registers.relations,
        }.items():
            self.metrics.register_rows.labels(register=name).set(index.height)
        self.metrics.registers_refused.set(reading.refused)

    def resigned(self) -> None:
        """Another detector may own the engine: what this one told of it would contradict the new owner."""
        self._silent()
        self.metrics.engine_owned.set(0)
        self.metrics.watermark.set(math.nan)
        self.metrics.last_commit.set(math.nan)
        self.metrics.show_backlog(0, None)
        self.metrics.registers_refused.set(0)
        self.metrics.registers_behind.set(0)
        self.metrics.registers_behind_seconds.set(0)
        for gauge in (self.metrics.last_event, self.metrics.source_fault, self.metrics.register_rows):
            gauge.clear()

    def ended(self) -> None:
        """All of an input that ends is decided: that nothing happens any more is no fault."""
        self._silent()
        self.metrics.engine_owned.set(math.nan)

    def _silent(self) -> None:
        for gauge in (
            self.metrics.engine_epoch,
            self.metrics.engine_round,
            self.metrics.arrivals_oldest,
            self.metrics.office_hours,
        ):
            gauge.set(math.nan)
