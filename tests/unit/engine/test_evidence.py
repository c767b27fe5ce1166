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


def people(signals: pl.DataFrame, rule: str) -> tuple[set[object], set[object], dict[str, object]]:
    """The employees and the persons whom the evidence of a rule's only signal names, and the signal."""
    (signal,) = signals.filter(pl.col("rule") == rule).iter_rows(named=True)
    rows = signal["evidence"]
    return {row["employee_id"] for row in rows}, {row["subject"] for row in rows}, signal


def test_evidence_names_who_looked_where_many_did_and_nobody_where_the_signal_does() -> None:
    world = World()
    for number in range(30):
        world.employee(number, team=f"T{number}")
        world.look(f"e{number}", 300, MONDAY + timedelta(minutes=number))
    signals = in_one_batch(world).signals()
    employees, persons, burst = people(signals, "curiosity-burst")
    alone = signals.filter(pl.col("rule") != "curiosity-burst")
    assert burst["employee_id"] is None
    assert employees == set(alone["employee_id"])
    assert len(employees) == 30
    assert persons == {None}
    of_pairs = [row for rows in alone["evidence"] for row in rows]
    assert {(row["employee_id"], row["subject"]) for row in of_pairs} == {(None, None)}


def test_evidence_names_whose_files_they_were_where_there_were_many() -> None:
    world = World()
    world.employee(1, street="street 1")
    for person in range(300, 303):
        world.look("e1", person, MONDAY + timedelta(minutes=person), street="street 1")
    signals = in_one_batch(world).signals()
    employees, persons, street = people(signals, "own-street")
    assert street["subject"] is None
    assert employees == {None}
    assert len(persons - {None}) == 3
    assert signals["content_hash"].is_unique().all()
