"""Lawful work into the episodes of misuse that go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, dice
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.links import LINK
from services.detector.simulate.misuse import amounts, files, forced, pretences, runs, staff
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.people import RELATION
from services.detector.simulate.profile import Profile
from services.detector.simulate.visits import visits

Kind = Callable[[Scene], None]

KINDS = (
    files.own_file,
    files.partner,
    files.child,
    files.household_brp,
    files.colleague_file,
    files.ex_partner,
    files.acquaintance_once,
    files.acquaintance_repeated,
    files.address_search,
    files.well_known,
    amounts.bulk_export,
    pretences.retro_self_link,
    pretences.false_case_claim,
    amounts.volume_20,
    amounts.volume_50,
    amounts.slow_drip,
    pretences.account_sharing,
    amounts.offhours_remote,
    files.relative_other,
    files.own_street,
    runs.enumeration,
    runs.scraping,
    runs.name_search,
    runs.unexplained_share,
    runs.leaver,
    forced.break_glass,
    forced.ex_partner_break_glass,
    forced.dormant_file,
    forced.suwinet_no_statement,
    forced.look_and_print,
    staff.staff_family_file,
    staff.eigen_personeel_bypass,
    staff.colleague_conflict,
)
"""Every kind of misuse that leaves a trace in a run of any length; a kind is named like its function."""

WEEKS_OF_WATCH = 30
"""Shorter runs hold no `long_watch`."""

WEEKS_OF_WORK_PER_EPISODE = 180
"""An episode for so many weeks of work, and one of every kind at least: far denser than any agency, so that each kind
can be judged, and few enough that five signals per 1,000 employees a week could nearly show them all."""


@dataclass(frozen=True)
class Misuse:
    """All episodes (numbered as in `visits.episode`), their visits, and what else came of them.

    `agency` has the people whose numbers were tried; `relations` is all that the registers know of relatives, and
    `unsigned` are the employees without a statement of confidentiality.
    """

    agency: Agency
    episodes: list[Episode]
    visits: pl.DataFrame
    links: pl.DataFrame
    relations: pl.DataFrame
    unsigned: Ints


def dealt(rng: Dice, profile: Profile, employees: int, weeks: int) -> list[Kind]:
    """The kind of each episode: every kind equally often, the rest by lot."""
    deck = kinds(profile, weeks)
    episodes = max(len(deck), round(profile.episodes * employees * weeks / WEEKS_OF_WORK_PER_EPISODE))
    rounds, rest = divmod(episodes, len(deck))
    return [*deck * rounds, *(deck[place] for place in sorted(rng.permutation(len(deck))[:rest]))]


def kinds(profile: Profile, weeks: int) -> tuple[Kind, ...]:
    """The kinds of misuse that an agency has over a number of weeks."""
    watch = (runs.long_watch,) if weeks >= WEEKS_OF_WATCH else ()
    return (*KINDS, *watch, *((staff.accomplice_link,) if profile.accomplices else ()))


def plant_misuse(
    agency: Agency, holdings: pl.DataFrame, lawful: pl.DataFrame, links: pl.DataFrame, ledger: Ledger
) -> Misuse:
    """Episodes of every kind, spread over people who have few so far and over the days they worked."""
    scene = Scene(dice(agency.seed, "misuse"), agency, holdings, lawful, links, ledger)
    weeks, profile = agency.timeline.days // 7, agency.profile
    if profile.episodes:
        for kind in dealt(dice(agency.seed, "kinds of misuse"), profile, agency.organisation.size, weeks):
            kind(scene)
    made = [{name: link.get(name, NONE) for name in LINK} for link in scene.links]
    return Misuse(
        scene.agency,
        scene.episodes,
        pl.concat([visits(0), *scene.visits]),
        pl.DataFrame(made, schema=dict.fromkeys(LINK, pl.Int64)),
        _known_relations(scene),
        np.array(scene.unsigned, dtype=np.int64),
    )


def _known_relations(scene: Scene) -> pl.DataFrame:
    """Those of the agency and of the episodes, without the ties that no register holds."""
    forgotten = pl.DataFrame(scene.forgotten, schema={"employee": pl.Int64, "person": pl.Int64}, orient="row")
    known = scene.agency.people.relations.join(forgotten, on=["employee", "person"], how="anti", maintain_order="left")
    return pl.concat([known, pl.DataFrame(scene.relations, schema=RELATION)])
