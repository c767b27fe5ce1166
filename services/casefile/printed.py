"""A dossier into lines of text: the story of a signal as an investigator reads it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from services.casefile.outline import categories, moment, outline
from services.casefile.run_output import Dossier, Row
from services.casefile.words import Speech

WIDTH = 110
CHILDREN_SHOWN = 20
DAY_FORMATS = {"nl": "%d-%m-%Y", "en": "%Y-%m-%d"}
NOTHING = "-"


def story_lines(dossier: Dossier, speech: Speech, zone: ZoneInfo) -> Iterator[str]:
    """The whole story, line by line."""
    signal = dossier.signal
    headline = textwrap.wrap(str(signal["summary_nl" if speech.code == "nl" else "summary"]), WIDTH)
    yield from (*headline, "=" * max(map(len, headline)), "")
    yield from _labelled(list(outline(signal, speech, zone)))
    for kind in ("facts_for", "facts_against", "facts_unknown"):
        sentences = [str(fact[speech.code]) for fact in _rows(signal[kind])]
        yield from _section(speech.say(kind.replace("_", "-")), _bullets(sentences or [speech.say("none-known")]))
    unless = next(iter(_rows([signal["counterfactual"]])))
    yield from _section(speech.say("counterfactual"), _bullets([str(unless[speech.code])]))
    yield from _section(speech.say("factors"), _factors(signal, speech))
    yield from _section(speech.say("known"), _bullets(_known(signal, speech, zone)))
    if family := list(_family(dossier, speech)):
        yield from _section(speech.say("family"), _bullets(family))
    if days := _rows(signal["comparison"]):
        yield from _section(speech.say("days-beside"), _compared(days, speech))
    yield from _section(speech.say("evidence"), _evidence(dossier, speech, zone))
    yield from ("", speech.say("more-of-rule", rule=signal["rule"]))


def _rows(value: object) -> list[Row]:
    return value if isinstance(value, list) else []


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", heading, "-" * len(heading), *lines)


def _labelled(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    margin = max(len(label) for label, _ in pairs) + 2
    for label, said in pairs:
        yield from textwrap.wrap(said, WIDTH, initial_indent=label.ljust(margin), subsequent_indent=" " * margin)


def _bullets(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from textwrap.wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _factors(signal: Row, speech: Speech) -> Iterator[str]:
    rows = [
        (speech.code_value(factor["factor"]), speech.code_value(factor["value"]), speech.decimal(factor["points"]))
        for factor in _rows(signal["factors"])
    ]
    total = (speech.say("total"), "", speech.decimal(signal["score"]))
    return _table([speech.say(name) for name in ("factor", "value", "points")], [*rows, total])


def _known(signal: Row, speech: Speech, zone: ZoneInfo) -> Iterator[str]:
    yield speech.say("known-as-of", at=moment(signal["as_of"], speech, zone))
    yield speech.say("known-rule", version=signal["rule_version"])
    yield speech.say("known-settings", digest=signal["settings_hash"])
    yield speech.say("known-content", digest=signal["content_hash"])


def _family(dossier: Dossier, speech: Speech) -> Iterator[str]:
    summary = "summary_nl" if speech.code == "nl" else "summary"
    if dossier.parent is not None:
        yield speech.say("parent", id=dossier.parent["signal_id"], summary=dossier.parent[summary])
    elif dossier.signal["parent_id"] is not None:
        yield speech.say("parent-away", id=dossier.signal["parent_id"])
    for child in dossier.children[:CHILDREN_SHOWN]:
        yield speech.say("child", id=child["signal_id"], summary=child[summary])
    if (more := len(dossier.children) - CHILDREN_SHOWN) > 0:
        yield speech.say("children-more", count=more)


def _compared(days: Sequence[Row], speech: Speech) -> Iterator[str]:
    head = [speech.say(name) for name in ("day", "own", "expected", "peers")]
    rows = [
        (_day(row["day"], speech), str(row["own"]), speech.decimal(row["expected"]), speech.decimal(row["peers"]))
        for row in days
    ]
    return _table(head, rows)


def _day(value: object, speech: Speech) -> str:
    return value.strftime(DAY_FORMATS[speech.code]) if isinstance(value, date) else str(value)


def _evidence(dossier: Dossier, speech: Speech, zone: ZoneInfo) -> Iterator[str]:
    shown, every = len(dossier.evidence), dossier.signal["lookup_count"]
    if shown != every:
        yield speech.say("evidence-part", shown=shown, all=every)
    names = ("time", "system", "action", "searched-by", "categories", "records", "state", "lookup-id")
    head = [speech.say(name, zone=zone.key) for name in names]
    yield from _table(head, [_lookup(row, speech, zone) for row in dossier.evidence])


def _lookup(row: Row, speech: Speech, zone: ZoneInfo) -> tuple[str, ...]:
    state = speech.code_value(row["state"])
    why = f" ({speech.code_value(row['explanation'])})" if row["explanation"] else ""
    return (
        moment(row["occurred_at"], speech, zone),
        str(row["system"]),
        speech.code_value(row["action"]),
        speech.code_value(row["searched_by"] or NOTHING),
        categories(row["data_categories"], speech),
        NOTHING if row["record_count"] is None else str(row["record_count"]),
        state + why,
        str(row["lookup_id"]),
    )
