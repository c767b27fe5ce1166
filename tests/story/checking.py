"""A told signal beside what was counted from the raw rows into the faults of its story, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from services.detector.rules import RULES as DETECTORS_RULES
from tests.story.counted import Columns, Counter
from tests.story.leaving import Leaving
from tests.story.monthly import Monthly
from tests.story.raw import Row
from tests.story.reading import Reading
from tests.story.registry import CONSTANTS, EXPECTED, PERIOD, RELATIONS, RULES, Numbers, told
from tests.story.sentences import differences
from tests.story.usual import Usual

VOLUMES = ("volume-own", "volume-peers", "bulk-export")
MONTHS = ("unexplained-share", "search-by-name-or-address")
NEVER_A_FACTOR = ("rule", "cap")
CLEARED = {"explained-later": ("cleared_day",), "moved": ("cleared_day",), "too-few": ()}
LANGUAGES = ("nl", "en")


class Checker:
    """Counts the stories of one run again."""

    def __init__(self, counter: Counter, usual: Usual) -> None:
        self.counter = counter
        of_months, of_leavers = Monthly(counter, usual), Leaving(counter, usual)
        self._compared: Mapping[object, Usual | Monthly | Leaving | Reading] = {
            **dict.fromkeys(VOLUMES, usual),
            **dict.fromkeys(MONTHS, of_months),
            "leaver": of_leavers,
            "reveal-rate": Reading(counter),
        }

    def faults(self, signal: Row) -> list[str]:
        """Everything in a story that the raw rows do not bear out."""
        columns = self._columns(signal)
        parts = (
            self._ground(signal, columns),
            self._counts(signal, columns),
            self._factors(signal, columns),
            self._sentences(signal, columns),
            self._comparison(signal),
        )
        return [f"{signal['rule']} {signal['signal_id']}: {fault}" for part in parts for fault in part]

    def _columns(self, signal: Row) -> Columns:
        columns = self.counter.columns(signal) | CONSTANTS
        compared = self._compared.get(signal["family"])
        if compared is not None:
            columns |= compared.columns(signal)
            amount = columns.get("amount", columns["subjects" if signal["family"] in MONTHS else "person_days"])
            expected, counted = int(str(columns["expected"])), int(str(amount))
            columns |= {EXPECTED: (expected + 50) // 100 / 10, "surplus": counted * 1000 // max(expected, 100)}
        return columns

    def _ground(self, signal: Row, columns: Columns) -> Iterator[str]:
        if not RULES[str(signal["rule"])].holds(columns):
            yield "what the rule is about is not in the raw rows"

    def _counts(self, signal: Row, columns: Columns) -> Iterator[str]:
        for name, column in (
            ("lookup_count", "lookups"),
            ("moment_count", "moments"),
            ("day_count", "days"),
            ("shared_count", "shared"),
            ("data_categories", "categories"),
            ("first_lookup_at", "first_at"),
            ("last_lookup_at", "last_at"),
        ):
            if signal[name] != columns[column]:
                yield f"{name} is {signal[name]}, counted {columns[column]}"
        points = sum(float(str(factor["points"])) for factor in _rows(signal["factors"]))
        if abs(points - float(str(signal["score"]))) > 1e-6:
            yield f"the points add up to {points}, the score is {signal['score']}"

    def _factors(self, signal: Row, columns: Columns) -> Iterator[str]:
        """The values of the factors that are told; and those that ought to be, and are not."""
        rule = next(rule for rule in DETECTORS_RULES if rule.id == signal["rule"])
        values = {str(factor["factor"]): factor["value"] for factor in _rows(signal["factors"])}
        for factor in (factor.id for factor in rule.factors if factor.id not in NEVER_A_FACTOR):
            entry = told(rule.id, factor)
            assert entry is not None, f"tests/story/registry.py lacks factor {factor} of {rule.id}"
            wanted = str(columns.get(entry.value, entry.value)) if entry.holds(columns) else None
            if values.get(factor) != wanted:
                yield f"factor {factor} says {values.get(factor)}, counted {wanted}"

    def _sentences(self, signal: Row, columns: Columns) -> Iterator[str]:
        story = RULES[str(signal["rule"])]
        yield from _told({"nl": signal["summary_nl"], "en": signal["summary"]}, story.summary, story.says, columns)
        counterfactual = signal["counterfactual"]
        assert isinstance(counterfactual, Mapping)
        yield from _told(counterfactual, story.counterfactual, None, columns)
        for fact in [*_rows(signal["facts_for"]), *_rows(signal["facts_against"])]:
            yield from _told(fact, *self._of_fact(signal, str(fact["code"])), columns)

    def _of_fact(self, signal: Row, code: str) -> tuple[Numbers, str | None]:
        if code == "rule":
            story = RULES[str(signal["rule"])]
            return story.reason, story.says
        if code in CLEARED:
            return CLEARED[code], None
        entry = told(str(signal["rule"]), code)
        assert entry is not None, f"tests/story/registry.py lacks factor {code} of {signal['rule']}"
        return entry.numbers, entry.says

    def _comparison(self, signal: Row) -> Iterator[str]:
        days = [(row["day"], row["own"], row["expected"], row["peers"]) for row in _rows(signal["comparison"])]
        compared = self._compared.get(signal["family"])
        counted = [] if compared is None else compared.comparison(signal)
        if len(days) != len(counted):
            yield f"{len(days)} days are compared, counted {len(counted)}"
        for said, right in zip(days, counted, strict=False):
            if said[:2] != right[:2] or any(
                abs(float(str(one)) - two) > 0.0011 for one, two in zip(said[2:], right[2:], strict=True)
            ):
                yield f"compared with {said}, counted {right}"


def _told(sentences: Mapping[str, object], numbers: Numbers, says: str | None, columns: Columns) -> Iterator[str]:
    if "cleared_day" in numbers and columns["cleared_day"] is None:
        return  # other lookups explain these; when is not in the raw rows of this signal
    names = [name for number in numbers for name in (_days(columns) if number == PERIOD else (number,))]
    for place, language in enumerate(LANGUAGES):
        sentence = str(sentences[language])
        for difference in differences(sentence, names, [columns[name] for name in names]):
            yield f"{difference}: {sentence}"
        if says and RELATIONS[str(columns[says])][place] not in sentence:
            yield f"does not say {columns[says]}: {sentence}"


def _days(columns: Columns) -> Numbers:
    first, last = columns["first_day"], columns["last_day"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return ("first_day",) if first == last else ("first_day", "last_day")


def _rows(value: object) -> list[Row]:
    assert isinstance(value, list)
    return value
