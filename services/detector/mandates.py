"""Lookups into those that a mandate of the settings covers: viewer, system and local day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.core.pseudonyms import TEAM_DOMAIN, Pseudonymiser
from services.detector.mandate_settings import Mandate
from services.detector.registers import Registers


class Mandates:
    """The mandates of one agency, under one key ring."""

    def __init__(self, mandates: Sequence[Mandate], pseudonyms: Pseudonymiser) -> None:
        self._mandates = mandates
        teams = pl.Series([mandate.team for mandate in mandates], dtype=pl.String)
        found = pseudonyms.intern(teams, TEAM_DOMAIN)
        self._teams = dict(found.select("value", "key").iter_rows())

    def covered(self, seen: pl.DataFrame, registers: Registers) -> pl.Expr:
        """Whether a mandate covers each lookup (columns row, day, at, employee, team, role and system).

        Without mandates in these systems and days nothing is joined.
        """
        asked = seen.select("row", "day", "at", "employee", "team", "role", "system").filter(self._in_scope())
        if asked.is_empty():
            return pl.lit(value=False)
        rows = _with_department(asked, registers).filter(pl.any_horizontal(map(self._covers, self._mandates)))["row"]
        return pl.col("row").is_in(rows.implode())

    def _in_scope(self) -> pl.Expr:
        """A system and day that some mandate names."""
        return pl.any_horizontal(pl.lit(value=False), *(_systems_and_days(mandate) for mandate in self._mandates))

    def _covers(self, mandate: Mandate) -> pl.Expr:
        if mandate.team is not None:
            people = pl.col("team") == self._teams[mandate.team]
        elif mandate.department is not None:
            people = pl.col("department") == mandate.department
        else:
            people = pl.col("role") == mandate.role
        covered: pl.Expr = people.fill_null(value=False) & _systems_and_days(mandate)
        return covered


def _systems_and_days(mandate: Mandate) -> pl.Expr:
    return pl.col("system").is_in(mandate.systems) & pl.col("day").is_between(mandate.start, mandate.end)


def _with_department(asked: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Adds the department in force at the moment, null for who is in none."""
    periods = registers.employees.rows(asked["employee"]).select(
        "employee", "department", pl.col("valid_from").alias("since"), pl.col("valid_to").alias("until")
    )
    in_force = (pl.col("since") <= pl.col("at")) & (pl.col("until").is_null() | (pl.col("at") < pl.col("until")))
    placed = asked.select("row", "at", "employee").join(periods, on="employee").filter(in_force)
    return asked.join(placed.select("row", "department").unique("row"), on="row", how="left", maintain_order="left")
