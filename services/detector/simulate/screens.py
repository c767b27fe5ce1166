"""What people do in a file: the short sequences of rows that a visit leaves in the log, and who makes which."""

from __future__ import annotations

import numpy as np

from services.core.contract import ACTIONS, SEARCHED_BY
from services.detector.simulate.dice import Dice, Ints, choose
from services.detector.simulate.organisation import (
    CALLS,
    CLAIMS,
    COACH,
    LEAD,
    PHYSICIAN,
    REVIEWER,
    ROLES,
    STAFF_HANDLER,
)

SYSTEMS = ("werkmap", "polisadministratie", "suwinet", "sonar", "peoplesoft")

SCREENS = {
    "file": "view werkmap",
    "return": "view werkmap",
    "income": "view werkmap, view polisadministratie",
    "deep": "view werkmap, view polisadministratie, view suwinet",
    "address check": "view werkmap, view suwinet",
    "note": "view werkmap, edit werkmap",
    "decide": "view werkmap, view polisadministratie, edit werkmap",
    "assess": "view werkmap, view polisadministratie, view suwinet, edit werkmap",
    "letter": "view werkmap, edit werkmap, print werkmap",
    "medical file": "view werkmap",
    "consult": "view werkmap, view polisadministratie, edit werkmap",
    "medical report": "view werkmap, edit werkmap, print werkmap",
    "client": "view sonar",
    "coaching": "view sonar, edit sonar",
    "vacancy": "view sonar, view werkmap, export sonar",
    "staff file": "view werkmap, view peoplesoft, edit werkmap",
    "personnel": "view peoplesoft",
    "print": "view werkmap, print werkmap",
    "export": "export werkmap",
    "report": "export werkmap",
    "no hit": "",
}
"""Name of a visit's rows after the search row: action and system each."""

MEDICAL = ("medical file", "consult", "medical report")
"""Screens that show medical data in werkmap."""

HABITS = {
    CLAIMS: {
        "file": 10,
        "income": 20,
        "deep": 14,
        "address check": 4,
        "note": 16,
        "decide": 16,
        "assess": 10,
        "letter": 10,
    },
    CALLS: {"file": 20, "income": 26, "note": 30, "client": 4, "address check": 4, "decide": 16},
    PHYSICIAN: {"medical file": 25, "consult": 45, "medical report": 30},
    COACH: {"client": 20, "coaching": 52, "vacancy": 6, "note": 12, "income": 10},
    REVIEWER: {"file": 35, "income": 40, "deep": 25},
    STAFF_HANDLER: {"staff file": 30, "income": 30, "note": 25, "letter": 15},
    LEAD: {"file": 50, "income": 30, "note": 20},
}
"""Per role the screens and how often, in percent."""

BSN, NAME, ADDRESS, CASE, WORKLIST, OTHER = (
    SEARCHED_BY.index(key) for key in ("bsn", "name", "address", "case", "worklist", "other")
)
OPENINGS = {CALLS: (66, 16, 1.5, 8, 6, 2.5), PHYSICIAN: (15, 2, 0.1, 20, 62, 0.9), REVIEWER: (10, 1, 0.1, 40, 48, 0.9)}
USUAL_OPENING = (36, 7, 0.6, 27, 27, 2.4)
"""How files are opened, in the order of SEARCHED_BY, in percent: mostly by BSN where people call."""

NAMES = tuple(SCREENS)
STEPS = tuple(tuple(step.split() for step in rows.split(", ") if step) for rows in SCREENS.values())
LENGTH: Ints = np.array([len(rows) for rows in STEPS])
LONGEST = int(LENGTH.max())
ACTION: Ints = np.array([[ACTIONS.index(a) for a, _ in rows] + [0] * (LONGEST - len(rows)) for rows in STEPS])
SYSTEM: Ints = np.array([[SYSTEMS.index(s) for _, s in rows] + [0] * (LONGEST - len(rows)) for rows in STEPS])


def screen(name: str) -> int:
    """Number of a screen."""
    return NAMES.index(name)


def habitual_screens(rng: Dice, role: Ints) -> Ints:
    """A screen for each visit by someone in the role."""
    screens = np.zeros(len(role), dtype=np.int64)
    for number in range(len(ROLES)):
        mine = np.flatnonzero(role == number)
        names = np.array([screen(name) for name in HABITS[number]])
        screens[mine] = names[choose(rng, list(HABITS[number].values()), len(mine))]
    return screens


def habitual_openings(rng: Dice, role: Ints) -> Ints:
    """A way of opening the file (position in SEARCHED_BY) for each visit by someone in the role."""
    openings = np.zeros(len(role), dtype=np.int64)
    for number in range(len(ROLES)):
        mine = np.flatnonzero(role == number)
        openings[mine] = choose(rng, OPENINGS.get(number, USUAL_OPENING), len(mine))
    return openings
