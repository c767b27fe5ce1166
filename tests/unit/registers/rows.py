"""Case links as a store holds them, stated in a few numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import polars as pl

from services.detector.register_topics.links import ROWS
from tests.world import LONG_AGO


class Link(NamedTuple):
    """A version of a link; times are days."""

    version: int
    link: int = 1
    person: int = 1
    known: int = 0
    assignee: int = 7


def rows(*links: Link) -> pl.DataFrame:
    told = [
        {
            "link_id": each.link, "case": each.link, "subject": each.person, "subject_check": -each.person,
            "assignee": each.assignee, "to_team": False, "link_kind": "task", "valid_from": LONG_AGO, "valid_to": None,
            "known_from": LONG_AGO + timedelta(days=each.known), "registered_by_employee": None,
            "version": each.version,
        }
        for each in links
    ]  # fmt: skip
    return pl.DataFrame(told, schema=ROWS)


def versions(*numbers: int) -> pl.Series:
    return pl.Series("version", numbers, dtype=pl.Int64)
