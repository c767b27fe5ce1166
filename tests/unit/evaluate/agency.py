"""Employees of a made-up agency, their looks, and lawful situations, for what is judged per group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from services.core.contract import EMPLOYEE, INSTANT
from services.detector.evaluate.lookers import Staff
from tests.world import World

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 12
TEAMS = ("T1", "T2", "T3")


def period(
    employee: str,
    role: str = "claims-handler",
    hours: float | None = 36.0,
    team: str = "T1",
    bsn: str = "960000008",
    since: datetime = LONG_AGO,
    until: datetime | None = None,
) -> dict[str, object]:
    """A row of the register of employees."""
    given = {"employee_id": employee, "role": role, "hours_per_week": hours, "team_id": team, "bsn": bsn}
    rest = {"department": "WW", "eigen_personeel": False, "street": None, "registered_at": None}
    return given | rest | {"valid_from": since, "valid_to": until}


def employees(*periods: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(periods, schema=dict(EMPLOYEE.schema))


def staff(*periods: dict[str, object], remote: Sequence[str] = ()) -> Staff:
    """Everybody works in the office but for those named."""
    register = employees(*periods)
    names = register.select("employee_id").unique().sort("employee_id")
    away = pl.col("employee_id").is_in(list(remote))
    return Staff(
        register, names.with_columns(workplace=pl.when(away).then(pl.lit("remote")).otherwise(pl.lit("office")))
    )


def looks(*rows: tuple[str, str, float]) -> pl.DataFrame:
    """Lookups by id, employee and days after the first Monday."""
    told = [(lookup, employee, MONDAY + timedelta(days=days)) for lookup, employee, days in rows]
    schema = {"lookup_id": pl.String(), "employee_id": pl.String(), "occurred_at": INSTANT}
    return pl.DataFrame(told, schema=schema, orient="row")


def signals(*rows: tuple[str, Sequence[str]], pushed: bool | None = False) -> pl.DataFrame:
    """Signals by id and evidence."""
    schema = {"signal_id": pl.String(), "lookup_ids": pl.List(pl.String()), "pushed": pl.Boolean()}
    return pl.DataFrame([(name, list(ids), pushed) for name, ids in rows], schema=schema, orient="row")


def three_teams() -> World:
    """Three teams of two, each with three cases of the team and one of its first member; every day each looks once."""
    world = World()
    for number in range(6):
        world.employee(number, TEAMS[number // 2])
    for place, team in enumerate(TEAMS):
        for case in range(3):
            world.link(20 + 10 * place + case, team, START - timedelta(days=30))
        world.link(25 + 10 * place, f"e{2 * place}", START - timedelta(days=30))
    for day in range(DAYS):
        for number in range(6):
            world.look(f"e{number}", 20 + 10 * (number // 2), START + timedelta(days=day, minutes=50 * number))
    return world
