"""Numbers of the simulator into identifiers of the contract: shuffled codes, so that none carries a hint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.core.contract import INSTANT
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, dice
from services.detector.simulate.organisation import LARGEST_TEAM

ROOM = 3
"""Codes in use are one in so many of their range."""


@dataclass(frozen=True)
class Labels:
    """Identifiers by number; each ends with a null that NONE leads to."""

    employee: pl.Series
    team: pl.Series
    case: pl.Series
    workstation: pl.Series
    street: pl.Series
    bsn: pl.Series


def make_labels(agency: Agency, cases: int) -> Labels:
    """Identifiers for everything that the agency has, and for `cases` cases."""
    rng, organisation, people = dice(agency.seed, "labels"), agency.organisation, agency.people
    teams = len(organisation.lead)
    return Labels(
        _codes(rng, "e", 10_000, organisation.size),
        _codes(rng, "T", 100, teams),
        _codes(rng, "Z", 10**7, cases),
        _codes(rng, "ws", 1_000, organisation.size + teams * LARGEST_TEAM),
        _codes(rng, "st", 10_000, int(people.street.max()) + 1),
        _ended(pl.Series(people.bsn).cast(pl.String)),
    )


def named(labels: pl.Series, numbers: Ints) -> pl.Series:
    """The identifier of each number; null for NONE."""
    return labels.gather(np.where(numbers == NONE, len(labels) - 1, numbers))


def instants(moments: Ints) -> pl.Series:
    """Microseconds since 1970 as the contract's timestamps; null for NONE."""
    values = pl.Series(moments)
    return pl.select(pl.when(values != NONE).then(values).cast(INSTANT)).to_series()


def _codes(rng: Dice, prefix: str, first: int, count: int) -> pl.Series:
    numbers = first + rng.permutation(ROOM * count)[:count]
    return _ended(pl.select(pl.format(prefix + "{}", pl.Series(numbers))).to_series())


def _ended(labels: pl.Series) -> pl.Series:
    return labels.extend(pl.Series([None], dtype=pl.String))
