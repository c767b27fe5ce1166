"""A reader's language: texts, code values, times and numbers as that language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from services.api.pages.axis import Tick
from services.api.pages.fields import Field
from services.api.pages.texts import RULES, TEXTS
from services.api.pages.words import CODES, MONTHS, WEEKDAYS

LANGUAGES = ("nl", "en")
COOKIE = "doelbinding-language"
DUTCH_SIGNS = str.maketrans(",.", ".,")
LEAST_LEVEL = 0.05
"""In tenths, a lower number would be shown as 0."""
DAY_FORMATS = {"nl": "%d-%m-%Y", "en": "%Y-%m-%d"}


class Language:
    """One language, in the time zone of the agency."""

    def __init__(self, code: str, timezone: ZoneInfo) -> None:
        self.code = code
        self.timezone = timezone
        self._place = LANGUAGES.index(code)

    @property
    def other(self) -> str:
        """The code of the language that is not shown."""
        return LANGUAGES[1 - self._place]

    def text(self, key: str) -> str:
        """A text of the pages; an unknown key is a fault of ours, and found by the tests."""
        return TEXTS[key][self._place]

    def help(self, field: Field) -> str | None:
        """What helps to fill in a field of an action's form."""
        if field.kind == "moment":
            return self.text("help-time").format(timezone=self.timezone)
        return None if field.help is None else self.text(field.help)

    def finding(self, code: str) -> str:
        """An area of the annual report, and one of its kinds of misuse."""
        area, _, subcategory = code.partition("/")
        return f"{self.word(area)}: {self.word(subcategory)}".capitalize()

    def unit(self, thing: str, count: int) -> str:
        """What is counted, in the singular or the plural."""
        return self.text(f"{thing}-one" if count == 1 else f"{thing}-many")

    def word(self, code: object) -> str:
        """A code value in words, or the code itself where there are none."""
        return CODES[str(code)][self._place] if str(code) in CODES else str(code)

    def did(self, action: str) -> str:
        """What an entry of the audit trail tells, in words, or its code where there are none."""
        return self.text(f"event-{action}") if f"event-{action}" in TEXTS else action

    def rule(self, rule_id: str) -> str:
        """The title of a rule, or its id where this release does not know it."""
        return RULES[rule_id][self._place] if rule_id in RULES else rule_id

    def fact(self, fact: Mapping[str, str]) -> str:
        """The sentence of a fact."""
        return fact[self.code]

    def summary(self, signal: Mapping[str, str]) -> str:
        """The sentence of a signal."""
        return signal["summaryNl" if self.code == "nl" else "summary"]

    def time(self, moment: datetime | str) -> str:
        """A moment on the agency's clock."""
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return at.astimezone(self.timezone).strftime(f"{DAY_FORMATS[self.code]} %H:%M")

    def day(self, day: date) -> str:
        """A date with its year."""
        return day.strftime(DAY_FORMATS[self.code])

    def tick(self, tick: Tick) -> str:
        """A label of an axis of dates: as much of the date as the ticks differ in."""
        month = MONTHS[tick.day.month - 1][self._place]
        if tick.unit == "year":
            return str(tick.day.year)
        if tick.unit == "month":
            return f"{month} {tick.day.year}"
        weekday = f"{WEEKDAYS[tick.day.weekday()][self._place]} " if tick.unit == "day" else ""
        return f"{weekday}{tick.day.day} {month}"

    def number(self, value: float) -> str:
        """A number in tenths, its thousands apart; a whole one without decimals."""
        text = f"{value:,.1f}".removesuffix(".0")
        return text.translate(DUTCH_SIGNS) if self.code == "nl" else text

    def level(self, value: float) -> str:
        """A level in tenths; one that is too low for that is not told as nothing."""
        return f"< {self.number(0.1)}" if 0 < value < LEAST_LEVEL else self.number(value)


def language_of(request: Request, timezone: ZoneInfo) -> Language:
    """What was asked for with `?lang=`, else what was asked for before, else Dutch."""
    wanted = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    return Language(next((code for code in wanted if code in LANGUAGES), LANGUAGES[0]), timezone)
