"""Why a lookup was fine: the registry of explanations."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.explain import (
    aborted,
    aftercare,
    assigned_reader,
    consultation,
    contact,
    delegation,
    late_system_link,
    linked_person,
    mandate,
    mistyped,
    namesake,
    no_case_expected,
    no_person,
    own_case,
    own_personnel_file,
    reader_search,
    review,
    self_report,
    supervision,
    task,
    team_case,
)
from services.detector.explain.base import Explanation, Margins


def linked_explanations(margins: Margins) -> tuple[Explanation, ...]:
    """Explanations that rest on a case link; at equal strength the first wins."""
    ordinary = [module.build(margins) for module in (own_case, task, review, team_case, aftercare)]
    in_time = [replace(each, applies=each.applies & ~pl.col("arrived_later")) for each in ordinary]
    return (*in_time, contact.build(margins), late_system_link.build(ordinary), linked_person.build(margins))


def names() -> dict[str, tuple[str, str]]:
    """Each explanation in Dutch and English."""
    any_margins = Margins(0, 0, 0, ())
    return {explanation.id: (explanation.nl, explanation.en) for explanation in every_explanation(any_margins)}


def every_explanation(margins: Margins) -> tuple[Explanation, ...]:
    """All explanations: by links, without links, by the settings, by own report, by what happened around; of reads."""
    return (
        *linked_explanations(margins),
        *plain_explanations(margins),
        *licences(margins),
        self_report.build(margins),
        *surrounding_explanations(margins),
        *reading_explanations(margins),
    )


def licences(margins: Margins) -> tuple[Explanation, ...]:
    """Explanations by the agency's settings; they hold for ordinary files only, the first before the next."""
    return (mandate.build(margins), no_case_expected.build(margins))


def plain_explanations(margins: Margins) -> tuple[Explanation, ...]:
    """Explanations that need no case link."""
    return (own_personnel_file.build(margins), no_person.build(margins), aborted.build(margins))


def surrounding_explanations(margins: Margins) -> tuple[Explanation, ...]:
    """Explanations that rest on other lookups, or on a colleague's case; at equal strength the first wins."""
    return tuple(module.build(margins) for module in (mistyped, supervision, consultation, delegation, namesake))


def reading_explanations(margins: Margins) -> tuple[Explanation, ...]:
    """Explanations of reads of signals, of which no other explanation holds; the first that applies counts."""
    return (assigned_reader.build(margins), reader_search.build(margins))
