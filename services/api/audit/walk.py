"""Entries in order into the place where the chain breaks, and what was done there."""

from __future__ import annotations

from collections.abc import Sequence, Set

from services.api.audit.findings import MOST_TOLD, Findings
from services.api.audit.stored import Stored


class Walk:
    """Follows the chain from a place on; after a break it goes on from what is stored, to count what still holds."""

    def __init__(self, sequence: int, last: bytes, blanked_through: int, wanted: Set[int], findings: Findings) -> None:
        self.sequence = sequence
        self.last = self._before = last
        self.entries = self.intact = self.blanked = 0
        self.hashes: dict[int, bytes] = {}
        """Of the entries that were asked for."""
        self._blanked_through = blanked_through
        self._wanted = wanted
        self._findings = findings

    def follow(self, rows: Sequence[Stored]) -> None:
        """The next rows, in order of their sequence."""
        for place, row in enumerate(rows):
            fine = self._linked(rows, place) & self._payload_fine(row)
            self.entries += 1
            self.intact += fine
            self._before, self.sequence, self.last = self.last, row.sequence, row.hash
            if row.sequence in self._wanted:
                self.hashes[row.sequence] = row.hash

    def _linked(self, rows: Sequence[Stored], place: int) -> bool:
        row = rows[place]
        if row.sequence == self.sequence + 1 and row.fits(self.last):
            return True
        if self._findings.count < MOST_TOLD:
            self._findings.add(*diagnose(rows[place:], self.sequence + 1, self.last, self._before))
        else:
            self._findings.add("changed", self.sequence + 1, "")
        return False

    def _payload_fine(self, row: Stored) -> bool:
        if row.blank:
            self.blanked += 1
            if row.sequence > self._blanked_through:
                self._findings.add(
                    "blanked", row.sequence, "its payload is gone, and no entry tells that retention removed it"
                )
            return row.sequence <= self._blanked_through
        if not row.payload_holds():
            self._findings.add("payload", row.sequence, "who did it, to what, or the detail was changed or swapped")
            return False
        return True


def diagnose(onward: Sequence[Stored], expected: int, last: bytes, before: bytes) -> tuple[str, int, str]:
    """What was done where the chain breaks, from the rows there and after it: a kind, the place and a sentence."""
    row, following = onward[0], onward[1:]
    if row.sequence > expected:
        return "deleted", expected, f"entries {expected} to {row.sequence - 1} are gone"
    if row.fits(before, expected - 1):
        return "inserted", expected - 1, "it does not belong here; the one after it was at its place"
    true_one = next((other for other in following if other.fits(last, expected)), None)
    if true_one is not None:
        if row.fits(true_one.hash, expected + 1) or any(_genuine_before(row, other) for other in following):
            return "moved", expected, f"it stands at another place; that of this place is now {true_one.sequence}"
        return "inserted", expected, "it does not belong here; the one after it was at its place"
    if following and following[0].fits(row.hash, following[0].sequence + 1):
        return "deleted", expected, "an entry before it is gone, and those after it were numbered anew"
    return "changed", expected, "it is not as it was written"


def _genuine_before(row: Stored, other: Stored) -> bool:
    """Whether a row stood directly after another one, wherever that was."""
    return any(row.fits(other.hash, sequence) for sequence in (other.sequence, other.sequence + 1, row.sequence))
