"""What the queue's filter form sent into a query of the queue, or into everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_

from services.api.audience import is_for
from services.api.casework import codes
from services.api.db.tables import intake_items
from services.api.pages.moments import day_of
from services.api.pages.texts import RULES
from services.api.queries import IntakeItemQuery
from services.core.contract import SEVERITIES
from services.core.reading import READER_RULES

SHOWS = ("open", "investigation", "mine", "overdue", "ended", "withdrawn")
LONGEST = 100
RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NUMBER = re.compile(r"\d{1,6}([.,]\d{1,6})?")


@dataclass(frozen=True)
class QueueFilter:
    """What stands in the form, by field; per field what is wrong, as the key of a text; and the query if nothing is."""

    given: Mapping[str, str]
    faults: Mapping[str, str]
    query: IntakeItemQuery | None
    role: str
    """Of whom the rules to choose from are."""
    shows = SHOWS
    severities = SEVERITIES

    @property
    def rules(self) -> list[str]:
        """The rules to choose from; one that was asked for may be of a newer detector, and unknown to this release."""
        asked = [] if "rule" in self.faults else [self.given["rule"]]
        known = [rule for rule in {**RULES, **dict.fromkeys(READER_RULES)} if is_for(self.role, rule)]
        return [*known, *(rule for rule in asked if rule and rule not in known)]

    @property
    def show(self) -> str:
        """Which of `SHOWS` is asked for."""
        return self.given["show"]

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """What the list that is asked for holds items to, beside the query."""
        status, withdrawn = intake_items.c.status, intake_items.c.withdrawn
        untouched = status == codes.RECEIVED
        return {
            "open": (status.in_((*codes.UNDER_ASSESSMENT, codes.DISPUTED)), or_(~untouched, withdrawn.is_(False))),
            "ended": (status.in_(codes.ENDED),),
            "withdrawn": (untouched,),
        }.get(self.show, ())

    @property
    def narrows(self) -> bool:
        """Whether anything beside `show` is asked for."""
        return any(value for name, value in self.given.items() if name != "show")

    def link(self, show: str, *, cleared: bool = False) -> str:
        """The queue with another `show`, and the other filters kept or cleared."""
        kept = {} if cleared else {name: value for name, value in self.given.items() if value}
        return f"/queue?{urlencode({**kept, 'show': show})}"


def read_filter(parameters: Mapping[str, str], role: str, timezone: ZoneInfo) -> QueueFilter:
    """The filter of a request; days are those of the agency's calendar, both included. An empty field asks nothing."""
    given = {name: parameters.get(name, "").strip() for name in PARSERS}
    given["show"] = given["show"] or SHOWS[0]
    read: dict[str, str | float | date | None] = {}
    faults: dict[str, str] = {}
    for name, (parse, fault) in PARSERS.items():
        try:
            read[name] = parse(given[name]) if given[name] else None
        except ValueError:
            faults[name] = fault
    if _ends_too_early(read.get("raisedFrom"), read.get("raisedTo")):
        faults["raisedTo"] = "fault-period"
    shown = {name: _as_given(read.get(name), given[name]) for name in given}
    if faults:
        return QueueFilter(shown | {"show": shown["show"] if "show" not in faults else SHOWS[0]}, faults, None, role)
    return QueueFilter(shown, faults, _query(read, timezone), role)


def _query(read: Mapping[str, str | float | date | None], timezone: ZoneInfo) -> IntakeItemQuery:
    start, end = read["raisedFrom"], read["raisedTo"]
    show = read["show"]
    wanted = {
        "status": codes.INVESTIGATION if show == "investigation" else None,
        "withdrawn": True if show == "withdrawn" else None,
        "assignedToMe": True if show == "mine" else None,
        "overdue": True if show == "overdue" else None,
        "rule": read["rule"],
        "severity": read["severity"],
        "minPriority": read["minPriority"],
        "raisedFrom": _midnight(start, timezone) if isinstance(start, date) else None,
        "raisedTo": _midnight(end + timedelta(days=1), timezone) if isinstance(end, date) else None,
    }
    return IntakeItemQuery.model_validate(wanted)


def _midnight(day: date, timezone: ZoneInfo) -> str:
    return datetime.combine(day, time(), timezone).isoformat()


def _ends_too_early(start: object, end: object) -> bool:
    return isinstance(start, date) and isinstance(end, date) and end < start


def _as_given(value: str | float | date | None, text: str) -> str:
    """What the form shows again: a value that was understood as the browser's own fields write it."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else text[:LONGEST]


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return parse


def _rule(text: str) -> str:
    if len(text) > LONGEST or not RULE.fullmatch(text):
        raise ValueError(text)
    return text


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", "."))


PARSERS: Mapping[str, tuple[Callable[[str], str | float | date], str]] = {
    "show": (_one_of(SHOWS), "fault-show"),
    "rule": (_rule, "fault-rule"),
    "severity": (_one_of(SEVERITIES), "fault-severity"),
    "raisedFrom": (day_of, "fault-date"),
    "raisedTo": (day_of, "fault-date"),
    "minPriority": (_number, "fault-number"),
}
"""The fields of the form: what each must be, and the text that says so."""
