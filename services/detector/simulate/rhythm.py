"""The calendar into how busy a day is: the start of a month, good and bad days of the agency, peaks of a team."""

from __future__ import annotations

import numpy as np

from services.detector.simulate.dice import Dice, Floats
from services.detector.simulate.organisation import Organisation
from services.detector.simulate.timeline import Timeline

AGENCY_DAY, DEPARTMENT_DAY = 0.14, 0.16
"""Log-normal spread of the agency's and of a department's days; real desks spread by .3 and more in all."""

MONTH_START, START_DAYS = 1.06, 3
"""Work on the first days of a month, when benefits are paid and changes come in."""

TEAM_PEAK, TEAM_PEAK_TIMES = 0.012, 2.2
"""Chance of a peak on a team's day (a letter went out, a backlog is cleared), and how much more work it brings."""


def busyness(rng: Dice, organisation: Organisation, timeline: Timeline) -> Floats:
    """Work of each team (rows) on each day (columns) of the run, around 1."""
    days = np.arange(timeline.days)
    start = np.where(timeline.day_of_month(days) <= START_DAYS, MONTH_START, 1.0)
    agency = rng.lognormal(0, AGENCY_DAY, timeline.days)
    departments = rng.lognormal(0, DEPARTMENT_DAY, (int(organisation.department.max()) + 1, timeline.days))
    peaks = np.where(rng.random((len(organisation.lead), timeline.days)) < TEAM_PEAK, TEAM_PEAK_TIMES, 1.0)
    busy: Floats = start * agency * departments[organisation.department] * peaks
    return busy
