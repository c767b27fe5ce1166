"""Lawful work into what an episode of misuse needs: who, on which days at work, whom, and the visits it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, Rows
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.screens import BSN, NAME, screen
from services.detector.simulate.timeline import HOUR
from services.detector.simulate.visits import column, needs_search, visits

WITH_CASE = 0.5
"""Share of the strangers that are clients of other teams; the rest has no case at all."""


@dataclass(frozen=True)
class Episode:
    """One scenario; `person` is NONE where it concerns many, `employee` NONE where many take part."""

    kind: str
    difficulty: str
    employee: int
    person: int
    enough: int
    """The visit, counted from 1, with which a detector has seen enough, ..."""
    hours: float
    """... and how much later it may be expected to say so."""
    at: int = NONE
    """Instead of both: the moment itself."""


class Scene:
    """The stage of all episodes; what they leave is gathered in `episodes`, `visits`, `links`, `relations`.

    `forgotten` are (employee, person) ties that no register holds, `unsigned` employees who signed no statement.
    """

    def __init__(
        self,
        rng: Dice,
        agency: Agency,
        holdings: pl.DataFrame,
        lawful: pl.DataFrame,
        links: pl.DataFrame,
        ledger: Ledger,
    ) -> None:
        self.rng, self.agency, self.lawful, self.known_links, self.ledger = rng, agency, lawful, links, ledger
        self.cases = holdings.filter(pl.col("case") != NONE, pl.col("person") >= agency.people.citizens.start)
        self.episodes: list[Episode] = []
        self.visits: list[pl.DataFrame] = []
        self.links: list[dict[str, int]] = []
        self.relations: list[dict[str, int | str]] = []
        self.forgotten: list[tuple[int, int]] = []
        self.unsigned: list[int] = []
        self._attended = (
            lawful.group_by("workday").agg(begin=pl.col("at").min(), end=pl.col("at").max()).sort("workday")
        )
        self._rows = column(self._attended, "workday")
        self._employee = agency.workdays.employee[self._rows]
        self._attendance = np.bincount(self._employee, minlength=agency.organisation.size)
        self._episodes_of = np.zeros(agency.organisation.size)
        self._used: set[int] = set()
        self._clients: dict[int, Ints] = {}
        self._visits_of = Rows(column(lawful, "employee"))
        self._links_of, self._links_of_team = Rows(column(links, "employee")), Rows(column(links, "team"))
        citizens = np.arange(agency.people.citizens.start, agency.people.citizens.stop)
        seen = np.concatenate([column(holdings, "person"), column(lawful, "person")])
        self._without_case = list(rng.permutation(np.setdiff1d(citizens, seen)))

    def amount(self, usual: int) -> int:
        """A number of looks or people, as large as episodes are in this kind of agency; at least one."""
        return max(1, round(usual * self.agency.profile.size))

    def some(self, least: int, most: int) -> int:
        """A random amount from `least` to `most` (in the usual kind of agency)."""
        return self.amount(int(self.rng.integers(least, most + 1)))

    def hides(self) -> bool:
        """Whether someone takes care not to stand out."""
        return bool(self.rng.random() < self.agency.profile.hidden)

    def new_case(self) -> int:
        """A case number that nobody has."""
        return int(self.ledger.new_cases(1)[0])

    @property
    def at_work(self) -> Ints:
        """Who can be part of misuse: worked at some time in the run, and is not Eigen personeel."""
        return np.flatnonzero(~self.agency.organisation.handles_staff & (self._attendance > 0))

    def employee(self, days: int = 6, among: Sequence[int] | Ints | None = None) -> int:
        """Somebody who worked that many days at least (as many as anyone, in short runs), new to misuse if possible."""
        fits = self.at_work if among is None else np.intersect1d(self.at_work, among)
        enough = min(days, int(self._attendance[fits].max()))
        candidates = fits[self._attendance[fits] >= enough]
        weight = 1 / (1 + self._episodes_of[candidates]) ** 3
        chosen = int(self.rng.choice(candidates, p=weight / weight.sum()))
        self._episodes_of[chosen] += 1
        return chosen

    def workdays(self, employee: int, count: int, span: int | None = None, spare: int = 0) -> Ints:
        """Up to `count` days on which the employee really worked, in order, within `span` days; the last few spared."""
        mine = self.attended(employee)
        mine = mine[: max(1, len(mine) - spare)]
        free = np.array([row for row in mine if row not in self._used], dtype=np.int64)
        pool = free if len(free) else mine
        if span is not None:
            start = self.rng.choice(pool[: max(1, len(pool) - count + 1)])
            day = self.agency.workdays.day
            pool = pool[(pool >= start) & (day[pool] < day[start] + span)]
        chosen = np.sort(self.rng.choice(pool, min(count, len(pool)), replace=False))
        self._used.update(int(row) for row in chosen)
        return chosen

    def attended(self, employee: int) -> Ints:
        """Days on which the employee really worked, in order."""
        mine: Ints = self._rows[self._employee == employee]
        return mine

    def lawful_of(self, employee: int) -> pl.DataFrame:
        """The employee's lawful visits."""
        return self.lawful[self._visits_of.of(employee)]

    def next_attended(self, employee: int, row: int) -> int:
        """A day at work soon after a day, or that day where it was the last."""
        later = self._rows[(self._employee == employee) & (self._rows > row)][:2]
        return int(self.rng.choice(later)) if len(later) else row

    def moments(self, row: int, count: int) -> Ints:
        """Moments in order between the first and the last lawful visit of the day, or its shift where that is brief."""
        at = int(np.searchsorted(self._rows, row))
        begin, end = self._attended["begin"][at], self._attended["end"][at]
        if end - begin < 2 * HOUR:
            workdays, day = self.agency.workdays, self.agency.workdays.day[[row]]
            begin = int(self.agency.timeline.at(day, workdays.start[[row]])[0])
            end = int(self.agency.timeline.at(day, workdays.end[[row]])[0])
        return np.sort(self.rng.integers(begin, end, count))

    def attended_between(self, first: int, last: int) -> Ints:
        """Rows of the days at work of anybody from one day to another."""
        day = self.agency.workdays.day[self._rows]
        return self._rows[(first <= day) & (day <= last)]

    def teams_of(self, employee: int) -> list[int]:
        """The team, or both teams of someone who moved."""
        return [int(self.agency.organisation.team[employee]), int(self.agency.employment.new_team[employee])]

    def clients_of(self, employee: int) -> Ints:
        """Everyone the employee or the own teams ever had a link with, and everyone the employee lawfully looked up."""
        if employee not in self._clients:
            persons = column(self.known_links, "person")
            links = np.append(self._links_of.of(employee), self._links_of_team.of(*set(self.teams_of(employee))))
            seen = np.append(persons[links], column(self.lawful, "person")[self._visits_of.of(employee)])
            self._clients[employee] = np.unique(seen)
        return self._clients[employee]

    def strangers(self, employee: int, count: int, with_case: float = WITH_CASE) -> Ints:
        """Citizens the employee has no business with: clients of other teams, and people without any case."""
        candidates = column(self.cases, "person")[self.rng.integers(0, self.cases.height, 4 * count + 20)]
        others = np.setdiff1d(candidates, self.clients_of(employee))
        clients = self.rng.permutation(others)[: self.rng.binomial(count, with_case)]
        return self.rng.permutation(np.concatenate([clients, self._nobodies(count - len(clients))]))

    def nobody(self) -> int:
        """A citizen without a case whom no one looked up so far."""
        return int(self._nobodies(1)[0])

    def _nobodies(self, count: int) -> Ints:
        """Each is used once as long as there are any, so that episodes do not meet."""
        if len(self._without_case) < count:
            return self.rng.integers(self.agency.people.citizens.start, self.agency.people.citizens.stop, count)
        return np.array([self._without_case.pop() for _ in range(count)], dtype=np.int64)

    def someone_elses_case(self) -> int:
        """A case of a client."""
        return int(self.cases["case"][int(self.rng.integers(self.cases.height))])

    def begin(self, episode: Episode) -> int:
        """The number of a new episode."""
        self.episodes.append(episode)
        return len(self.episodes) - 1

    def play(self, episode: int, row: Ints | int, at: Ints | int, person: Ints | int, **columns: Ints | int) -> None:
        """Leaves visits of an episode, one per moment."""
        count = np.broadcast(row, at, person).size
        employee = self.agency.workdays.employee[row]
        columns.setdefault("screen", screen("file"))
        columns.setdefault("opened_by", BSN)
        columns.setdefault("searched", needs_search(np.asarray(columns["opened_by"])))
        if "case" not in columns:
            columns["case"] = self._claims(employee, count)
        self.visits.append(
            visits(count, employee=employee, workday=row, at=at, person=person, episode=episode, **columns)
        )

    def _claims(self, employee: Ints | int, count: int) -> Ints:
        claims = np.full(count, NONE)
        for visit in np.flatnonzero(self.rng.random(count) < self.agency.profile.own_case):
            who = np.broadcast_to(np.asarray(employee), count)[visit]
            own = self.lawful_of(int(who)).filter(pl.col("case") != NONE)["case"]
            claims[visit] = own[int(self.rng.integers(len(own)))] if len(own) else NONE
        return claims

    def style(self) -> tuple[int, int]:
        """A screen and a way of opening for a look at somebody known: by BSN or, at times, by name."""
        choice = int(self.rng.choice(4, p=[0.4, 0.25, 0.25, 0.1]))
        return (
            screen(("file", "deep", "address check", "print")[choice]),
            (BSN, BSN, NAME, BSN)[choice],
        )
