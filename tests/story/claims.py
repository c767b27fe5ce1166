"""A lookup and the optional registers, the claimed case and the ends of cases into what these say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tests.story.cases import WORK
from tests.story.raw import AMSTERDAM, Files, Look, Period, Row, grace_end

DORMANT_YEARS = 2
AROUND_A_REPORT = timedelta(minutes=30)


class Claims:
    """Asks what beside the case links of a person there is to know of a lookup."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._handled = {link["case_id"] for links in files.links.values() for link in links if link["kind"] in WORK}
        self._held = self._borne_out()

    def claims_falsely(self, look: Look) -> bool:
        """The screen was in a case that no link names for this person, in a system where other claims are true."""
        if look.case is None or look.system not in self._held:
            return False
        return self._named_at(look) is None

    def dormant(self, look: Look) -> bool:
        """All cases of the person that were known at the end of grace had ended two years before; there was one."""
        end = grace_end(look.day)
        versions: dict[object, Period] = {}
        for link in self._files.links.get(look.bsn, []):
            made_later = link.known > look.at and link["registered_by"] == look.who
            newest = versions.get(link["link_id"])
            if link.known <= end and not made_later and (newest is None or newest.known < link.known):
                versions[link["link_id"]] = link
        long_ago = _years_before(look.at, DORMANT_YEARS)
        return bool(versions) and all(link.end is not None and link.end < long_ago for link in versions.values())

    def away(self, look: Look) -> bool:
        """On leave or otherwise away, as the register of absences said at the end of grace."""
        return (known := _first_known(self._files.absences.get(look.who, []), look, "kind")) is not None and (
            known <= grace_end(look.day)
        )

    def unsigned(self, look: Look) -> bool:
        """No statement of confidentiality for the system was known at the end of grace."""
        rows = [row for row in self._files.statements.get(look.who, []) if row["system"] == look.system]
        known = _first_known(rows, look, "system")
        return known is None or known > grace_end(look.day)

    def reported(self, look: Look) -> bool:
        """The viewer reported in time that this file was opened by mistake."""
        reports = [row for row in self._files.reports.get(look.bsn, []) if row["employee_id"] == look.who]
        return any(_is_about(row, look) for row in reports)

    def _borne_out(self) -> set[str]:
        """Systems in which at least one claimed case was the person's."""
        return {look.system for look in self._files.looks.values() if look.case and _names(self._links(look), look)}

    def _links(self, look: Look) -> list[Period]:
        return self._files.links.get(look.bsn, [])

    def _named_at(self, look: Look) -> datetime | None:
        """Since when the case was known to be this person's, or this person to be a party to it."""
        of_person = [link.known for link in self._links(look) if link["case_id"] == look.case]
        parties = self._files.parties.get(look.bsn, []) if look.case in self._handled else []
        of_party = [party.known for party in parties if party["case_id"] == look.case]
        return min([*of_person, *of_party], default=None)


def _names(links: Iterable[Period], look: Look) -> bool:
    return any(link["case_id"] == look.case for link in links)


def _years_before(at: datetime, years: int) -> datetime:
    leap_day = at.month == 2 and at.day == 29
    return at.replace(year=at.year - years, day=28 if leap_day else at.day)


def _first_known(rows: Iterable[Period], look: Look, kind: str) -> datetime | None:
    """Since when one of these periods was known to cover the look; the newest registration says when each ends."""
    of_period: Mapping[object, list[Period]] = defaultdict(list)
    for row in rows:
        of_period[row[kind], row.start].append(row)
    covering = [row.known for same in of_period.values() for row in same if row.covers(look.at) and _lasts(same, look)]
    return min(covering, default=None)


def _lasts(registrations: list[Period], look: Look) -> bool:
    latest = max(row.known for row in registrations)
    return all(row.covers(look.at) for row in registrations if row.known == latest)


def _is_about(report: Row, look: Look) -> bool:
    meant, told = report["occurred_at"], report["registered_at"]
    assert isinstance(meant, datetime)
    assert isinstance(told, datetime)
    in_time = meant <= told < grace_end(meant.astimezone(AMSTERDAM).date())
    return in_time and abs(look.at - meant) <= AROUND_A_REPORT and look.at <= told
