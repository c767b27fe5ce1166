"""A batch of signals that the API does not take into those that it takes, and those that it does not take alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.detector.intake import Answer, Away, Bad, Failed, Refused, Taken
from services.detector.state.outbox import Parcel

MOST_ALONE = 8
"""After so many signals that failed alone, and none that was taken, the fault is not the signals'."""


@dataclass
class Sifted:
    """What became of a batch.

    `taken` counts what the API took. `bad` are those that it refused alone, `failed` those over which alone it broke
    off, each with its words. `trouble` kept the rest from being tried.
    """

    taken: int = 0
    bad: list[tuple[Parcel, str]] = field(default_factory=list)
    failed: list[tuple[Parcel, str]] = field(default_factory=list)
    trouble: Away | Refused | None = None

    @property
    def takes_none(self) -> bool:
        """Whether going on would only find more of the same."""
        return not self.taken and len(self.bad) + len(self.failed) >= MOST_ALONE


def sift(
    batches: Sequence[Sequence[Parcel]],
    call: Callable[[Sequence[Parcel]], Answer],
    is_stopping: Callable[[], bool],
    *,
    search: bool,
) -> Sifted:
    """Sends the batches, and halves what is refused until a signal stands alone; with `search` also what fails."""
    found, left = Sifted(), list(reversed(batches))
    while left and not is_stopping() and not found.takes_none:
        some = left.pop()
        answer = call(some)
        if isinstance(answer, Taken):
            found.taken += len(some)
        elif not isinstance(answer, Bad) and not (search and isinstance(answer, Failed)):
            found.trouble = answer
            break
        elif len(some) == 1:
            (found.bad if isinstance(answer, Bad) else found.failed).append((some[0], answer.problem))
        else:
            middle = len(some) // 2
            left += [some[middle:], some[:middle]]
    return found
