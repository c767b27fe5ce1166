"""The columns, types and code values of every record that crosses a border (contracts v1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Schema = Mapping[str, DataType | DataTypeClass]

INSTANT = pl.Datetime("us", "UTC")

ACTIONS = ("search", "view", "edit", "print", "export")
SEARCHED_BY = ("bsn", "name", "address", "case", "worklist", "other")
DATA_CATEGORIES = ("identity", "address", "employment", "income", "benefit", "medical", "personnel", "cv")
LOCATIONS = ("office", "remote")
ASSIGNEE_KINDS = ("employee", "team")
LINK_KINDS = ("assignment", "task", "contact", "review")
RELATION_KINDS = ("partner", "ex_partner", "child", "parent", "sibling", "household", "other")
RELATION_SOURCES = ("declared", "eigen-personeel", "brp")
PARTY_KINDS = ("partner", "child", "parent", "employer", "curator", "representative", "other")
ABSENCE_KINDS = ("leave", "sick")
STATES = ("explained", "pending", "unexplained", "conflict")
SEVERITIES = ("low", "medium", "high", "critical")
SIGNAL_STATUSES = ("open", "withdrawn")
CLASSES = ("P", "B", "C")

EVIDENCE_LIMIT = 1_000
"""Most lookups that a volume signal carries as evidence (the most telling first)."""

COMPARISON_LIMIT = 367
"""Most days that a volume signal is compared with: the longest window of history, and the day itself at its end."""

NAME_LIMIT = 200
"""Most characters of an id or a name, of a source as in a signal: what is read can be delivered."""
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f"
"""Control characters, for a class of a pattern: databases refuse some, and terminals obey others."""
PRINTABLE = f"^[^{CONTROL}]*$"
UNLIMITED = frozenset({"bsn", "subject_pseudonym", "reason"})
"""Texts with a form of their own; and what an employee typed, which is only hashed: nobody may escape by a long one."""


@dataclass(frozen=True, eq=False)
class Record:
    """One kind of record: its columns in order, which may be null, and which hold codes from a fixed list.

    There is one object of each kind, so that what is worked out for a kind can be kept.
    """

    name: str
    schema: Schema
    nullable: frozenset[str]
    codes: Mapping[str, tuple[str, ...]]
    absent_means_null: frozenset[str] = frozenset()
    """Columns that a source may leave out altogether."""

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that are never null."""
        return tuple(name for name in self.schema if name not in self.nullable)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of ids and names that a source chooses: at most NAME_LIMIT printable characters each."""
        texts = (name for name, dtype in self.schema.items() if dtype == pl.String())
        return tuple(name for name in texts if name not in self.codes and name not in UNLIMITED)


LOOKUP = Record(
    "lookup",
    {
        "lookup_id": pl.String(),
        "occurred_at": INSTANT,
        "employee_id": pl.String(),
        "system": pl.String(),
        "action": pl.String(),
        "searched_by": pl.String(),
        "bsn": pl.String(),
        "case_id": pl.String(),
        "reason": pl.String(),
        "data_categories": pl.List(pl.String()),
        "record_count": pl.Int32(),
        "workstation": pl.String(),
        "location": pl.String(),
        "street": pl.String(),
        "subject_pseudonym": pl.String(),
    },
    frozenset(
        {
            "searched_by",
            "bsn",
            "case_id",
            "reason",
            "data_categories",
            "workstation",
            "location",
            "street",
            "subject_pseudonym",
        }
    ),
    {"action": ACTIONS, "searched_by": SEARCHED_BY, "location": LOCATIONS, "data_categories": DATA_CATEGORIES},
)
"""`subject_pseudonym` is whose file it was, by pseudonym: only of the system doelbinding, which knows no BSN; there
`employee_id` is a pseudonym as well."""

CASE_LINK = Record(
    "case-link",
    {
        "link_id": pl.String(),
        "case_id": pl.String(),
        "bsn": pl.String(),
        "assignee_kind": pl.String(),
        "assignee_id": pl.String(),
        "kind": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
        "registered_by": pl.String(),
    },
    frozenset({"valid_to"}),
    {"assignee_kind": ASSIGNEE_KINDS, "kind": LINK_KINDS},
)

EMPLOYEE = Record(
    "employee",
    {
        "employee_id": pl.String(),
        "bsn": pl.String(),
        "team_id": pl.String(),
        "role": pl.String(),
        "department": pl.String(),
        "eigen_personeel": pl.Boolean(),
        "hours_per_week": pl.Float64(),
        "street": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset({"bsn", "hours_per_week", "street", "valid_to", "registered_at"}),
    {},
    frozenset({"hours_per_week", "street", "valid_to", "registered_at"}),
)

RELATION = Record(
    "relation",
    {
        "employee_id": pl.String(),
        "bsn": pl.String(),
        "kind": pl.String(),
        "source": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset({"valid_to", "registered_at"}),
    {"kind": RELATION_KINDS, "source": RELATION_SOURCES},
    frozenset({"valid_to", "registered_at"}),
)

CASE_PARTY = Record(
    "case-party",
    {
        "case_id": pl.String(),
        "bsn": pl.String(),
        "kind": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset({"valid_to", "registered_at"}),
    {"kind": PARTY_KINDS},
    frozenset({"valid_to", "registered_at"}),
)

SELF_REPORT = Record(
    "self-report",
    {
        "report_id": pl.String(),
        "employee_id": pl.String(),
        "bsn": pl.String(),
        "occurred_at": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset(),
    {},
)

STATEMENT = Record(
    "statement",
    {
        "employee_id": pl.String(),
        "system": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset({"valid_to", "registered_at"}),
    {},
    frozenset({"valid_to", "registered_at"}),
)

ABSENCE = Record(
    "absence",
    {
        "employee_id": pl.String(),
        "kind": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "registered_at": INSTANT,
    },
    frozenset({"valid_to", "registered_at"}),
    {"kind": ABSENCE_KINDS},
    frozenset({"valid_to", "registered_at"}),
)

FACTOR = pl.Struct({"factor": pl.String(), "value": pl.String(), "points": pl.Float64()})
COMPARISON = pl.Struct({"day": pl.Date(), "own": pl.Int64(), "expected": pl.Float64(), "peers": pl.Float64()})
"""A day at work: the count, what the own history or the norm of the role led to expect, and the mean of the peers."""
FACT = pl.Struct({"code": pl.String(), "nl": pl.String(), "en": pl.String()})
EVIDENCE = pl.Struct(
    {
        "lookup_id": pl.String(),
        "occurred_at": INSTANT,
        "system": pl.String(),
        "action": pl.String(),
        "searched_by": pl.String(),
        "data_categories": pl.List(pl.String()),
        "record_count": pl.Int32(),
        "state": pl.String(),
        "explanation": pl.String(),
        "employee_id": pl.String(),
        "subject": pl.String(),
    }
)
"""A lookup that a signal rests on; it names people, by pseudonym, where the signal itself names none: who looked where
many did, and whose file it was where there were many."""

SIGNAL = Record(
    "signal",
    {
        "signal_id": pl.String(),
        "family": pl.String(),
        "rule": pl.String(),
        "rule_version": pl.Int64(),
        "rule_class": pl.String(),
        "employee_id": pl.String(),
        "subject": pl.String(),
        "window_start": INSTANT,
        "window_end": INSTANT,
        "first_lookup_at": INSTANT,
        "last_lookup_at": INSTANT,
        "raised_at": INSTANT,
        "as_of": INSTANT,
        "lookup_count": pl.Int64(),
        "moment_count": pl.Int64(),
        "day_count": pl.Int64(),
        "counting_rule": pl.String(),
        "data_categories": pl.List(pl.String()),
        "shared_count": pl.Int64(),
        "lookup_ids": pl.List(pl.String()),
        "score": pl.Float64(),
        "severity": pl.String(),
        "status": pl.String(),
        "withdrawn_reason": pl.String(),
        "pushed": pl.Boolean(),
        "factors": pl.List(FACTOR),
        "summary": pl.String(),
        "summary_nl": pl.String(),
        "facts_for": pl.List(FACT),
        "facts_against": pl.List(FACT),
        "facts_unknown": pl.List(FACT),
        "counterfactual": FACT,
        "comparison": pl.List(COMPARISON),
        "parent_id": pl.String(),
        "settings_hash": pl.String(),
        "content_hash": pl.String(),
    },
    frozenset({"employee_id", "subject", "withdrawn_reason", "parent_id"}),
    {
        "status": SIGNAL_STATUSES,
        "severity": SEVERITIES,
        "rule_class": CLASSES,
        "data_categories": DATA_CATEGORIES,
    },
)

EXPLAINED = Record(
    "explained",
    {
        "lookup_id": pl.String(),
        "state": pl.String(),
        "explained": pl.Boolean(),
        "explanation": pl.String(),
        "strength": pl.Float64(),
    },
    frozenset({"explanation"}),
    {"state": STATES},
)

DEAD_LETTER = Record(
    "dead-letter",
    {
        "record": pl.String(),
        "position": pl.String(),
        "reasons": pl.List(pl.String()),
        "codes": pl.List(pl.String()),
        "sealed": pl.Binary(),
    },
    frozenset(),
    {},
)
