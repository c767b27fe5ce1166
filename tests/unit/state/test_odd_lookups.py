"""Lookups that are read and cannot be judged: every one is a letter of its own in every database, and stops nobody."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import polars as pl
import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.cloud_events import encode_batch, encode_lookup
from services.core.keyring import new_key_ring
from services.core.reading import SYSTEM
from services.detector.deadletters import open_sealed, seal_frame
from services.detector.encode import LOOKUPS
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.rescore import conflict_letters
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.messages import decode_records
from services.detector.sources.slices import SourceSlice
from services.detector.state.arrivals import Arrival
from services.detector.state.readings import Readings
from services.detector.state.store import Commit
from tests.unit.input.records import JsonRecord, a_lookup, as_line
from tests.unit.state.samples import a_store, an_owned_store, with_tables
from tests.vaults import a_sealer

RING = new_key_ring()
PARTITION = "lookups/0"
TO_COME = "2199-01-01T00:00:00Z"
NOBODYS = "p9-" + "0" * 32


def an_event(record: JsonRecord) -> bytes:
    return encode_lookup(as_line(record), "1", "urn:x", "2025-03-28T09:00:00Z")


def letters(database: URL, *records: bytes) -> list[tuple[str, list[str]]]:
    """Where the letters of these records stand, and their codes, after they were read and stored."""
    pipeline = Pipeline(AgencySettings(), RING)
    reader = Reader(pipeline, SystemClock(), a_sealer(pipeline))
    received = round(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1_000)
    (piece,) = decode_records([(offset, value, received) for offset, value in enumerate(records)], 1_000)
    read = reader.read(
        SourceSlice(PARTITION, piece.lookups, piece.dead, {PARTITION: piece.next}, closed=False, place=piece.place)
    )
    with closing(Readings(with_tables(database), RING, SystemClock())) as readings, a_store(database) as store:
        readings.claim(PARTITION)
        readings.arrive(PARTITION, Arrival(piece.next, dead=seal_frame(read.dead, RING)))
        stored = store.dead_letters()
    for record, position, sealed in stored.select("record", "position", "sealed").iter_rows():
        assert open_sealed(sealed, record, position, RING)
    return sorted(stored.select("position", "codes").iter_rows())


def test_two_lookups_of_the_future_with_one_id_are_two_letters(database: URL) -> None:
    one, other = (an_event(a_lookup(1, occurred_at=TO_COME, action=action)) for action in ("view", "edit"))
    assert letters(database, one, an_event(a_lookup(2)), encode_batch([other, an_event(a_lookup(3)), one])) == [
        ("offset 0", ["future-time"]),
        ("offset 2, event 1", ["future-time"]),
        ("offset 2, event 3", ["future-time"]),
    ]


@pytest.mark.parametrize(
    ("lookup_id", "code"),
    [("x" * 1_200, "text-too-long"), ("sonar\x00-1", "not-printable"), ("x" * 200, "future-time")],
)
def test_an_id_for_which_no_column_has_room_is_told_and_stops_nobody(database: URL, lookup_id: str, code: str) -> None:
    assert letters(database, an_event(a_lookup(1, lookup_id=lookup_id, occurred_at=TO_COME))) == [("offset 0", [code])]


def test_letters_of_another_key_and_of_the_future_stand_where_their_records_do(database: URL) -> None:
    read = a_lookup(1, system=SYSTEM, employee_id=NOBODYS, bsn=None, subject_pseudonym=NOBODYS)
    assert letters(database, an_event(a_lookup(2)), an_event(read), an_event(a_lookup(3, occurred_at=TO_COME))) == [
        ("offset 1", ["other-key-version", "other-key-version"]),
        ("offset 2", ["future-time"]),
    ]


def conflicts(*contents: int) -> pl.DataFrame:
    """Encoded lookups of one id, each with another content."""
    rows = [{"lookup_id": "x" * 200, "content": content, "subject": 5} for content in contents]
    empty = pl.DataFrame(schema=LOOKUPS)
    return pl.concat([empty, pl.DataFrame(rows, schema_overrides={"content": pl.UInt64})], how="diagonal")


def test_every_content_that_came_under_one_id_is_a_letter_once(database: URL) -> None:
    with an_owned_store(database) as store:
        for found in (conflicts(1, 2), conflicts(2), conflicts(3)):
            store.commit(Commit({}, dead=seal_frame(conflict_letters(found), RING)))
        stored = store.dead_letters()
    assert stored.height == 3
    assert stored["position"].n_unique() == 3
