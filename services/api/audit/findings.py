"""What `verify` can find, in words."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_TOLD = 20


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written; `sequence` is the entry from which on, null where it is about none."""

    kind: str
    sequence: int | None
    told: str


@dataclass
class Findings:
    """The faults in order of discovery; beyond the first twenty they are counted only."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, kind: str, sequence: int | None, told: str) -> None:
        """One more fault."""
        self.count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(kind, sequence, told))


@dataclass(frozen=True)
class Report:
    """The outcome: how many entries there are, how many hold, how many have had their payload removed by retention."""

    entries: int
    intact: int
    blanked: int
    roots: int
    exported_roots: int
    findings: Findings

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.findings.count == 0

    @property
    def first(self) -> Fault | None:
        """The fault that begins earliest in the chain; one about no entry only where there is no other."""
        placed = [fault for fault in self.findings.faults if fault.sequence is not None]
        if placed:
            return min(placed, key=lambda fault: fault.sequence or 0)
        return next(iter(self.findings.faults), None)
