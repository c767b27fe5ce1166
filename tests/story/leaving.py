"""The raw rows before somebody's last weeks into what these led to expect."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.story.counted import TAKEN_OUT, Columns, Counter
from tests.story.raw import AMSTERDAM, DUTCH_HOLIDAYS, Row
from tests.story.usual import SPAN, Day, Usual

LAST_DAYS, HISTORY, PRIOR_DAYS = timedelta(days=29), timedelta(days=91), 10
LEAST_MEAN, FACTOR, LEAST_PERSONS, LEAST_RECORDS = 0.05, 3, 6, 100


class Leaving:
    """What was to be expected of the last weeks of an employment."""

    def __init__(self, counter: Counter, usual: Usual) -> None:
        self._counter = counter
        self._usual = usual

    def columns(self, signal: Row) -> Columns:
        """since_day, until_day, history_days, peers, expected (thousandths) and what it is expected of."""
        looks, last = self._counter.looks(signal), self._last_day(signal)
        own, others = self._history(signal)
        records, persons = sum(look.records or 0 for look in looks), len({look.bsn for look in looks} - {None})
        working = sum(_is_working(last - timedelta(days=place)) for place in range(LAST_DAYS.days + 1))
        by_persons = max(_mean(own, others, "unexplained") * working, LEAST_MEAN)
        by_records = max(_mean(own, others, "exported") * working, LEAST_MEAN)
        taken_out = all(look.action in TAKEN_OUT for look in looks)
        counts_records = taken_out and records >= max(LEAST_RECORDS, FACTOR * by_records) and persons < LEAST_PERSONS
        return {
            "since_day": last - LAST_DAYS,
            "until_day": last,
            "history_days": len(own),
            "peers": len({day.who for day in others}),
            "expected": round((by_records if counts_records else by_persons) * 1000),
            "amount": records if counts_records else persons,
            "counted": "records" if counts_records else "persons",
        }

    def comparison(self, signal: Row) -> list[tuple[date, int, float, float]]:
        """Day, persons without explanation, the usual number of a day and the others' mean."""
        last, who = self._last_day(signal), self._counter.looks(signal)[0].who
        usual = round(_mean(*self._history(signal), "unexplained"), 3)
        days = [day for key, day in sorted(self._usual.days.items()) if key[0] == who and last - SPAN < key[1] <= last]
        return [(day.day, day.unexplained, usual, round(self._usual.others_mean(day), 3)) for day in days]

    def _last_day(self, signal: Row) -> date:
        """Of the period of employment that the register ends on the day of this signal."""
        start, who = signal["window_start"], self._counter.looks(signal)[0].who
        assert isinstance(start, datetime)
        said = start.astimezone(AMSTERDAM).date()
        ends = [row.end for row in self._counter.files.employees[who] if row.end is not None]
        lasts = {(end - timedelta(microseconds=1)).astimezone(AMSTERDAM).date() for end in ends}
        return next((last for last in lasts if said in (last, last - LAST_DAYS)), max(lasts))

    def _history(self, signal: Row) -> tuple[list[Day], list[Day]]:
        """The employee's days at work before the last weeks, and those of the others in the last role."""
        who, since = self._counter.looks(signal)[0].who, self._last_day(signal) - LAST_DAYS
        days = [day for _, day in sorted(self._usual.days.items()) if since - HISTORY <= day.day < since]
        own = [day for day in days if day.who == who]
        role = own[-1].role if own else None
        return own, [day for day in days if day.who != who and role in (None, day.role)]


def _mean(own: list[Day], others: list[Day], name: str) -> float:
    usual = sum(int(getattr(day, name)) for day in others) / max(len(others), 1)
    return (sum(int(getattr(day, name)) for day in own) + PRIOR_DAYS * usual) / (len(own) + PRIOR_DAYS)


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in DUTCH_HOLIDAYS
