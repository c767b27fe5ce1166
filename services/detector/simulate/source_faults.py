"""Rows of the log into what the sources made of them on their bad days: lost actors, gaps, a wrong clock, repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Flags, Ints, dice
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.screens import SYSTEMS
from services.detector.simulate.timeline import HOUR, MINUTE
from services.detector.simulate.visits import column

FEWEST_WEEKS, WEEKS_PER_FAULT = 4, 10
"""Shorter runs have no bad days; longer ones have the profile's number in so many weeks."""

ACTOR_LOST_HOURS, GAP_HOURS = 3, 2
SKEW_MINUTES = (4, 25)
"""A clock that nobody set is minutes behind; shortest and longest."""

TRIES = 40
"""Draws of a system and a day without misuse in it; so that the answers hold for every row of misuse."""


@dataclass(frozen=True)
class Delivered:
    """The rows that reached the log, those whose actor got lost, those that came twice, and what went wrong."""

    rows: pl.DataFrame
    lost_actor: Flags
    twice: Ints
    faults: list[str]

    def known(self, ids: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        """Rows, with their identifiers, of which the log says who it was."""
        if not self.lost_actor.any():
            return self.rows, ids
        kept = pl.Series(~self.lost_actor)
        return self.rows.filter(kept), ids.filter(kept)


def fault_days(rng: Dice, agency: Agency) -> Ints:
    """Working days on which one kind of fault happens."""
    weeks, working = agency.timeline.days // 7, agency.timeline.working
    if weeks < FEWEST_WEEKS:
        return np.empty(0, np.int64)
    count = max(1, round(agency.profile.faults * weeks / WEEKS_PER_FAULT))
    middle = working[len(working) // 4 : -3]
    return rng.choice(middle, min(count, len(middle)), replace=False)


def deliver(agency: Agency, rows: pl.DataFrame) -> Delivered:
    """The log as it came in; every event that is in it keeps the time that its system wrote."""
    rng, told = dice(agency.seed, "source faults"), list[str]()
    minutes = int(rng.integers(*SKEW_MINUTES))
    skewed = _bad_days(rng, agency, rows, 24, f"clock {minutes} minutes behind", told)
    if skewed.any():
        usual = (column(rows, "oddity") == NONE) & (column(rows, "episode") == NONE)
        told_kind = np.where(skewed & usual, kind("clock_skew"), column(rows, "oddity"))
        at = column(rows, "at") - skewed * minutes * MINUTE
        rows = rows.with_columns(at=pl.Series(at), oddity=pl.Series(told_kind))[np.argsort(at, kind="stable")]
    gap = _bad_days(rng, agency, rows, GAP_HOURS, "gap", told)
    rows = rows.filter(~pl.Series(gap)) if gap.any() else rows
    lost = _bad_days(rng, agency, rows, ACTOR_LOST_HOURS, "no actor", told)
    return Delivered(rows, lost, np.flatnonzero(_bad_days(rng, agency, rows, 1, "delivered twice", told)), told)


def _bad_days(rng: Dice, agency: Agency, rows: pl.DataFrame, hours: int, name: str, told: list[str]) -> Flags:
    """Rows that a kind of fault hits, on all its days."""
    hit = np.zeros(rows.height, dtype=np.bool_)
    for day in fault_days(rng, agency):
        hit[_stretch(rng, agency, rows, int(day), hours, name, told)] = True
    return hit


def _stretch(rng: Dice, agency: Agency, rows: pl.DataFrame, day: int, hours: int, name: str, told: list[str]) -> Ints:
    """Rows of one system in some hours of a working day, a stretch in which no misuse fell; none if there is none."""
    at, system, misuse = column(rows, "at"), column(rows, "system"), column(rows, "episode") != NONE
    midnight = int(agency.timeline.midnight(np.array([day]))[0])
    for start, number in _tries(rng, hours):
        begin = midnight + start * HOUR
        low, high = np.searchsorted(at, [begin - HOUR, begin + (hours + 1) * HOUR])
        near = np.arange(low, high)
        near = near[(at[near] >= begin) & (at[near] < begin + hours * HOUR) & (system[near] == number)]
        if len(near) and not misuse[near].any():
            told.append(f"{SYSTEMS[number]}: {name}, day {day} from {start}:00, {hours} h")
            hit: Ints = near
            return hit
    return np.empty(0, np.int64)


def _tries(rng: Dice, hours: int) -> Sequence[tuple[int, int]]:
    """Starting hours and systems; a whole day starts at midnight."""
    starts = np.zeros(TRIES, np.int64) if hours == 24 else rng.integers(8, 15, TRIES)
    systems = rng.integers(0, len(SYSTEMS), TRIES)
    return [(int(start), int(number)) for start, number in zip(starts, systems, strict=True)]
