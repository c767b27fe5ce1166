"""Records of a partition, as they come, into how much of it can be read, and whether to read on."""

from __future__ import annotations

from dataclasses import dataclass

PROBE_ROWS = 100
"""Records that are taken at once of a partition that is not trusted."""


@dataclass(frozen=True)
class Poison:
    """Of the last records of a partition: how many there were, and of how many dead letters were made.

    `since_us` (since 1970) tells from when on too many were; none where they are not.
    """

    seen: int = 0
    dead: int = 0
    since_us: int | None = None

    def after(self, seen: int, dead: int, window: int) -> Poison:
        """With so many records more; what is older than the window fades, in proportion."""
        seen, dead = self.seen + seen, self.dead + dead
        return Poison(seen, dead) if seen <= window else Poison(window, dead * window // seen)

    def is_most(self, least: int = 1) -> bool:
        """Whether there were so many, and more than half of them were dead letters."""
        return self.seen >= least and 2 * self.dead > self.seen

    @property
    def is_little(self) -> bool:
        """Whether less than a quarter were dead letters."""
        return 4 * self.dead < self.seen


@dataclass(frozen=True)
class Breaking:
    """When the reading of a partition is broken off, and for how long.

    `window` counts records of a partition, `least` of how many at least something can be said. Pauses double from the
    first to the longest. A partition holds back what depends on a whole day for `holds_back_seconds` at most. With
    `never` everything is taken.
    """

    window: int = 1_000
    least: int = 100
    pause_seconds: float = 30.0
    longest_pause_seconds: float = 600.0
    holds_back_seconds: float = 4 * 3_600.0
    never: bool = False
