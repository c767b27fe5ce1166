"""Misuse that shows in a row of lookups: number after number, many strangers an hour, weeks or months of it."""

from __future__ import annotations

import numpy as np

from services.detector.simulate.dice import NONE, Ints
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.people import FIRST_BSN, passes_11_proef
from services.detector.simulate.screens import BSN, NAME, OTHER, screen
from services.detector.simulate.timeline import SECOND

WATCH_MONTHS, DAYS_OF_MONTH = 7, 30
LAST_MONTH = 30
"""Days before the last in which a leaver takes files along."""


def enumeration(scene: Scene) -> None:
    """One BSN after the other at speed: what numbers exist, and whose they are."""
    employee = scene.employee()
    (row,) = scene.workdays(employee, 1)
    count = scene.some(30, 70)
    people = _next_in_line(scene, employee, count)
    at = scene.moments(row, 1) + np.cumsum(scene.rng.integers(6, 16, count)) * SECOND
    played = scene.begin(Episode("enumeration", "easy", employee, NONE, min(10, count), 12.0))
    scene.play(played, row, at, people, opened_by=BSN, screen=screen("return"), case=NONE)


def _next_in_line(scene: Scene, employee: int, count: int) -> Ints:
    """Owners of the next valid numbers after a stranger's; some are owned by nobody else in the agency's files yet."""
    start = int(scene.agency.people.bsn[scene.strangers(employee, 1)[0]])
    start = max(FIRST_BSN, min(start, 10**9 - 40 * count))
    numbers = np.arange(start, start + 40 * count, dtype=np.int64)
    valid = numbers[passes_11_proef(numbers)][:count]
    people, owner = scene.agency.people.with_wrong_numbers(valid)
    scene.agency = scene.agency.with_people(people)
    return owner


def scraping(scene: Scene) -> None:
    """Within an hour or two file after file of strangers, straight from lists of other teams."""
    employee, count = scene.employee(), scene.some(60, 140)
    (row,) = scene.workdays(employee, 1)
    people = scene.strangers(employee, count, with_case=0.9)
    at = scene.moments(row, 1) + np.cumsum(scene.rng.integers(20, 70, count)) * SECOND
    played = scene.begin(Episode("scraping", "easy", employee, NONE, min(25, count), 12.0))
    scene.play(played, row, at, people, opened_by=OTHER, searched=0, screen=screen("file"))


def name_search(scene: Scene) -> None:
    """The habit of looking people up by name: one or two strangers on many days."""
    employee = scene.employee(12)
    rows = scene.workdays(employee, scene.some(9, 15), span=60)
    played = scene.begin(Episode("name_search", "medium", employee, NONE, min(5, len(rows)), 24.0))
    for row in rows:
        count = int(scene.rng.integers(1, 3))
        people = scene.strangers(employee, count)
        scene.play(played, row, scene.moments(row, count), people, opened_by=NAME, screen=screen("file"))


def unexplained_share(scene: Scene) -> None:
    """One or two strangers on most days of the run, never many on one day."""
    employee = scene.employee(15)
    attended = len(scene.attended(employee))
    rows = scene.workdays(employee, max(4, round(0.6 * attended * scene.agency.profile.size)))
    played = scene.begin(Episode("unexplained_share", "hard", employee, NONE, min(15, len(rows)), 24.0))
    for row in rows:
        count = int(scene.rng.integers(1, 3))
        scene.play(played, row, scene.moments(row, count), scene.strangers(employee, count))


def leaver(scene: Scene) -> None:
    """In the last month of employment strangers' files are printed and exported; none where no leaver was at work."""
    left = scene.agency.employment.left
    gone = np.intersect1d(np.flatnonzero(left <= scene.agency.timeline.days), scene.at_work)
    if not len(gone):
        return
    employee = scene.employee(among=gone)
    first = int(left[employee]) - LAST_MONTH
    mine = scene.attended(employee)
    mine = mine[scene.agency.workdays.day[mine] >= min(first, int(scene.agency.workdays.day[mine].max()))]
    rows = np.sort(scene.rng.choice(mine, min(len(mine), scene.some(3, 6)), replace=False))
    played = scene.begin(Episode("leaver", "medium", employee, NONE, 5, 24.0))
    for row in rows:
        count = scene.some(4, 10)
        people = scene.strangers(employee, count)
        screens = np.where(scene.rng.random(count) < 0.5, screen("print"), screen("export"))
        scene.play(played, int(row), scene.moments(int(row), count), people, screen=screens)


def long_watch(scene: Scene) -> None:
    """One person's file now and then, over more than half a year: one look in a month, at most two."""
    employee = scene.employee(100)
    person, mine = scene.nobody(), scene.attended(employee)
    month = scene.agency.workdays.day[mine] // DAYS_OF_MONTH
    months = np.unique(month)
    chosen = np.sort(scene.rng.permutation(months)[: max(WATCH_MONTHS, round(0.8 * len(months)))])
    played = scene.begin(Episode("long_watch", "medium", employee, person, min(6, len(chosen)), 24.0))
    for number in chosen:
        row = int(scene.rng.choice(mine[month == number]))
        screen_number, opened_by = scene.style()
        scene.play(played, row, scene.moments(row, 1), person, screen=screen_number, opened_by=opened_by)
