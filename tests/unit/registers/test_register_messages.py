"""Records of a register's topic into rows, versions that were taken away, and dead letters."""

from __future__ import annotations

import msgspec
import pytest

from services.core.cloud_events import encode_batch, encode_event, encode_lookup, kind_of
from services.core.topics import REGISTER_NAMES
from services.detector.register_topics.messages import News, Record, Versions, decode_register
from services.detector.sources.registers import EVERY_REGISTER
from tests.unit.input.records import a_link, a_lookup, as_line
from tests.world import RING

SOURCE = "urn:nld:oin:00000001234567890000:systeem:cases"
PARTITION = "doelbinding.case-links/2"


def event(**changes: object) -> bytes:
    return encode_event(as_line(a_link(**changes)), "1", SOURCE, "2025-03-03T00:00:00Z", kind_of("case-link"))


def read(*messages: tuple[bytes | None, bytes | None]) -> News:
    records = [Record(40 + place, key, value) for place, (key, value) in enumerate(messages)]
    return decode_register("case-links", PARTITION, records, Versions(RING))


def test_every_register_has_a_topic() -> None:
    assert set(REGISTER_NAMES) == set(EVERY_REGISTER)


def test_the_last_row_of_a_key_counts_and_a_tombstone_takes_it_away() -> None:
    news = read((b"a", event(link_id="l-1")), (b"b", event(link_id="l-2")), (b"a", event(link_id="l-3")), (b"b", None))
    assert news.rows["link_id"].to_list() == ["l-3"]
    assert news.gone.to_list() == [Versions(RING).of(b"b")]
    assert news.dead.is_empty()


def test_a_row_may_come_again_after_its_tombstone() -> None:
    news = read((b"a", None), (b"a", event()))
    assert news.rows["version"].to_list() == [Versions(RING).of(b"a")]
    assert news.gone.is_empty()


def test_a_row_may_stand_without_an_event_around_it() -> None:
    assert read((b"a", as_line(a_link()))).rows.height == 1


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (b"a", b"no JSON", "not-json"),
        (b"a", b"\xff\xfe", "invalid-utf8"),
        (b"a", encode_lookup(as_line(a_lookup()), "1", SOURCE, "2025-03-03T00:00:00Z"), "event-type"),
        (b"a", event().replace(b"case-link.v1", b"case-link.v2"), "event-version"),
        (b"a", event(bsn="123456789"), "bsn-fails-11-proef"),
        (b"a", encode_batch([event(), event()]), "several-rows"),
        (None, event(), "key-missing"),
        (None, None, "key-missing"),
    ],
)
def test_what_is_no_row_is_a_dead_letter_with_its_place_and_replaces_nothing(
    key: bytes | None, value: bytes | None, code: str
) -> None:
    news = read((b"a", event(link_id="l-1")), (key, value))
    assert news.rows["link_id"].to_list() == ["l-1"]
    assert news.gone.is_empty()
    [letter] = news.dead.to_dicts()
    assert letter["codes"] == [code]
    assert letter["position"] == f"{PARTITION}: offset 41"
    assert letter["record"] == "case-link"


def test_a_key_cannot_be_read_from_what_is_kept_of_it() -> None:
    other = type(RING)(2, {**RING.keys, "pseudonym": bytes(32)})
    assert Versions(RING).of(b"e1") != Versions(other).of(b"e1")


def test_events_say_which_record_they_hold() -> None:
    assert msgspec.json.decode(event())["type"] == "nl.overheid.doelbinding.case-link.v1"
