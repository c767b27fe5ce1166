"""A lookup that was not made yet when it came is none; what counts is when the broker received it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from services.core.contract import INSTANT, LOOKUP
from services.detector.decode import decode_lines
from services.detector.sources.future import without_future
from tests.unit.input.records import a_lookup, as_line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINES = [as_line(a_lookup(minutes, occurred_at=(NOON + timedelta(minutes=minutes)).isoformat())) for minutes in (5, 6)]
READ = decode_lines(LINES, ["offset 7", "offset 8, event 2"], LOOKUP)
LOOKUPS = READ.valid
PLACES = dict(zip(LOOKUPS["lookup_id"].to_list(), ("offset 7", "offset 8, event 2"), strict=True))
FIRST, SECOND = PLACES


def kept(now: datetime, *received: datetime | None) -> list[str]:
    """Of a lookup five minutes and one six minutes past noon; the dead letters are the others, where they stood."""
    moments = pl.Series(received, dtype=INSTANT) if received else None
    lookups, letters = without_future(LOOKUPS, now, READ.place, moments)
    assert sorted([*(PLACES[name] for name in lookups["lookup_id"]), *letters["position"]]) == [*PLACES.values()]
    return lookups["lookup_id"].to_list()


def test_without_a_broker_the_moment_of_reading_counts():
    assert kept(NOON) == [FIRST]
    assert kept(NOON + timedelta(hours=1)) == [FIRST, SECOND]


def test_with_a_broker_every_reading_finds_the_same():
    for now in (NOON - timedelta(days=1), NOON, NOON + timedelta(days=1)):
        assert kept(now, NOON, NOON) == [FIRST]
        assert kept(now, NOON - timedelta(seconds=1), NOON + timedelta(minutes=1)) == [SECOND]


def test_where_a_broker_does_not_tell_the_moment_of_reading_counts():
    assert kept(NOON, None, None) == [FIRST]
    assert kept(NOON + timedelta(hours=1), None, NOON) == [FIRST]
