"""Slips of the hand in lawful visits: mistyped BSNs, the wrong namesake, the case of the client before."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.core.eleven_proof import WEIGHTS
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, sample
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.people import FIRST_BSN
from services.detector.simulate.screens import BSN, NAME, screen
from services.detector.simulate.timeline import MINUTE, SECOND
from services.detector.simulate.visits import column

TYPOS, NAMESAKES, STALE = 0.004, 0.03, 0.001
"""Per visit opened by BSN, by name, and per visit that shows a case."""

KEPT_TYPOS, KEPT_NAMESAKES = 0.0008, 0.004
"""The same for slips that nobody puts right: the caller hangs up, or a colleague finds the right file."""

REPORTED = 0.4
"""Share of them that the employee reports as a wrong file opened, within the day."""

NOBODY_FOUND = 0.3
"""Share of mistyped BSNs that nobody has."""

TRIES = 150
"""Random pairs of slips per number; one in eleven passes the 11-proef, so some do."""

PLACES = np.arange(9)


def stale_screens(rng: Dice, told: pl.DataFrame) -> pl.DataFrame:
    """All visits in order of workday and time; in a few the case of the client before is still on the screen."""
    ordered = told.sort("workday", "at", "holding", maintain_order=True)
    before = ordered.select(pl.col("case", "person", "workday").shift(1, fill_value=NONE))
    same_day = (before["workday"] == ordered["workday"]) & (before["person"] != ordered["person"])
    fits = same_day & (before["case"] != NONE) & (ordered["case"] != NONE) & (ordered["oddity"] == NONE)
    stale = np.zeros(len(told), dtype=np.bool_)
    stale[sample(rng, fits.to_numpy(), STALE)] = True
    shown = np.where(stale, before["case"].to_numpy(), column(ordered, "case"))
    oddity = np.where(stale, kind("stale_case_screen"), column(ordered, "oddity"))
    return ordered.with_columns(case=pl.Series(shown), oddity=pl.Series(oddity))


def typos(rng: Dice, agency: Agency, told: pl.DataFrame) -> tuple[Agency, pl.DataFrame]:
    """A BSN with two slips (one never passes the 11-proef), within the minute before the right one.

    Gives the agency with the owners of the mistyped numbers, and the visits to them.
    """
    right = _searched_by(rng, told, BSN, TYPOS)
    wrong = with_two_slips(rng, agency.people.bsn[column(right, "person")])
    right, wrong = right.filter(pl.Series(wrong != NONE)), wrong[wrong != NONE]
    people, owner = agency.people.with_wrong_numbers(wrong)
    agency = agency.with_people(people)
    found = rng.random(right.height) >= NOBODY_FOUND
    slipped = _before(rng, right, "bsn_typo", 20, 58).with_columns(
        person=pl.Series(np.where(found, owner, NONE)),
        records=pl.Series(np.where(found, NONE, 0)),
        screen=pl.Series(np.where(found, screen("file"), screen("no hit"))),
    )
    return agency, slipped


def kept_slips(rng: Dice, agency: Agency, told: pl.DataFrame, ledger: Ledger) -> tuple[Agency, pl.DataFrame]:
    """Wrong files that were opened by a mistyped BSN or a name, without the right one after it; some are reported."""
    meant = _searched_by(rng, told, BSN, KEPT_TYPOS * agency.profile.oddities)
    wrong = with_two_slips(rng, agency.people.bsn[column(meant, "person")])
    meant, wrong = meant.filter(pl.Series(wrong != NONE)), wrong[wrong != NONE]
    people, owner = agency.people.with_wrong_numbers(wrong)
    agency = agency.with_people(people)
    typed = _any_time(rng, agency, meant, "bsn_typo_kept").with_columns(person=pl.Series(owner))
    named = _searched_by(rng, told, NAME, KEPT_NAMESAKES * agency.profile.oddities)
    citizens = agency.people.citizens
    found = _any_time(rng, agency, named, "wrong_namesake_kept").with_columns(
        person=pl.Series(rng.integers(citizens.start, citizens.stop, named.height))
    )
    slips = pl.concat([typed, found])
    return agency, _report(rng, slips, ledger)


def _any_time(rng: Dice, agency: Agency, meant: pl.DataFrame, name: str) -> pl.DataFrame:
    """A brief look at another moment of the day."""
    workdays, row = agency.workdays, column(meant, "workday")
    at = agency.timeline.at(workdays.day[row], rng.uniform(workdays.start[row], workdays.end[row]))
    return meant.with_columns(
        at=pl.Series(at),
        case=pl.lit(NONE, pl.Int64),
        holding=pl.lit(NONE, pl.Int64),
        screen=pl.lit(screen("file"), pl.Int64),
        oddity=pl.lit(kind(name), pl.Int64),
    )


def _report(rng: Dice, slips: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Some tell it at once or before the day is over."""
    told = rng.random(slips.height) < REPORTED
    reported = slips.filter(pl.Series(told))
    later = (rng.exponential(50, reported.height).clip(2, 400) * MINUTE).astype(np.int64)
    ledger.report(reported, column(reported, "at") + later)
    return slips.with_columns(oddity=pl.Series(np.where(told, kind("self_reported"), column(slips, "oddity"))))


def namesakes(rng: Dice, agency: Agency, told: pl.DataFrame) -> pl.DataFrame:
    """The first hit of a search by name was somebody else."""
    right = _searched_by(rng, told, NAME, NAMESAKES)
    citizens = agency.people.citizens
    return _before(rng, right, "wrong_namesake", 25, 110).with_columns(
        person=pl.Series(rng.integers(citizens.start, citizens.stop, right.height)),
        screen=pl.lit(screen("file"), pl.Int64),
    )


def _searched_by(rng: Dice, told: pl.DataFrame, opened_by: int, share: float) -> pl.DataFrame:
    """Some of the visits that began with such a search and are not odd already."""
    fits = (told["opened_by"] == opened_by) & (told["searched"] == 1) & (told["oddity"] == NONE)
    return told[sample(rng, fits.to_numpy(), share)]


def _before(rng: Dice, right: pl.DataFrame, name: str, soonest: int, latest: int) -> pl.DataFrame:
    """Each visit some seconds earlier, told as an oddity."""
    earlier = rng.integers(soonest * SECOND, latest * SECOND, right.height)
    return right.with_columns(
        at=pl.col("at") - pl.Series(earlier),
        holding=pl.lit(NONE, pl.Int64),
        oddity=pl.lit(kind(name), pl.Int64),
    )


def with_two_slips(rng: Dice, bsns: Ints) -> Ints:
    """Each number with two slips (a wrong digit or a swap) that passes the 11-proef; NONE where no try did."""
    digits = bsns[:, None, None] // 10 ** (8 - PLACES) % 10
    tried = np.repeat(digits, TRIES, axis=1).reshape(-1, 9)
    for _ in range(2):
        tried = _slip(rng, tried)
    numbers = (tried @ 10 ** (8 - PLACES)).reshape(-1, TRIES)
    passes = (tried @ np.array(WEIGHTS) % 11 == 0).reshape(-1, TRIES)
    passes &= (numbers != bsns[:, None]) & (numbers >= FIRST_BSN)
    rows, choice = np.arange(len(bsns)), passes.argmax(axis=1)
    return np.where(passes[rows, choice], numbers[rows, choice], NONE).astype(np.int64)


def _slip(rng: Dice, digits: Ints) -> Ints:
    """One slip per row, never in the first digit."""
    rows, place = np.arange(len(digits)), rng.integers(1, 8, len(digits))
    left, right = digits[rows, place], digits[rows, place + 1]
    swap = rng.random(len(digits)) < 0.5
    slipped = digits.copy()
    slipped[rows, place] = np.where(swap, right, (left + rng.integers(1, 10, len(rows))) % 10)
    slipped[rows, place + 1] = np.where(swap, left, right)
    return slipped
