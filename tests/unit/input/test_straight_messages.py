"""Messages that are parsed at once give what the careful way gives, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.cloud_events import LOOKUP_TYPE, Unfit, encode_batch, unwrap
from services.core.contract import LOOKUP
from services.detector.decode import dead_letters, decode_lines
from services.detector.decode.faults import Fault
from services.detector.decode.lines import UNREADABLE
from services.detector.sources.kafka.messages import Piece, decode_records
from services.detector.sources.kafka.straight import batch_rows, decode_event
from tests.unit.input.records import a_lookup, as_line, without
from tests.unit.input.test_decode_lines import JSON, NEAR_LOOKUPS

LIMIT = 1_000
ATTRIBUTES = {
    "specversion": "1.0",
    "id": "1",
    "source": "urn:nld:oin:00000000000000000000:systeem:sonar",
    "type": LOOKUP_TYPE,
    "datacontenttype": "application/json",
}


def an_event(lookup: object = None, **attributes: object) -> bytes:
    return msgspec.json.encode(ATTRIBUTES | {"data": a_lookup() if lookup is None else lookup} | attributes)


def with_care(values: Sequence[bytes]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """First the events, then their lookups, line by line; each lookup with the moment of its record's receipt."""
    lines, places, received, unfit = [], [], [], []
    for offset, value in enumerate(values):
        found = unwrap(value)
        for number, event in enumerate(found, 1):
            place = f"offset {offset}" if len(found) == 1 else f"offset {offset}, event {number}"
            if isinstance(event, Unfit):
                unfit.append((place, Fault(event.code, event.reason), event.raw))
            else:
                lines.append(event)
                places.append(place)
                received.append(offset)
    decoded = decode_lines(lines, places, LOOKUP, LIMIT)
    letters = dead_letters(
        LOOKUP, [place for place, _, _ in unfit], [(fault,) for _, fault, _ in unfit], [raw for _, _, raw in unfit]
    )
    moments = pl.Series("received", received, pl.Int64).gather(decoded.rows - 1)
    return decoded.valid.with_columns(moments), pl.concat([decoded.dead, letters])


def agree(values: Sequence[bytes], rows: int = 1_000) -> None:
    valid, dead = with_care(values)
    records = ((offset, value, offset) for offset, value in enumerate(values))
    pieces = list(decode_records(records, rows, LIMIT))
    found = (piece.lookups.with_columns(_offsets(piece)) for piece in pieces)
    assert_frame_equal(pl.concat([valid.clear(), *found]), valid)
    letters = pl.concat([dead.clear(), *(piece.dead for piece in pieces)])
    in_order = len(pieces) <= 1  # each piece tells first of lookups, and then of what holds none
    assert_frame_equal(letters, dead, check_row_order=in_order)


def _offsets(piece: Piece) -> pl.Series:
    """The offsets of a piece's lookups: each record was received as many milliseconds after 1970 as its offset."""
    assert piece.received is not None
    return piece.received.dt.epoch("ms").alias("received")


def is_straight(value: bytes) -> bool:
    try:
        decode_event(value)
    except UNREADABLE:
        return bool(batch_rows(value, LIMIT))
    return True


def test_an_event_as_it_should_be_is_straight_alone_and_in_a_batch() -> None:
    assert is_straight(an_event())
    assert is_straight(encode_batch([an_event(), an_event()]))


@pytest.mark.parametrize(
    "value",
    [
        an_event(specversion="0.3"),
        an_event(type="nl.overheid.doelbinding.lookup.v2"),
        an_event(datacontenttype="application/cloudevents+json"),
        an_event(data_base64="e30="),
        an_event(data=None),
        an_event(a_lookup(system=3)),
        as_line(a_lookup()),
        b"[]",
        b"\xef\xbb\xbf" + an_event(),
        an_event() + b"\n" + an_event(),
    ],
)
def test_everything_else_goes_the_careful_way(value: bytes) -> None:
    assert not is_straight(value)
    agree([an_event(), value, an_event()])


@pytest.mark.parametrize(
    "value",
    [
        an_event(a_lookup(bsn="123456789")),
        an_event(a_lookup(occurred_at="2025-03-30T14:00:00", system="Sonar")),
        an_event(a_lookup(workstation="w" * LIMIT)),
        an_event()[:-1] + b',"data":{"lookup_id":null}}',
        an_event()[:-1] + b',"data":3}',
        b" \n" + an_event() + b"\n\n",
        encode_batch([an_event(), an_event(a_lookup(bsn="1")), an_event()]),
        encode_batch([an_event(a_lookup(number, bsn="1")) for number in range(30)]),
        an_event().replace(b"sonar", b"\xff\xfe"),
        an_event().replace(b'"id":"1"', b'"id":"\xff"'),
    ],
)
def test_faults_of_lookups_are_told_in_the_same_words_and_places(value: bytes) -> None:
    agree([an_event(), value, an_event()])


def test_what_is_no_message_alone_does_not_become_one_beside_others() -> None:
    opened, closed = an_event()[:-1] + b',"more":[1', b"2]}"
    agree([an_event() + an_event(), opened, closed])
    agree([an_event() + b"," + an_event(), opened + b",", closed])


CHANGES = st.dictionaries(st.sampled_from([*ATTRIBUTES, "data_base64", "subject"]), JSON, max_size=2)
EVENTS = st.one_of(
    st.builds(an_event),
    st.builds(an_event, NEAR_LOOKUPS),
    st.builds(lambda lookup, changes: an_event(lookup, **changes), st.one_of(NEAR_LOOKUPS, JSON), CHANGES),
    st.builds(
        lambda gone: msgspec.json.encode(without(ATTRIBUTES | {"data": a_lookup()}, gone)),
        st.sampled_from([*ATTRIBUTES, "data"]),
    ),
    NEAR_LOOKUPS.map(as_line),
)


def damaged(event: bytes, place: int, byte: bytes) -> bytes:
    return event[: place % len(event)] + byte + event[place % len(event) + 1 :]


VALUES = st.one_of(
    EVENTS,
    st.lists(EVENTS, max_size=4).map(encode_batch),
    st.lists(EVENTS, min_size=1, max_size=4).map(b"\n".join),
    st.builds(damaged, EVENTS, st.integers(0, 2_000), st.binary(max_size=2)),
    st.builds(damaged, st.lists(EVENTS, max_size=3).map(encode_batch), st.integers(0, 4_000), st.binary(max_size=2)),
    st.binary(max_size=20),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(VALUES, max_size=8))
def test_any_messages_give_the_same_lookups_and_the_same_dead_letters(values: list[bytes]) -> None:
    agree(values)


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.lists(VALUES, min_size=1, max_size=3), st.lists(st.integers(0, 599), max_size=3), st.integers(50, 700))
def test_so_do_many_messages_of_which_some_are_odd(odd: list[bytes], places: list[int], rows: int) -> None:
    values = [an_event(a_lookup(number)) for number in range(600)]
    for place, value in zip(places, odd, strict=False):
        values[place] = value
    agree(values, rows)


@pytest.mark.parametrize("rows", [1, 2, 127, 128, 129, 700])
def test_a_piece_ends_behind_so_many_lookups(rows: int) -> None:
    values = [an_event(a_lookup(number)) for number in range(700)]
    values[130] = b"{}"
    pieces = list(decode_records(((offset, value, None) for offset, value in enumerate(values, 5)), rows))
    assert [piece.lookups.height + piece.dead.height for piece in pieces][:-1] == [rows] * (len(pieces) - 1)
    assert [piece.next for piece in pieces] == [*range(5 + rows, 705, rows), 705]
