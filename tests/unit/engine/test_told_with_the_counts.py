"""What a signal tells beside its counts: the data shown, what was taken out, and the settings in force."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.wire import content_hash
from services.detector.pipeline import Pipeline
from tests.world import RING, World, in_one_batch, local, settings

MONDAY = local("2025-03-03 10:00")


def looked() -> World:
    world = World()
    world.employee(1)
    world.look("e1", 1, MONDAY, data_categories=["medical", "identity"])
    world.look("e1", 1, MONDAY + timedelta(hours=2), data_categories=["identity", "benefit"], action="print")
    world.look("e1", 1, MONDAY + timedelta(hours=4), data_categories=None, action="export")
    return world


def the_signal(pipeline: Pipeline) -> dict[str, object]:
    return in_one_batch(looked(), pipeline).signals().filter(pl.col("rule") == "own-file").row(0, named=True)


def test_the_categories_of_all_looks_are_told_once_each_in_the_order_of_the_contract() -> None:
    assert the_signal(Pipeline(settings(), RING))["data_categories"] == ["identity", "benefit", "medical"]


def test_what_was_printed_or_exported_is_counted() -> None:
    assert the_signal(Pipeline(settings(), RING))["shared_count"] == 2


def test_other_settings_are_told_and_leave_the_content_the_same() -> None:
    default = the_signal(Pipeline(settings(), RING))
    other = the_signal(Pipeline(settings(namesake_minutes=6), RING))
    assert default["settings_hash"] == settings().digest
    assert other["settings_hash"] == settings(namesake_minutes=6).digest != default["settings_hash"]
    assert other["content_hash"] == default["content_hash"]


def test_the_hash_of_the_content_covers_the_data_shown() -> None:
    signal = the_signal(Pipeline(settings(), RING))
    del signal["evidence"]
    assert content_hash(signal) == signal["content_hash"]
    assert content_hash(signal | {"data_categories": ["identity"]}) != signal["content_hash"]
