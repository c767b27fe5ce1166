"""Records of a partition into pieces of lookups, and dead letters that say where each stood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from services.core.cloud_events import LOOKUP_TYPE, encode_batch, encode_lookup
from services.core.contract import LOOKUP
from services.detector.decode import DEAD
from services.detector.misread import misread
from services.detector.sources.kafka.messages import Piece, decode_records
from tests.unit.input.records import a_lookup, as_line, as_ndjson


def an_event(number: int, **changes: object) -> bytes:
    return encode_lookup(as_line(a_lookup(number, **changes)), str(number), "urn:x", "2025-03-28T09:00:00Z")


def pieces(records: Sequence[tuple[int, bytes | None]], rows: int = 1000, max_event_bytes: int = 10_000) -> list[Piece]:
    """Of a topic that does not tell when records came."""
    return list(decode_records([(*record, None) for record in records], rows, max_event_bytes))


def whole(*values: bytes | None) -> Piece:
    (piece,) = pieces(list(enumerate(values)))
    return piece


def told(piece: Piece) -> list[tuple[str, list[str]]]:
    return piece.dead.select("position", "codes").sort("position").rows()


def test_a_piece_has_the_columns_of_every_source_and_the_offset_behind_it():
    (piece,) = pieces([(7, an_event(1)), (9, as_line(a_lookup(2)))])
    assert piece.lookups["lookup_id"].to_list() == ["sonar-1", "sonar-2"]
    assert piece.lookups.schema == pl.Schema(LOOKUP.schema)
    assert piece.dead.schema == pl.Schema(DEAD)
    assert piece.next == 10


def test_pieces_end_at_records_and_are_as_large_as_asked():
    records = [(number, an_event(number)) for number in range(10)]
    assert [(each.lookups.height, each.next) for each in pieces(records, 4)] == [(4, 4), (4, 8), (2, 10)]


def test_a_record_of_many_events_is_never_cut():
    batch = encode_batch([an_event(number) for number in range(10)])
    found = pieces([(0, an_event(20)), (1, batch), (2, an_event(21))], 4)
    assert [(each.lookups.height, each.next) for each in found] == [(11, 2), (1, 3)]


def test_no_records_make_no_piece():
    assert pieces([]) == []


def test_every_bad_record_is_a_dead_letter_at_its_offset_and_the_others_live():
    piece = whole(
        None,
        b"no JSON",
        an_event(1, record_count="many"),
        an_event(2),
        an_event(3).replace(LOOKUP_TYPE.encode(), b"nl.overheid.doelbinding.lookup.v2"),
        an_event(4, reason="x" * 20_000),
        b'{"lookup_id": "\xff"}',
        b"",
    )
    assert piece.lookups["lookup_id"].to_list() == ["sonar-2"]
    assert told(piece) == [
        ("offset 0", ["tombstone"]),
        ("offset 1", ["not-json"]),
        ("offset 2", ["wrong-type"]),
        ("offset 4", ["event-version"]),
        ("offset 5", ["line-too-long"]),
        ("offset 6", ["invalid-utf8"]),
        ("offset 7", ["not-json"]),
    ]
    assert piece.next == 8


def test_a_dead_letter_of_several_events_says_which_one_it_was():
    piece = whole(as_ndjson([a_lookup(1), 7, a_lookup(2, bsn="123"), a_lookup(3)]))
    assert piece.lookups.height == 2
    assert told(piece) == [("offset 0, event 2", ["not-an-event"]), ("offset 0, event 3", ["bsn-fails-11-proef"])]


def test_a_dead_letter_keeps_the_bytes_that_a_replay_needs():
    wrong = an_event(1).replace(b'"1.0"', b'"0.3"')
    assert whole(wrong).dead["raw"].to_list() == [wrong]
    lookup = as_line(a_lookup(1, action="peek"))
    assert whole(encode_lookup(lookup, "1", "urn:x", "2025-03-28T09:00:00Z")).dead["raw"].to_list() == [lookup]


@pytest.mark.parametrize("value", [b"no JSON", as_ndjson(["no lookup", "nor this"])])
def test_many_bad_records_are_told_as_one_fault(value):
    (found,) = misread(whole(*[value] * 5).dead)
    assert found.records % 5 == 0
    assert found.position.startswith("offset 0")


def test_each_lookup_has_the_moment_at_which_its_record_came():
    came = datetime(2025, 3, 28, 9, 0, 0, 250_000, tzinfo=UTC)
    first = round(came.timestamp() * 1_000)
    batch = encode_batch([an_event(2), b"{}", an_event(3)])
    records = [(0, an_event(1), first), (1, b"no JSON", first), (2, batch, first + 1_000), (3, an_event(4), None)]
    (piece,) = decode_records(records, 1_000)
    assert piece.lookups["lookup_id"].to_list() == ["sonar-1", "sonar-2", "sonar-3", "sonar-4"]
    later = came + timedelta(seconds=1)
    assert piece.received.to_list() == [came, later, later, None]


MOST = 5


@pytest.mark.parametrize(
    "value",
    [
        encode_batch([an_event(number) for number in range(MOST + 1)]),
        encode_batch([b"{}"] * (MOST + 1)),
        b"[" + b"1," * 10_000_000,
        b"\n".join([an_event(1)] * (MOST + 1)),
        b"\n".join([b"{}"] * (MOST + 1)),
    ],
    ids=["events", "objects", "millions", "lines", "lines of nothing"],
)
def test_a_record_of_too_many_events_is_one_letter_with_its_bytes(value):
    records = [(0, an_event(1), None), (1, value, None), (2, an_event(2), None)]
    (piece,) = decode_records(records, 1_000, most_events=MOST)
    assert piece.lookups["lookup_id"].to_list() == ["sonar-1", "sonar-2"]
    assert told(piece) == [("offset 1", ["too-many-events"])]
    assert piece.dead["raw"].item() == value
    assert piece.dead["reasons"].item()[0].startswith("message: holds more than 5 events; ")


def test_a_record_of_as_many_events_as_may_be_is_read():
    events = [an_event(number) for number in range(MOST)]
    for value in (encode_batch(events), b"\n".join(events), encode_batch([*events[:-1], as_line(a_lookup(4))])):
        (piece,) = decode_records([(0, value, None)], 1_000, most_events=MOST)
        assert piece.lookups.height == MOST
        assert piece.dead.is_empty()
