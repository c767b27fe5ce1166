"""Lawful work into the episodes of misuse that go with it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, dice
from services.detector.simulate.links import LINK
from services.detector.simulate.misuse import amounts, files, pretences
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.people import RELATION

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
)
"""Every kind of misuse; a kind is named like its function."""

USUAL_EPISODES, EMPLOYEES_PER_EPISODE, WEEKS_OF_WORK_PER_EPISODE = 3, 50, 4_000
"""Per kind: three; fewer where there are too few people, more where there is a lot of work."""


@dataclass(frozen=True)
class Misuse:
    """All episodes (numbered as in `visits.episode`), their visits, and links and relations that go with them."""

    episodes: list[Episode]
    visits: pl.DataFrame
    links: pl.DataFrame
    relations: pl.DataFrame


def episodes_per_kind(employees: int, weeks: int) -> int:
    """How many episodes of each kind an agency gets."""
    usual = max(1, min(USUAL_EPISODES, employees // EMPLOYEES_PER_EPISODE))
    return max(usual, round(employees * weeks / WEEKS_OF_WORK_PER_EPISODE))


def plant_misuse(agency: Agency, holdings: pl.DataFrame, lawful: pl.DataFrame, links: pl.DataFrame) -> Misuse:
    """Episodes of every kind, spread over people who have few so far and over the days they worked."""
    scene = Scene(dice(agency.seed, "misuse"), agency, holdings, lawful, links)
    for _ in range(episodes_per_kind(agency.organisation.size, agency.timeline.days // 7)):
        for kind in KINDS:
            kind(scene)
    made = [{name: link.get(name, NONE) for name in LINK} for link in scene.links]
    return Misuse(
        scene.episodes,
        pl.concat(scene.visits),
        pl.DataFrame(made, schema=dict.fromkeys(LINK, pl.Int64)),
        pl.DataFrame(scene.relations, schema=RELATION),
    )
