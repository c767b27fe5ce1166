"""Sentences of a story into the numbers and dates in them, each with the noun that follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HOURS = re.compile(r"\d\d:\d\d")
FOUND = re.compile(
    r"(?P<nl>\d\d-\d\d-\d{4})|(?P<en>\d{4}-\d\d-\d\d)"
    r"|(?P<number>\d+(?:[.,]\d+)?)(?: (?:verschillende |different )?(?P<noun>[a-z]+(?: lines?| at work)?))?"
)
NOUNS = {
    "lookups": ("logregel", "logregels", "log line", "log lines"),
    "moments": ("moment", "momenten", "moments"),
    "days": ("dag", "dagen", "day", "days"),
    "subjects": (
        "dossier",
        "dossiers",
        "file",
        "files",
        "persoon",
        "personen",
        "person",
        "persons",
    ),
    "months": ("maand", "maanden", "month", "months"),
    "span_minutes": ("minuut", "minuten", "minute", "minutes"),
    "shortest_pause": ("seconde", "seconden", "second", "seconds"),
    "workstations": ("werkplek", "werkplekken", "workstation", "workstations"),
    "employees": ("medewerker", "medewerkers", "employee", "employees"),
    "records": ("record", "records"),
    "history_days": ("werkdag", "werkdagen", "day at work", "days at work"),
    "surplus": ("keer", "time", "times"),
    "identities": ("identiteit", "identiteiten", "identity", "identities"),
}
"""What a noun counts; a number without one of these may be any."""
ALSO = {
    "norm": "records",
    "norm_persons": "subjects",
    "peers": "employees",
    "stood_out": "employees",
    "usual_pause": "shortest_pause",
    "longest_pause": "shortest_pause",
    "ninety": "days",
    "emergency_days": "days",
    "dormant_months": "months",
    "workload": "subjects",
    "emergency_persons": "subjects",
    "reads": "surplus",
    "least_reads": "surplus",
    "by_name": "lookups",
    "by_address": "lookups",
}
"""Columns that are counted with the noun of another."""


@dataclass(frozen=True)
class Number:
    """What stands in a sentence."""

    value: object
    noun: str | None

    def may_be(self, column: str) -> bool:
        """Whether the noun, if it counts anything, counts this column."""
        counted = {name for name, nouns in NOUNS.items() if self.noun in nouns}
        return not counted or ALSO.get(column, column) in counted or column in counted


def numbers(sentence: str) -> list[Number]:
    """All numbers and dates of a sentence, in order."""
    return [_number(match) for match in FOUND.finditer(HOURS.sub("", sentence))]


def differences(sentence: str, columns: Sequence[str], values: Sequence[object]) -> list[str]:
    """What of a sentence is not in these columns, and the other way round; empty where all agree."""
    left = list(zip(columns, values, strict=True))
    faults = []
    for number in sorted(numbers(sentence), key=lambda one: one.noun is None):
        fitting = [pair for pair in left if pair[1] == number.value and number.may_be(pair[0])]
        if fitting:
            left.remove(fitting[0])
        else:
            faults.append(f"says {number.value} {number.noun or ''}")
    return faults + [f"does not say {column} = {value}" for column, value in left]


def _number(match: re.Match[str]) -> Number:
    if match["nl"] or match["en"]:
        return Number(_date(match["en"] or "-".join(reversed(match["nl"].split("-")))), None)
    text = match["number"].replace(",", ".")
    return Number(float(text) if "." in text else int(text), match["noun"])


def _date(text: str) -> date | str:
    """The day; a day that no calendar has stays as it is written, and is nobody's."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
