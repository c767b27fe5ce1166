"""A well-formed case into what makes no sense in it: unknown people, expectations that exclude each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.detector.casebook.cases import ExplanationCase, RuleCase, Story
from services.detector.casebook.parts import Period
from services.detector.casebook.population import MISTYPED

BASE_EMPLOYEES = {"anna": Period(), "bram": Period(), "carla": Period(team="T2")}
"""Who works at the agency of every case: anna, who looks; bram in her team; carla in another."""
CITIZENS = ("citizen", "other", MISTYPED)
TEAM = re.compile(r"T[0-9]+")
INTRODUCE = "introduce an employee under `employees`, `daan: unregistered` is one whom the register does not know"


def employees_of(case: Story) -> dict[str, tuple[Period, ...]]:
    """Everybody of the case with their periods; empty for an employee whom the register does not know."""
    return {name: (period,) for name, period in BASE_EMPLOYEES.items()} | case.employees


def case_faults(case: RuleCase | ExplanationCase, about: str, rules: tuple[str, ...]) -> Iterator[str]:
    """Everything in a well-formed case that makes no sense."""
    yield from _unknown_people(case)
    if case.as_known_at is not None and case.as_known_at <= min(at for look in case.looks for at in look.at):
        yield "as_known_at: must lie after the first look"
    if isinstance(case, ExplanationCase):
        yield from _contradictions(case.kind, fires=case.expect.explanation == about)
        return
    yield from _contradictions(case.kind, fires=case.expect.fires)
    if not case.expect.fires and (idle := case.expect.model_fields_set - {"fires", "instead"}):
        yield f"expect: a rule that does not fire has no signal to check: {', '.join(sorted(idle))}"
    if case.expect.fires and case.expect.instead:
        yield "expect: `instead` only says something where the rule does not fire"
    if case.expect.instead not in (None, "nothing", *rules):
        yield f"expect.instead: '{case.expect.instead}' is not known; known are: nothing, {', '.join(rules)}"


def _contradictions(kind: str, *, fires: bool) -> Iterator[str]:
    if (kind, fires) in (("firing", False), ("non-firing", True)):
        yield f"a case of kind {kind} cannot expect the contrary"


def _unknown_people(case: Story) -> Iterator[str]:
    employees = tuple(employees_of(case))
    files = (*employees, *CITIZENS)
    teams_too = (*employees, *(name for name in (link.to for link in case.links) if TEAM.fullmatch(name)))
    systems_too = (*employees, *(name for name in (link.by for link in case.links) if name.startswith("system:")))
    named = [
        *((f"looks.{place}.by", look.by, employees) for place, look in enumerate(case.looks, 1)),
        *((f"looks.{place}.file", look.file, files) for place, look in enumerate(case.looks, 1) if look.file),
        *((f"links.{place}.to", link.to, teams_too) for place, link in enumerate(case.links, 1)),
        *((f"links.{place}.by", link.by, systems_too) for place, link in enumerate(case.links, 1)),
        *((f"links.{place}.file", link.file, files) for place, link in enumerate(case.links, 1)),
        *((f"relations.{place}.of", relation.of, employees) for place, relation in enumerate(case.relations, 1)),
        *((f"relations.{place}.to", relation.to, files) for place, relation in enumerate(case.relations, 1)),
        *_named_further(case, employees, files),
    ]
    for place, name, known in named:
        if name not in known:
            yield f"{place}: '{name}' is nobody here; known are {', '.join(known)}; {INTRODUCE}"


def _named_further(
    case: Story, employees: tuple[str, ...], files: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Who is named in the optional registers, where, and who may be."""
    for place, party in enumerate(case.parties, 1):
        yield f"parties.{place}.file", party.file, files
    for place, report in enumerate(case.reports, 1):
        yield f"reports.{place}.by", report.by, employees
        yield f"reports.{place}.file", report.file, files
    for place, statement in enumerate(case.statements or (), 1):
        yield f"statements.{place}.by", statement.by, employees
    for place, absence in enumerate(case.absences, 1):
        yield f"absences.{place}.of", absence.of, employees
