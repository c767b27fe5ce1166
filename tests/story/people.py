"""A lookup and the registers of people into how the person stood to the viewer at that moment."""

from __future__ import annotations

from tests.story.raw import Files, Look, Period

NEAREST = ("partner", "child", "parent", "sibling", "other", "ex_partner", "household")
FORMER = ("partner", "household")


class People:
    """Asks the personnel register and the relations of a dataset."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def is_own(self, look: Look) -> bool:
        """The viewer's own file."""
        viewer = self._files.employee_at(look.who, look.at)
        return viewer is not None and viewer["bsn"] == look.bsn

    def relation(self, look: Look) -> str | None:
        """The nearest relation; a partner or household member of the past is an ex-partner."""
        rows = self._files.relations.get(look.bsn, [])
        kinds = [_kind(row, look) for row in rows if row["employee_id"] == look.who and row.start <= look.at]
        return min((kind for kind in kinds if kind), key=NEAREST.index, default=None)

    def staff_kind(self, look: Look) -> str | None:
        """`staff`, `ex-staff`, `family` of staff, or nothing of these."""
        period = self._colleague(look)
        if period is not None:
            return "staff" if period.covers(look.at) else "ex-staff"
        family = self._files.relations.get(look.bsn, [])
        told = [row for row in family if row["employee_id"] != look.who and row.covers(look.at)]
        near = [row for row in told if row["kind"] in ("partner", "child")]
        return "family" if any(row["source"] in ("declared", "eigen-personeel") for row in near) else None

    def is_special(self, look: Look) -> bool:
        """The viewer's own file, a relative's, or one of staff: no ordinary file."""
        return self.is_own(look) or self.relation(look) is not None or self.staff_kind(look) is not None

    def same_team(self, look: Look) -> bool:
        """Both worked in one team at that moment."""
        colleague, viewer = self._colleague(look), self._files.employee_at(look.who, look.at)
        there = colleague is not None and viewer is not None and colleague.covers(look.at)
        return there and colleague is not None and viewer is not None and colleague["team_id"] == viewer["team_id"]

    def handles_staff(self, look: Look) -> bool:
        """The viewer may handle the files of staff outside the own team."""
        viewer = self._files.employee_at(look.who, look.at)
        return viewer is not None and viewer["eigen_personeel"] is True and not self.same_team(look)

    def was_authorised(self, look: Look) -> bool:
        """So it was already known at the moment of the look."""
        viewer = self._files.employee_at(look.who, look.at)
        return self.handles_staff(look) and viewer is not None and viewer.known <= look.at

    def in_street(self, look: Look) -> bool:
        """The person lives in the viewer's street."""
        viewer = self._files.employee_at(look.who, look.at)
        return viewer is not None and look.street is not None and viewer["street"] == look.street

    def in_own_street(self, look: Look) -> bool:
        """As the rule of the own street takes it: where a street is not known, what was found by address."""
        viewer = self._files.employee_at(look.who, look.at)
        unknown = look.street is None or viewer is None or viewer["street"] is None
        return look.searched_by == "address" if unknown else self.in_street(look)

    def _colleague(self, look: Look) -> Period | None:
        rows = self._files.people.get(look.bsn, [])
        begun = [row for row in rows if row.start <= look.at and row["employee_id"] != look.who]
        return max(begun, key=lambda row: row.start, default=None)


def _kind(row: Period, look: Look) -> str | None:
    kind = str(row["kind"])
    if row.covers(look.at):
        return kind
    if kind in FORMER:
        return "ex_partner"
    return kind if kind == "ex_partner" else None
