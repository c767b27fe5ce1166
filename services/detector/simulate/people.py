"""Numbers of people into staff, their relatives and citizens, each with a BSN and a street."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.core.eleven_proof import WEIGHTS
from services.core.errors import InputError
from services.detector.simulate.dice import NONE, Dice, Flags, Ints

FIRST_BSN = 960_000_000
"""BSNs from here up are never issued, so they are free for fictitious people."""

PEOPLE_PER_STREET = 60
SECRET_ADDRESS = 0.03

FAMILY = (
    ("partner", 0.62, True),
    ("child", 0.42, True),
    ("child", 0.28, True),
    ("parent", 0.30, False),
    ("sibling", 0.30, False),
    ("household", 0.20, True),
    ("ex_partner", 0.06, False),
)
"""Kind of relation, share of the employees that has it, and whether the person lives at the employee's address."""

FEWEST_OF_A_KIND = 8
"""So that every kind of misuse finds somebody also in the smallest agency."""

RELATION = {"employee": pl.Int64, "person": pl.Int64, "kind": pl.String, "source": pl.String, "since": pl.Int64}
"""`since` is a day number."""


@dataclass(frozen=True)
class People:
    """Everyone with a number: staff first (employee i is person i), then relatives, then citizens."""

    bsn: Ints
    street: Ints
    relations: pl.DataFrame
    citizens: range
    """Those who may have a case; about half never get one."""

    def with_wrong_numbers(self, bsns: Ints) -> tuple[People, Ints]:
        """The people plus the owners of mistyped BSNs, and who each of the BSNs belongs to."""
        known = np.flatnonzero(np.isin(self.bsn, bsns))
        new = np.setdiff1d(bsns, self.bsn[known])
        everyone = np.concatenate([self.bsn, new])
        street = np.concatenate([self.street, new % (self.street.max() + 1)])
        owners = np.append(known, np.arange(len(self.bsn), len(everyone)))
        owners = owners[np.argsort(everyone[owners])]
        owner = owners[np.searchsorted(everyone[owners], bsns)]
        return People(everyone, street, self.relations, self.citizens), owner


def make_people(rng: Dice, employees: int, citizens: int) -> People:
    """Relations follow FAMILY; a partner or child at home is mostly also known to the address register (brp)."""
    relations, relatives = _relations(rng, employees)
    first = employees + relatives
    total = first + citizens
    street = rng.integers(0, max(120, total // PEOPLE_PER_STREET), total)
    hidden = rng.random(total) < SECRET_ADDRESS
    hidden[:first] = False
    street[hidden] = NONE
    at_home = relations.filter(pl.col("kind").is_in([kind for kind, _, home in FAMILY if home]))
    street[at_home["person"].to_numpy()] = street[at_home["employee"].to_numpy()]
    return People(_bsns(rng, total), street, relations, range(first, total))


def most_people() -> int:
    """How many distinct BSNs the fictitious range holds (ten of eleven check digits exist), rounded down."""
    return 3_600_000


def passes_11_proef(numbers: Ints) -> Flags:
    """Whether nine-digit numbers can be BSNs."""
    digits = numbers[:, None] // 10 ** (8 - np.arange(9)) % 10
    passes: Flags = digits @ np.array(WEIGHTS) % 11 == 0
    return passes


def _bsns(rng: Dice, count: int) -> Ints:
    """Distinct numbers that pass the 11-proef: eight free digits, and the ninth that follows from them."""
    if count > most_people():
        raise InputError(f"{count} people are needed, and the range of fictitious BSNs holds {most_people()}")
    enough = 12 * count // 10 + 100
    free = FIRST_BSN // 10 + rng.permutation(10**8 - FIRST_BSN // 10)[:enough]
    check = sum(free // 10 ** (7 - place) % 10 * weight for place, weight in enumerate(WEIGHTS[:-1])) % 11
    bsns: Ints = (free * 10 + check)[check < 10][:count]
    return bsns


def _relations(rng: Dice, employees: int) -> tuple[pl.DataFrame, int]:
    rows = list(_family(rng, employees))
    relatives = 1 + max((person for _, person, *_ in rows), default=employees - 1) - employees
    return pl.DataFrame(rows, schema=RELATION, orient="row"), relatives


def _family(rng: Dice, employees: int) -> Iterator[tuple[int, int, str, str, int]]:
    person = employees
    for kind, share, _ in FAMILY:
        count = max(FEWEST_OF_A_KIND, int(rng.binomial(employees, share)))
        for employee in np.sort(rng.choice(employees, count, replace=False)):
            since, told = -int(rng.integers(30, 4000)), ("declared", "eigen-personeel")[int(rng.integers(2))]
            yield int(employee), person, kind, "brp" if kind == "household" else told, since
            if kind in {"partner", "child"} and rng.random() < 0.6:
                yield int(employee), person, "household", "brp", since
            person += 1
