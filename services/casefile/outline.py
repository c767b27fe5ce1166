"""A signal's columns into the lines at the top of its story: what, who, when, how much, compared with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from services.casefile.run_output import Row
from services.casefile.words import RELATED, UNRELATED, Speech

TIME_FORMATS = {"nl": "%d-%m-%Y %H:%M", "en": "%Y-%m-%d %H:%M"}


def outline(signal: Row, speech: Speech, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Pairs of a label and what it says, in order."""
    yield speech.say("signal"), str(signal["signal_id"])
    told = {"title": speech.title(signal["rule"]), "rule": signal["rule"], "version": signal["rule_version"]}
    yield speech.say("rule"), speech.say("rule-told", **told)
    yield speech.say("class"), speech.code_value(signal["rule_class"])
    score = {"score": speech.decimal(signal["score"]), "severity": speech.code_value(signal["severity"])}
    yield speech.say("score"), speech.say("score-told", **score)
    yield speech.say("status"), _status(signal, speech)
    yield speech.say("pushed"), speech.say("yes" if signal["pushed"] else "no")
    for label, column in (("employee", "employee_id"), ("subject", "subject")):
        yield speech.say(label), str(signal[column] or speech.say("several"))
    span = {name: moment(signal[f"{name}_lookup_at"], speech, zone) for name in ("first", "last")}
    yield speech.say("when"), speech.say("when-told", **span)
    yield speech.say("raised"), moment(signal["raised_at"], speech, zone)
    yield from _weighed(signal, speech)


def moment(value: object, speech: Speech, zone: ZoneInfo) -> str:
    """A time on the agency's clock."""
    return value.astimezone(zone).strftime(TIME_FORMATS[speech.code]) if isinstance(value, datetime) else str(value)


def categories(codes: object, speech: Speech) -> str:
    """Data categories in words."""
    return ", ".join(map(speech.code_value, codes)) if isinstance(codes, list) and codes else speech.say("not-logged")


def _weighed(signal: Row, speech: Speech) -> Iterator[tuple[str, str]]:
    """What the code of conduct weighs: how often, which data, shared or not, which relation, and whether it repeats."""
    counts = {unit: speech.count(unit, signal[f"{unit[:-1]}_count"]) for unit in ("lookups", "moments", "days")}
    yield speech.say("counts"), speech.say("counts-told", rule=signal["counting_rule"], **counts)
    yield speech.say("data"), categories(signal["data_categories"], speech)
    shared = {"shared": signal["shared_count"], "lookups": counts["lookups"]}
    yield speech.say("sharing"), speech.say("sharing-told", **shared)
    yield speech.say("relation"), _relation(signal, speech)
    yield speech.say("repeat"), speech.say("repeat-told")
    yield speech.say("compared"), speech.compared(signal["family"])


def _status(signal: Row, speech: Speech) -> str:
    status = speech.code_value(signal["status"])
    reason = signal["withdrawn_reason"]
    return status if reason is None else f"{status}: {speech.code_value(reason)}"


def _relation(signal: Row, speech: Speech) -> str:
    facts = signal["facts_for"]
    if signal["family"] in RELATED and isinstance(facts, list):
        return next((str(fact[speech.code]) for fact in facts if fact["code"] == "rule"), speech.say("none-known"))
    if signal["employee_id"] is None:
        return speech.say("no-one-employee")
    return speech.say("no-relation" if signal["family"] in UNRELATED else "no-one-person")
