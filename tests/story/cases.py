"""A lookup and the case links into whose case the person was, and since when that was known."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from tests.story.raw import AMSTERDAM, Files, Look, Period, grace_end

AFTERCARE = timedelta(days=30)
WORK = ("assignment", "task", "review")
BEFORE_CONTACT, AFTER_CONTACT = timedelta(minutes=15), timedelta(minutes=60)
AN_HOUR = timedelta(hours=1)


class Cases:
    """Asks the case links of a dataset."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._of_case: dict[object, list[Period]] = defaultdict(list)
        for links in files.links.values():
            for link in links:
                self._of_case[link["case_id"]].append(link)
        self._within: dict[tuple[str, object], list[Look]] = defaultdict(list)
        for look in files.looks.values():
            self._within[look.who, look.case].append(look)

    def linked_at(self, look: Look) -> datetime | None:
        """When a link of the viewer or the team, to the person or to whose case this is a party, explained it."""
        viewer = self._files.employee_at(look.who, look.at)
        moments = [self._known(link, look, viewer) for link in self._files.links.get(look.bsn, [])]
        moments += [self._known(link, look, viewer) for link in self._as_party(look)]
        return min((moment for moment in moments if moment is not None), default=None)

    def was_at_work(self, look: Look) -> bool:
        """Within the hour the viewer worked on the claimed case, with a reason and on another person's file."""
        near = [
            other
            for other in self._within.get((look.who, look.case), [])
            if other.bsn not in (None, look.bsn) and abs(other.at - look.at) <= AN_HOUR
        ]
        return look.case is not None and any(self.linked_at(other) is not None for other in near)

    def _as_party(self, look: Look) -> list[Period]:
        """The links of the cases to which the person was a party at that moment, as already written down then."""
        cases = {
            party["case_id"]
            for party in self._files.parties.get(look.bsn, [])
            if party.covers(look.at) and party.known <= look.at
        }
        links = [link for case in cases for link in self._of_case[case] if link["bsn"] != look.bsn]
        return [link for link in links if link["kind"] in WORK and link.covers(look.at)]

    def nobodys(self, look: Look) -> bool:
        """No link to this person was in force, as the register was at the end of grace."""
        return not any(self._in_force(look))

    def colleagues(self, look: Look) -> bool:
        """A link of somebody in the viewer's team was."""
        viewer = self._files.employee_at(look.who, look.at)
        holders = [str(link["assignee_id"]) for link in self._in_force(look) if link["assignee_kind"] == "employee"]
        return viewer is not None and any(
            row.covers(look.at) and row["team_id"] == viewer["team_id"]
            for holder in holders
            for row in self._files.employees.get(holder, [])
        )

    def self_made_at(self, look: Look) -> datetime | None:
        """When the viewer first registered a link to this person after the lookup."""
        links = self._files.links.get(look.bsn, [])
        made = [link.known for link in links if _self_made(link, look) and _concerns(link, look)]
        return min(made, default=None)

    def explained_by(self, look: Look, moment: datetime) -> bool:
        """By a moment a link explained the lookup, or moved it to those whose link the viewer made."""
        known = [at for at in (self.linked_at(look), self.self_made_at(look)) if at is not None]
        return any(at <= moment for at in known)

    def _in_force(self, look: Look) -> list[Period]:
        end = grace_end(look.day)
        links = self._files.links.get(look.bsn, [])
        return [link for link in links if link.covers(look.at) and link.known <= end and not _self_made(link, look)]

    def _known(self, link: Period, look: Look, viewer: Period | None) -> datetime | None:
        of_team = link["assignee_kind"] == "team"
        assignee = viewer["team_id"] if of_team and viewer is not None else look.who
        if link["assignee_id"] != assignee or not _applies(link, look, of_team):
            return None
        if _self_made(link, look):
            same_day = link.known.astimezone(AMSTERDAM).date() == look.day
            return link.known if link["kind"] == "contact" and same_day else None
        known = [look.at, link.known]
        return max([*known, viewer.known] if of_team and viewer is not None else known)


def _self_made(link: Period, look: Look) -> bool:
    return link.known > look.at + AN_HOUR and link["registered_by"] == look.who


def _concerns(link: Period, look: Look) -> bool:
    """A contact says something of its own moment only, and of half a day where it lasts; a case of two days before."""
    if link["kind"] != "contact":
        return link.start <= look.at + timedelta(days=2)
    to_viewer = link["assignee_kind"] == "employee"
    return to_viewer and _applies(link, look, of_team=False) and look.at <= link.start + timedelta(hours=12)


def _applies(link: Period, look: Look, of_team: bool) -> bool:
    if link["kind"] == "contact":
        ends = None if link.end is None else link.end + AFTER_CONTACT
        around = link.start - BEFORE_CONTACT <= look.at and (ends is None or look.at <= ends)
        return (around and not of_team) or (of_team and link.covers(look.at))
    recently = link.end is not None and link.end <= look.at <= link.end + AFTERCARE
    return link.covers(look.at) or recently
