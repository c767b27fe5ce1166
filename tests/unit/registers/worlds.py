"""A small agency's registers as news of their topics."""

from __future__ import annotations

import polars as pl

from services.core.contract import CASE_LINK, EMPLOYEE, RELATION
from services.detector.register_topics.messages import News
from services.detector.sources.registers import OPTIONAL
from tests.world import World, frame


def news_of(world: World) -> list[News]:
    """A version per row."""
    parts = {
        "case-links": frame(CASE_LINK, world.links),
        "employees": frame(EMPLOYEE, world.employees),
        "relations": frame(RELATION, world.relations),
    }
    for name, rows in world.optional.items():
        register = name.replace("_", "-")
        parts[register] = frame(OPTIONAL[register], rows)
    nothing = pl.Series("version", [], dtype=pl.Int64)
    return [
        News(
            register,
            rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("version")),
            nothing,
            pl.DataFrame(),
        )
        for register, rows in parts.items()
    ]
