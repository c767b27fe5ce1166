"""Messages of the lookups topic into lookups, and what is said of those that hold none."""

from __future__ import annotations

import msgspec
import pytest

from services.core.cloud_events import LOOKUP_TYPE, Unfit, encode_batch, encode_lookup, unwrap
from tests.unit.input.records import a_lookup, as_line, as_ndjson

LOOKUP = as_line(a_lookup(1))
SOURCE = "urn:nld:oin:00000001234567890000:systeem:sonar"


def an_event(**changes: object) -> dict[str, object]:
    attributes = {"specversion": "1.0", "id": "1", "source": SOURCE, "type": LOOKUP_TYPE, "data": a_lookup(1)}
    return attributes | changes


def encoded(**changes: object) -> bytes:
    return as_line(an_event(**changes))


def codes(message: bytes) -> list[str]:
    return [found.code if isinstance(found, Unfit) else "lookup" for found in unwrap(message)]


def test_what_is_encoded_is_unwrapped_to_the_same_bytes():
    event = encode_lookup(LOOKUP, "sonar-1", SOURCE, "2025-03-28T09:00:01.25Z")
    assert unwrap(event) == [LOOKUP]
    assert unwrap(encode_batch([event, event])) == [LOOKUP, LOOKUP]


def test_an_event_keeps_the_profile_of_the_dutch_government():
    event = msgspec.json.decode(encode_lookup(LOOKUP, "sonar-1", SOURCE, "2025-03-28T09:00:01.25Z"))
    assert event.pop("data") == a_lookup(1)
    assert event == {
        "specversion": "1.0",
        "id": "sonar-1",
        "source": SOURCE,
        "type": "nl.overheid.doelbinding.lookup.v1",
        "time": "2025-03-28T09:00:01.25Z",
        "datacontenttype": "application/json",
    }


@pytest.mark.parametrize(
    "message",
    [
        LOOKUP,
        encoded(),
        encoded(subject="x", traceparent="y", time="not looked at"),
        encoded(datacontenttype="application/json; charset=UTF-8"),
        encoded(datacontenttype="application/lookup+json"),
        encoded(datacontenttype=None, data_base64=None),
        b"\xef\xbb\xbf" + encoded(),
        b"\n " + encoded() + b"\n",
        b"[" + encoded() + b"]",
        msgspec.json.format(encoded(), indent=2),
    ],
)
def test_a_lookup_is_found_with_and_without_an_event_around_it(message):
    (found,) = unwrap(message)
    assert isinstance(found, bytes)
    assert msgspec.json.decode(found.strip()) == a_lookup(1)


@pytest.mark.parametrize(
    "message",
    [
        as_ndjson([an_event(), a_lookup(1), an_event()]),
        as_ndjson([an_event(), a_lookup(1), an_event()]).replace(b"\n", b"\r\n\n"),
        as_line([an_event(), an_event(), a_lookup(1)]),
    ],
)
def test_several_lookups_can_stand_in_one_message(message):
    assert codes(message) == ["lookup"] * 3


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (encoded(specversion="0.3"), "event-specversion"),
        (encoded(specversion=None), "event-specversion"),
        (encoded(specversion=1), "not-an-event"),
        (encoded(type=f"{LOOKUP_TYPE[:-1]}2"), "event-version"),
        (encoded(type="nl.overheid.zaken.zaak-geopend"), "event-type"),
        (encoded(type=None), "event-type"),
        (encoded(data=None), "event-without-data"),
        (encoded(data=None, data_base64="e30="), "event-data-base64"),
        (encoded(data_base64="e30="), "event-data-base64"),
        (encoded(datacontenttype="text/xml"), "event-data-not-json"),
        (b"", "not-json"),
        (b"  \n", "not-json"),
        (b"{", "not-json"),
        (b"{" * 100_000, "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"[" + encoded() + b",]", "not-json"),
        (encoded() + b" and more", "not-json"),
        (b'"text"', "not-an-event"),
        (b"[]", "batch-empty"),
        (b"\xff\xfe\x00", "invalid-utf8"),
        (b'{"specversion": "\xff"}', "invalid-utf8"),
    ],
)
def test_a_message_without_a_lookup_says_what_would_be_right(message, code):
    (found,) = unwrap(message)
    assert isinstance(found, Unfit)
    assert found.code == code
    assert found.reason.startswith(("attribute ", "message: "))
    assert found.raw.strip() == message.strip()


def test_a_bad_event_leaves_the_others_of_its_message_alone():
    assert codes(as_line([an_event(), an_event(type="x"), 7, an_event()])) == [
        "lookup",
        "event-type",
        "not-an-event",
        "lookup",
    ]
    assert codes(encoded() + b"\nno JSON\n" + LOOKUP + b"\n") == ["lookup", "not-json", "lookup"]
    assert codes(b"no JSON\n" + LOOKUP) == ["not-json", "lookup"]


def test_no_reason_repeats_what_the_message_holds():
    secret = "999999990"
    for message in (
        encoded(specversion=secret),
        encoded(type=secret),
        encoded(type=f"nl.overheid.doelbinding.lookup.{secret}"),
        encoded(datacontenttype=secret),
        as_line(secret),
        as_line({"specversion": {secret: secret}}),
        secret.encode() + b"x",
    ):
        (found,) = unwrap(message)
        assert isinstance(found, Unfit)
        assert secret not in found.code + found.reason
