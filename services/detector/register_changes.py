"""Registers as they were and as they are into whose rows differ."""

from __future__ import annotations

import polars as pl

from services.detector.register_index import Index
from services.detector.registers import Registers

Keys = tuple[pl.Series, pl.Series]
"""Employees and subjects."""


def nobody() -> Keys:
    """No employees and no subjects."""
    return pl.Series("employee", [], dtype=pl.Int64), pl.Series("subject", [], dtype=pl.Int64)


def everybody(registers: Registers) -> Keys:
    """All employees and subjects that have rows."""
    parts = (
        [registers.links.known()] if registers.derived is None else [registers.links.known(), registers.derived.known()]
    )
    return _keys(pl.concat(parts), registers.employees.frame, registers.relations.frame)


def differing(before: Registers, after: Registers, subjects: pl.Series | None = None) -> Keys:
    """Employees and subjects of rows that came, went or changed; `subjects` are those of case links, where known.

    Where an optional register came or went altogether, everybody's.
    """
    optional = [(before.statements, after.statements), (before.absences, after.absences)]
    if any((old is None) != (new is None) for old, new in optional):
        return everybody(after)
    if subjects is None:
        subjects = _difference(before.links.frame, after.links.frame)["subject"]
    employees = _difference(before.employees.frame, after.employees.frame)
    relations = _difference(before.relations.frame, after.relations.frame)
    whom = pl.concat([subjects, _persons(before.derived, after.derived)])
    who, whom = _keys(whom, employees, relations)
    signed, away = (_employees_of(old, new) for old, new in optional)
    if not away.is_empty():
        whom = pl.concat([whom, after.links.where("assignee", away)["subject"]])
    return pl.concat([who, signed, away]).unique(), whom.unique()


def _persons(before: Index | None, after: Index | None) -> pl.Series:
    """Persons whose derived links came, went or changed."""
    if before is None or after is None:
        parts = [each.known() for each in (before, after) if each is not None]
        return pl.concat([nobody()[1], *parts])
    return _difference(before.frame, after.frame)["subject"]


def _employees_of(before: Index | None, after: Index | None) -> pl.Series:
    """Employees whose rows in an optional register came, went or changed."""
    if before is None or after is None:
        return nobody()[0]
    return _difference(before.frame, after.frame)["employee"]


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    if before is after:
        return after.clear()
    columns = before.columns
    came = after.join(before, on=columns, how="anti", nulls_equal=True)
    went = before.join(after, on=columns, how="anti", nulls_equal=True)
    return pl.concat([came, went])


def _keys(subjects: pl.Series, employees: pl.DataFrame, relations: pl.DataFrame) -> Keys:
    who = pl.concat([employees["employee"], relations["relative_of"].rename("employee")])
    own = employees["own_subject"].drop_nulls().rename("subject")
    return who.unique(), pl.concat([subjects, relations["subject"], own]).unique()
