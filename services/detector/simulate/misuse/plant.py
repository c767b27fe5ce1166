"""Lawful work into the episodes of misuse that go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Ints, dice
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

USUAL_EPISODES, EMPLOYEES_PER_EPISODE, WEEKS_OF_WORK_PER_EPISODE = 3, 50, 4_000
"""Per kind: three; fewer where there are too few people, more where there is a lot of work."""


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


def episodes_per_kind(employees: int, weeks: int) -> int:
    """How many episodes of each kind an agency gets."""
    usual = max(1, min(USUAL_EPISODES, employees // EMPLOYEES_PER_EPISODE))
    return max(usual, round(employees * weeks / WEEKS_OF_WORK_PER_EPISODE))


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
        for _ in range(max(1, round(profile.episodes * episodes_per_kind(agency.organisation.size, weeks)))):
            for kind in kinds(profile, weeks):
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
