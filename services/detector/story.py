"""Scored signals into the words of a signal: summary, facts for, against and unknown, in Dutch and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import FACT
from services.detector.explain import names
from services.detector.rules.base import Factor, Rule, Text, filled
from services.detector.scored import ScoredRule

NO_FACT = pl.lit(None, FACT)
IN_ENGLISH = "_iso"
"""Ending of the columns that hold a date as it is written in English texts."""
RELATIONS = {
    "partner": ("partner", "partner"),
    "child": ("kind", "child"),
    "parent": ("ouder", "parent"),
    "sibling": ("broer of zus", "sibling"),
    "other": ("verwant", "relative"),
    "ex_partner": ("ex-partner", "ex-partner"),
    "household": ("huisgenoot", "household member"),
    "team_mate": ("collega van hetzelfde team", "colleague of the same team"),
}
PERIODS = (
    ("op {first_day}", "van {first_day} tot en met {last_day}"),
    ("on {first_day}", "from {first_day} to {last_day}"),
)
CLEARED_BY = {"statement": ("geheimhoudingsverklaring", "statement of confidentiality")}
"""What ends a signal and is no explanation of a lookup."""
UNITS = {
    "lookups": ("lookups", ("logregel", "logregels"), ("log line", "log lines")),
    "moments": ("moments", ("moment", "momenten"), ("moment", "moments")),
    "days": ("days", ("dag", "dagen"), ("day", "days")),
    "files": ("subjects", ("dossier", "dossiers"), ("file", "files")),
    "persons": ("subjects", ("persoon", "personen"), ("person", "persons")),
    "records": ("records", ("record", "records"), ("record", "records")),
    "norm": ("norm", ("record", "records"), ("record", "records")),
    "norm_persons": ("norm", ("persoon", "personen"), ("person", "persons")),
    "employees": ("employees", ("medewerker", "medewerkers"), ("employee", "employees")),
    "peers": ("peers", ("medewerker", "medewerkers"), ("employee", "employees")),
    "workdays": ("history_days", ("werkdag", "werkdagen"), ("day at work", "days at work")),
    "reads": ("reads", ("keer", "keer"), ("time", "times")),
    "identities": ("identities", ("identiteit", "identiteiten"), ("identity", "identities")),
    "opened": ("workload", ("persoon", "personen"), ("person", "persons")),
    "span": ("span_minutes", ("minuut", "minuten"), ("minute", "minutes")),
    "usual": ("usual_pause", ("seconde", "seconden"), ("second", "seconds")),
    "shortest": ("shortest_pause", ("seconde", "seconden"), ("second", "seconds")),
}
"""What is counted: its column, and its noun in the singular and the plural."""


CLEARED = Text(
    "Op {cleared_day} is alsnog vastgelegd wat de raadpleging verklaart: {explanation_nl}.",
    "On {cleared_day} what explains the lookup was recorded after all: {explanation_en}.",
)
"""The exculpatory fact of a withdrawn signal."""
MOVED = Text(
    "Op {cleared_day} is vastgelegd waardoor deze raadplegingen onder een andere regel vallen; zie dat signaal.",
    "What was recorded on {cleared_day} puts these lookups under another rule; they are in its signal now.",
)
"""Why a signal is withdrawn whose lookups count elsewhere."""
TOO_FEW = Text(
    "Met wat nu bekend is, blijft er minder over dan waarop deze regel aanslaat.",
    "With what is known now, less is left than this rule takes for a signal.",
)
"""Why a signal is withdrawn of which no lookup was explained or moved."""


def tell(scored: Sequence[ScoredRule], calendar: AgencyCalendar) -> pl.DataFrame:
    """The signals of all rules, of which there are some, with summary (English), summary_nl, facts_for, facts_against,
    facts_unknown and counterfactual.
    """
    signals = pl.concat(part.signals for part in scored)
    worded = signals.with_columns(_dates(calendar)).with_columns(_words())
    ends = accumulate(part.signals.height for part in scored)
    return pl.concat(
        worded.slice(end - part.signals.height, part.signals.height).with_columns(_story(part))
        for part, end in zip(scored, ends, strict=True)
    )


def _story(part: ScoredRule) -> tuple[pl.Expr, ...]:
    """The texts of one rule's signals: of all its factors only those that apply to any."""
    made = _texts(part.rule)
    against = [made.against[place] for place in part.applied]
    return (
        *made.always,
        pl.concat_list([NO_FACT, *(made.for_[place] for place in part.applied)]).list.drop_nulls().alias("facts_for"),
        pl.concat_list([*against, made.cleared]).list.drop_nulls().alias("facts_against"),
    )


@dataclass(frozen=True)
class _Texts:
    """One rule's texts as expressions: what each factor says for and against, by its place, and the rest."""

    always: tuple[pl.Expr, ...]
    for_: tuple[pl.Expr, ...]
    against: tuple[pl.Expr, ...]
    cleared: pl.Expr


@cache
def _texts(rule: Rule) -> _Texts:
    """Built once."""
    explained = pl.col("explanation").is_not_null()
    cleared = (
        pl.when(pl.col("withdrawn") & explained).then(_fact("explained-later", CLEARED))
        .when(pl.col("withdrawn") & pl.col("cleared_at").is_not_null()).then(_fact("moved", MOVED))
        .when("withdrawn").then(_fact("too-few", TOO_FEW))
    )  # fmt: skip
    unknown = [_fact(f"unknown-{place + 1}", text) for place, text in enumerate(rule.unknown)]
    always = (
        _english(rule.summary.en).alias("summary"),
        filled(rule.summary.nl).alias("summary_nl"),
        pl.concat_list(unknown).alias("facts_unknown"),
        _fact("counterfactual", rule.counterfactual).alias("counterfactual"),
    )
    return _Texts(always, _facts(rule.factors, sign=1), _facts(rule.factors, sign=-1), cleared)


def _facts(factors: tuple[Factor, ...], sign: int) -> tuple[pl.Expr, ...]:
    return tuple(
        pl.when(factor.when.fill_null(value=False) & (factor.points * sign > 0)).then(_fact(factor.id, factor.text))
        for factor in factors
    )


def _fact(code: str, text: Text) -> pl.Expr:
    return pl.struct(pl.lit(code).alias("code"), filled(text.nl).alias("nl"), _english(text.en).alias("en")).cast(FACT)


def _english(template: str) -> pl.Expr:
    """The template with dates as an English reader cannot mistake them: 2025-04-03."""
    return filled(re.sub(r"\{(\w+_day)\}", rf"{{\1{IN_ENGLISH}}}", template))


def _dates(calendar: AgencyCalendar) -> list[pl.Expr]:
    days = {
        "cleared_day": calendar.local_day(pl.col("cleared_at")),
        "registered_day": calendar.local_day(pl.col("registered_at")),
        "first_day": pl.col("first_local"),
        "last_day": pl.col("last_local"),
        "since_day": pl.col("since"),
        "until_day": pl.col("until"),
    }
    formats = {"": "%d-%m-%Y", IN_ENGLISH: "%Y-%m-%d"}
    return [
        day.dt.strftime(form).alias(name + suffix) for name, day in days.items() for suffix, form in formats.items()
    ]


@cache
def _words() -> tuple[pl.Expr, ...]:
    words = []
    one_day = pl.col("first_local") == pl.col("last_local")
    for place, language in enumerate(("nl", "en")):
        on, between = PERIODS[place]
        fill = _english if language == "en" else filled
        words.append(pl.when(one_day).then(fill(on)).otherwise(fill(between)).alias(f"period_{language}"))
        related = {kind: translated[place] for kind, translated in RELATIONS.items()}
        words.append(_translated("relation", related, language))
        explained = {name: translated[place] for name, translated in (names() | CLEARED_BY).items()}
        words.append(_translated("explanation", explained, language))
        for name, (column, *nouns) in UNITS.items():
            one, many = nouns[place]
            noun = pl.when(pl.col(column) == 1).then(pl.lit(one)).otherwise(pl.lit(many))
            words.append(pl.format("{} {}", pl.col(column), noun).alias(f"{name}_{language}"))
        words.append(_in_tenths(pl.col("expected"), ",."[place]).alias(f"expected_{language}"))
    return tuple(words)


def _in_tenths(thousandths: pl.Expr, sign: str) -> pl.Expr:
    """A number of thousandths, rounded to tenths, as a language writes it."""
    tenths = (thousandths + 50) // 100
    return pl.format("{}" + sign + "{}", tenths // 10, tenths % 10)


def _translated(column: str, words: dict[str, str], language: str) -> pl.Expr:
    translated = pl.col(column).replace_strict(words, default=None, return_dtype=pl.String)
    return translated.alias(f"{column}_{language}")
