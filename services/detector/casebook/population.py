"""Names of the people in a case into numbers of the fictitious range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice

from services.core.bsn import numbers_two_slips_from
from services.core.eleven_proof import is_valid

FICTITIOUS = range(960_000_000, 1_000_000_000)
STRIDE = 7_368_787
"""Far enough that no two people are two slips apart by accident; it has no divisor in common with the range."""
MISTYPED, RIGHT = "mistyped", "citizen"
"""A person whose number is two slips from another's."""
IN_A_ROW = "+"
"""`citizen+3` has the third valid number after citizen's."""


def _valid() -> Iterator[str]:
    numbers = (str(FICTITIOUS.start + place * STRIDE % len(FICTITIOUS)) for place in range(len(FICTITIOUS)))
    yield from (number for number in numbers if is_valid(number))


@dataclass
class Population:
    """Gives every person of every case a number of the fictitious range, in order of appearance."""

    numbers: dict[str, str] = field(default_factory=dict)
    valid: Iterator[str] = field(default_factory=_valid)

    def bsn(self, person: str) -> str:
        """The same person has the same number; `mistyped` is near the `citizen` of its case."""
        if person not in self.numbers:
            self.numbers[person] = self._new(person)
        return self.numbers[person]

    def _new(self, person: str) -> str:
        case, _, name = person.rpartition("/")
        first, _, place = person.partition(IN_A_ROW)
        if place:
            return self._after(first, int(place))
        return self._near(f"{case}/{RIGHT}") if name == MISTYPED else next(self.valid)

    def _after(self, person: str, place: int) -> str:
        following = (str(number) for number in count(int(self.bsn(person)) + 1))
        return next(islice(filter(is_valid, following), place - 1, None))

    def _near(self, person: str) -> str:
        taken = set(self.numbers.values())
        near = (str(number) for number in numbers_two_slips_from(int(self.bsn(person))) if number in FICTITIOUS)
        return next(number for number in near if number not in taken)
