"""The parts of one agency, made in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from services.detector.simulate.absence import Absence, make_absence
from services.detector.simulate.dice import Flags, Ints, dice
from services.detector.simulate.employment import Employment, make_employment
from services.detector.simulate.organisation import Organisation, make_organisation
from services.detector.simulate.people import People, make_people, most_people
from services.detector.simulate.profile import STANDARD, Profile
from services.detector.simulate.roster import Workdays, make_workdays
from services.detector.simulate.timeline import Timeline, make_timeline
from services.detector.simulate.workload import Workload, expected_contacts, make_workload

CONTACTS_PER_CITIZEN = 4
"""Contacts of the whole run for each citizen that may have a case; leaves about half without one."""


@dataclass(frozen=True)
class Agency:
    """Everything that is fixed before anyone opens a file."""

    seed: int
    timeline: Timeline
    organisation: Organisation
    employment: Employment
    workload: Workload
    people: People
    absence: Absence
    profile: Profile = STANDARD

    @property
    def workdays(self) -> Workdays:
        """Who works on which day."""
        return self.workload.workdays

    def with_people(self, people: People) -> Agency:
        """The same agency with more people."""
        return replace(self, people=people)

    def own_or_family(self, employee: Ints, person: Ints) -> Flags:
        """Whether the persons are the employees themselves or a relative of theirs: those files are handed over."""
        family = self.people.relations
        known = family["employee"].to_numpy() * FAMILY_KEY + family["person"].to_numpy()
        related: Flags = np.isin(employee * FAMILY_KEY + person, known)
        own: Flags = employee == person
        return own | related

    def staff_files(self, person: Ints) -> Flags:
        """Whether the persons are staff, or partners and children of staff known as such: Eigen personeel handles them.

        A random stranger may be one by chance; lawful work then goes to those who may.
        """
        family = self.people.relations.filter(pl.col("kind").is_in(["partner", "child"]), pl.col("source") != "brp")
        staff = (person >= 0) & (person < self.organisation.size)
        known: Flags = staff | np.isin(person, family["person"].to_numpy())
        return known


FAMILY_KEY = 10**8
"""More than the number of people."""


def make_agency(employees: int, weeks: int, seed: int, profile: Profile = STANDARD) -> Agency:
    """An agency of a size over a number of weeks; the seed fixes it all."""
    timeline = make_timeline(dice(seed, "timeline"), weeks)
    organisation = make_organisation(dice(seed, "organisation"), employees)
    employment = make_employment(dice(seed, "employment"), organisation, timeline, profile.moves)
    absence = make_absence(dice(seed, "absence"), employees, timeline)
    workdays = make_workdays(dice(seed, "roster"), organisation, employment, absence, timeline)
    workload = make_workload(dice(seed, "workload"), organisation, employment, workdays, timeline)
    wanted = round(expected_contacts(employees, timeline) / CONTACTS_PER_CITIZEN) + 2_000
    citizens = min(wanted, most_people() - 8 * employees)
    people = make_people(dice(seed, "people"), employees, citizens)
    return Agency(seed, timeline, organisation, employment, workload, people, absence, profile)
