"""Lookups into their timeline: from when each was explained, and from when it counted as unexplained."""

from __future__ import annotations

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT
from services.core.pseudonyms import Pseudonymiser
from services.detector.explain import licences, linked_explanations, plain_explanations
from services.detector.explain.base import SELF_REPORT, covers, in_one_sitting, made_afterwards
from services.detector.explain.margins import margins_of
from services.detector.explain.ranking import Ranking
from services.detector.former_teams import former_cases
from services.detector.mandates import Mandates
from services.detector.registers import Registers
from services.detector.settings import AgencySettings

OF_LOOKUPS = ["row", "at", "day", "employee", "team", "subject", "subject_check", "viewer_known_from"]
OF_LINKS = (pl.exclude("link_id", "subject_check"), pl.col("subject_check").alias("link_check"))
"""What is asked of lookups and of links for their candidates."""
ARRIVED_LATER = (pl.col("known_from") > pl.col("at")) & pl.col("registered_by_employee").is_null()


class Explainer:
    """Finds each lookup's explanation and its timeline."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar, pseudonyms: Pseudonymiser) -> None:
        margins = self._margins = margins_of(settings)
        self._ranking = Ranking(linked_explanations(margins))
        self._plain = plain_explanations(margins)
        self._plainly = [each.applies.fill_null(value=False).alias(each.id) for each in self._plain]
        self._licences = licences(margins) if settings.mandates or settings.systems_without_cases else ()
        self._mandates = Mandates(settings.mandates, pseudonyms)
        self._calendar = calendar
        self._of_candidates = (self._begins(), self._known_at(), ARRIVED_LATER.alias("arrived_later"))
        self._end_of_grace = calendar.instant(pl.col("graced") + pl.duration(days=1)).alias("grace_end")
        self._settings = settings

    def explain(self, seen: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Adds explained_at (null: never), explanation, strength (thousandths) and grace_end.

        `explained_at` is the lookup's own moment when the explanation was known by then. What only explains ordinary
        files stands apart: `reported_at` is when the viewer reported it as a mistake, `licence` what the settings say.
        """
        candidates = self._candidates(seen, registers)
        reasons = self._ranking.best(candidates)
        explained = seen.select("row").join(reasons, on="row", how="left", maintain_order="left")
        judged = seen.hstack(explained.drop("row"))
        told = candidates.clear() if registers.derived is None else candidates
        return self._with_licence(_with_report(self._with_plain(self._with_grace(judged)), told), registers)

    def _candidates(self, seen: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """One row per lookup and link of the viewer, or of the viewer's present or former team, to the same subject."""
        parts = [index.rows(seen["subject"]) for index in (registers.links, registers.derived) if index]
        links = pl.concat(parts).select(OF_LINKS)
        lookups, to_team = seen[OF_LOOKUPS], links["to_team"]
        own = lookups.join(links.filter(~to_team), left_on=["subject", "employee"], right_on=["subject", "assignee"])
        team = lookups.join(links.filter(to_team), left_on=["subject", "team"], right_on=["subject", "assignee"])
        sizes = _team_sizes(team, registers, self._calendar)
        team = team.join(sizes, on=["team", "day"], how="left", maintain_order="left")
        former = former_cases(lookups, links, registers, self._settings.aftercare_days)
        both = pl.concat([own.with_columns(pl.lit(1, pl.UInt32).alias("team_size")), team, former], how="diagonal")
        return both.filter(both["link_check"] == both["subject_check"]).with_columns(self._of_candidates)

    def _begins(self) -> pl.Expr:
        """From when the link covers lookups."""
        return pl.when(in_one_sitting(self._margins)).then("at").otherwise("valid_from").alias("valid_from")

    def _known_at(self) -> pl.Expr:
        """When the link could first explain this lookup; null where it never can.

        A link that the viewer registers more than registration_minutes after the lookup explains only as a contact of
        the same local day; one that was replaced by a newer version before that never does.
        """
        known = pl.max_horizontal("at", "known_from", pl.when(pl.col("to_team")).then("viewer_known_from"))
        same_day_contact = (pl.col("link_kind") == "contact") & (
            self._calendar.local_day(pl.col("known_from")) == pl.col("day")
        )
        in_force = pl.col("known_until").is_null() | (known < pl.col("known_until"))
        return pl.when(in_force & (~made_afterwards(self._margins) | same_day_contact)).then(known).alias("known_at")

    def _with_plain(self, judged: pl.DataFrame) -> pl.DataFrame:
        """Explanations without a link are known at once and go before those with one."""
        for explanation, applies in zip(self._plain, judged.select(self._plainly), strict=True):
            if not applies.any():
                continue
            at_once = pl.when(applies)
            judged = judged.with_columns(
                at_once.then(pl.col("at")).otherwise("explained_at").alias("explained_at"),
                at_once.then(pl.lit(explanation.id)).otherwise("explanation").alias("explanation"),
                at_once.then(explanation.strength.cast(pl.Int32)).otherwise("strength").alias("strength"),
            )
        return judged

    def _with_licence(self, judged: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Adds licence and licence_strength: the first that applies of what the settings allow without a case."""
        if self._licences:
            judged = judged.with_columns(self._mandates.covered(judged, registers).alias("mandated"))
        at_once = [pl.when(each.applies.fill_null(value=False)) for each in self._licences]
        names = [case.then(pl.lit(each.id)) for case, each in zip(at_once, self._licences, strict=True)]
        strengths = [
            case.then(each.strength.cast(pl.Int32)) for case, each in zip(at_once, self._licences, strict=True)
        ]
        return judged.with_columns(
            pl.coalesce(*names, pl.lit(None, pl.String)).alias("licence"),
            pl.coalesce(*strengths, pl.lit(None, pl.Int32)).alias("licence_strength"),
        )

    def _with_grace(self, judged: pl.DataFrame) -> pl.DataFrame:
        """End of grace: the end of the n-th working day after the lookup's local day, by system."""
        keys = ["day", "system"]
        ends = judged[keys].join(self.grace_table(judged), on=keys, how="left", maintain_order="left")
        return judged.hstack(ends.select("grace_end"))

    def grace_table(self, judged: pl.DataFrame) -> pl.DataFrame:
        """Table (day, system, grace_end) for the days and systems of a frame."""
        pairs = judged[["day", "system"]].unique()
        by_system, usual = self._settings.grace_by_system, self._settings.grace_working_days
        graced = [
            self._calendar.working_day_after(day, by_system.get(system, usual)) for day, system in pairs.iter_rows()
        ]
        return pairs.with_columns(pl.Series("graced", graced, pl.Date)).select("day", "system", self._end_of_grace)


def _with_report(judged: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Adds reported_at: from when the viewer's own report of a wrong file was known (null: never)."""
    told = candidates.filter((pl.col("link_kind") == SELF_REPORT) & covers())
    if told.is_empty():
        return judged.with_columns(pl.lit(None, INSTANT).alias("reported_at"))
    reported = told.group_by("row").agg(pl.col("known_at").min().alias("reported_at"))
    return judged.join(reported, on="row", how="left", maintain_order="left")


def _team_sizes(team_candidates: pl.DataFrame, registers: Registers, calendar: AgencyCalendar) -> pl.DataFrame:
    """Members of each team at noon of each local day that occurs."""
    pairs = team_candidates.select("team", "day").unique()
    noon = calendar.instant(pl.col("day"), 12)
    members = pairs.join(registers.teams.rows(pairs["team"]), on="team")
    return (
        members.filter((pl.col("valid_from") <= noon) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > noon)))
        .group_by("team", "day")
        .agg(pl.col("employee").n_unique().alias("team_size"))
    )
