"""The steps that a path may take, and each in words: what is joined to what, in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Node(StrEnum):
    """What a path runs through."""

    EMPLOYEE = "employee"
    TEAM = "team"
    DEPARTMENT = "department"
    ROLE = "role"
    WORKSTATION = "workstation"
    PERSON = "person"
    CASE = "case"
    STREET = "street"


class Words(NamedTuple):
    """A phrase in both languages; `{}` is what the step leads to."""

    nl: str
    en: str


class Kind(NamedTuple):
    """A kind of step between two nodes, which can be walked in both directions."""

    id: str
    source: Node
    target: Node
    forth: Words
    back: Words
    personal: bool = False
    """A private tie: never a reason for the viewer who has it."""


@dataclass(frozen=True)
class Step:
    """A kind of step in the direction in which the path reads, from the viewer to the person."""

    kind: Kind
    forth: bool

    @property
    def source(self) -> Node:
        """Where the step begins."""
        return self.kind.source if self.forth else self.kind.target

    @property
    def target(self) -> Node:
        """Where the step leads to."""
        return self.kind.target if self.forth else self.kind.source

    @property
    def id(self) -> str:
        """The kind and where it leads to."""
        return f"{self.kind.id}>{self.target}"

    @property
    def words(self) -> Words:
        """The step in words."""
        return self.kind.forth if self.forth else self.kind.back


KINDS = (
    Kind(
        "in-team", Node.EMPLOYEE, Node.TEAM,
        Words("lid van {}", "member of {}"),
        Words("met als lid {}", "with as a member {}"),
    ),
    Kind(
        "in-department", Node.EMPLOYEE, Node.DEPARTMENT,
        Words("werkend bij {}", "working in {}"),
        Words("waar ook werkt {}", "where also works {}"),
    ),
    Kind(
        "in-role", Node.EMPLOYEE, Node.ROLE,
        Words("met {}", "with {}"),
        Words("die ook heeft {}", "shared by {}"),
    ),
    Kind(
        "team-in-department", Node.TEAM, Node.DEPARTMENT,
        Words("onderdeel van {}", "part of {}"),
        Words("met daarin {}", "with in it {}"),
    ),
    Kind(
        "linked", Node.EMPLOYEE, Node.PERSON,
        Words("met een zaak van {}", "with a case of {}"),
        Words("met als behandelaar {}", "dealt with by {}"),
    ),
    Kind(
        "team-linked", Node.TEAM, Node.PERSON,
        Words("met een zaak van {}", "with a case of {}"),
        Words("met als behandelaar {}", "dealt with by {}"),
    ),
    Kind(
        "party", Node.CASE, Node.PERSON,
        Words("over {}", "about {}"),
        Words("die voorkomt in {}", "who occurs in {}"),
    ),
    Kind(
        "on-case", Node.EMPLOYEE, Node.CASE,
        Words("werkend aan {}", "working on {}"),
        Words("in handen van {}", "in the hands of {}"),
    ),
    Kind(
        "team-on-case", Node.TEAM, Node.CASE,
        Words("werkend aan {}", "working on {}"),
        Words("in handen van {}", "in the hands of {}"),
    ),
    Kind(
        "registered", Node.EMPLOYEE, Node.PERSON,
        Words("die een zaak registreerde van {}", "who registered a case of {}"),
        Words("met een zaak die is geregistreerd door {}", "with a case registered by {}"),
    ),
    Kind(
        "looked", Node.EMPLOYEE, Node.PERSON,
        Words("met een verklaarde blik op {}", "with an explained look at {}"),
        Words("verklaard bekeken door {}", "looked at with an explanation by {}"),
    ),
    Kind(
        "looked-from", Node.WORKSTATION, Node.PERSON,
        Words("waarop verklaard is gekeken naar {}", "from which an explained look was taken at {}"),
        Words("verklaard bekeken vanaf {}", "looked at with an explanation from {}"),
    ),
    Kind(
        "at-workstation", Node.EMPLOYEE, Node.WORKSTATION,
        Words("werkend op {}", "working at {}"),
        Words("ook gebruikt door {}", "also used by {}"),
    ),
    Kind(
        "related", Node.EMPLOYEE, Node.PERSON,
        Words("verwant aan {}", "related to {}"),
        Words("verwant aan {}", "related to {}"), personal=True,
    ),
    Kind(
        "lives-in", Node.PERSON, Node.STREET,
        Words("wonend in {}", "living in {}"),
        Words("waar ook woont {}", "where also lives {}"),
    ),
    Kind(
        "own-address", Node.EMPLOYEE, Node.STREET,
        Words("wonend in {}", "living in {}"),
        Words("waar ook woont {}", "where also lives {}"), personal=True,
    ),
)  # fmt: skip
"""Every kind of step. Looks that nothing explains are none: one of them cannot explain another."""

STEPS = tuple(Step(kind, forth) for kind in KINDS for forth in (True, False))

NAMES = {
    Node.EMPLOYEE: Words("een collega", "a colleague"),
    Node.TEAM: Words("een team", "a team"),
    Node.DEPARTMENT: Words("een afdeling", "a department"),
    Node.ROLE: Words("een rol", "a role"),
    Node.WORKSTATION: Words("een werkstation", "a workstation"),
    Node.PERSON: Words("een andere persoon", "another person"),
    Node.CASE: Words("een zaak", "a case"),
    Node.STREET: Words("een straat", "a street"),
}
STARTS = {
    Node.EMPLOYEE: Words("de raadpleger", "the viewer"),
    Node.CASE: Words("de zaak op het scherm", "the case on the screen"),
}
THE_PERSON = Words("deze persoon", "this person")


def in_words(steps: tuple[Step, ...], starts: Mapping[Node, Words] = STARTS) -> Words:
    """A path from its start to the person looked at, as one phrase in both languages."""
    start = starts[steps[0].source]
    names = [*(NAMES[step.target] for step in steps[:-1]), THE_PERSON]
    return Words(
        ", ".join([start.nl, *(step.words.nl.format(name.nl) for step, name in zip(steps, names, strict=True))]),
        ", ".join([start.en, *(step.words.en.format(name.en) for step, name in zip(steps, names, strict=True))]),
    )
