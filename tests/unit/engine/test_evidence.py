"""A signal carries no more evidence than the intake takes, whatever its rule; its counts stay whole."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import EVIDENCE_LIMIT
from tests.world import World, in_one_batch, local

MONDAY = local("2025-03-03 10:00")


def test_a_pair_with_more_looks_than_the_limit_keeps_the_most_telling() -> None:
    world = World()
    world.employee(1)
    looks = [world.look("e1", 1, MONDAY + timedelta(minutes=place)) for place in range(EVIDENCE_LIMIT)]
    printed = world.look("e1", 1, MONDAY + timedelta(days=2), action="print")
    (signal,) = in_one_batch(world).signals().iter_rows(named=True)
    assert signal["lookup_count"] == EVIDENCE_LIMIT + 1
    assert len(set(signal["lookup_ids"])) == len(signal["evidence"]) == EVIDENCE_LIMIT
    assert printed in signal["lookup_ids"]
    assert looks[-1] not in signal["lookup_ids"]


def test_a_crowd_with_more_looks_than_the_limit_can_be_delivered_too() -> None:
    world = World()
    for number in range(60):
        world.employee(number, team=f"T{number % 10}")
        for again in range(18):
            world.look(f"e{number}", 300, MONDAY + timedelta(minutes=number + 60 * (again % 6), days=again // 6))
    signals = in_one_batch(world).signals()
    (burst,) = signals.filter(pl.col("rule") == "curiosity-burst").iter_rows(named=True)
    assert burst["lookup_count"] == 60 * 18
    assert len(burst["lookup_ids"]) == EVIDENCE_LIMIT
