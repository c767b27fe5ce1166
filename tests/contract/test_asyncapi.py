"""The description of the topics says what the software does: addresses, settings, types, and messages."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from services.core.cloud_events import BATCH_CONTENT_TYPE, CONTENT_TYPE, LOOKUP_FAMILY, encode_lookup, kind_of, unwrap
from services.core.contract import LOOKUP
from services.core.topics import MOST_LETTER_BYTES, topics
from services.detector.decode import decode_lines
from services.detector.letter_events import encode_letter, event_id
from services.detector.replay.messages import SOURCE, messages
from services.detector.replay.registers import register_messages
from services.detector.sources.registers import EVERY_REGISTER
from services.detector.state.untold import UntoldLetter
from services.detector.topic_settings import NOBODYS_SOURCE
from tests.datasets import lines
from tests.world import BSNS, RING, World, local

SCHEMAS = Path(__file__).parents[2] / "schemas"
Json = dict[str, Any]


@cache
def document() -> Json:
    return yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text())


def resolved(node: object) -> object:
    """The node with what it refers to in its place: parts of the document, or whole files beside it."""
    if isinstance(node, list):
        return [resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: resolved(inner) for name, inner in node.items() if name != "$id"}
    where = str(node["$ref"])
    if not where.startswith("#/"):
        return resolved(msgspec.json.decode((SCHEMAS / where).read_bytes()))
    found: Any = document()
    for part in where.removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


def message(name: str) -> Json:
    found = resolved(document()["components"]["messages"][name])
    assert isinstance(found, dict)
    return found


def check(name: str, payload: object) -> None:
    Draft202012Validator(message(name)["payload"], format_checker=FormatChecker()).validate(payload)


def test_the_topics_are_those_that_are_made_with_their_settings() -> None:
    described = {}
    for channel in document()["channels"].values():
        kafka = channel["bindings"]["kafka"]
        settings = {
            name: value[0] if isinstance(value, list) else str(value)
            for name, value in kafka["topicConfiguration"].items()
        }
        described[channel["address"]] = (kafka["partitions"], settings)
    not_in_the_binding = {"message.timestamp.type"}
    assert described == {
        topic.name: (
            topic.partitions,
            {name: value for name, value in topic.settings.items() if name not in not_in_the_binding},
        )
        for topic in topics()
    }


def test_content_types_are_those_of_the_code() -> None:
    assert CONTENT_TYPE.startswith(message("lookup")["contentType"])
    assert BATCH_CONTENT_TYPE.startswith(message("lookups")["contentType"])


@pytest.mark.parametrize("name", ["lookup", "lookups"])
def test_the_examples_are_valid_and_hold_lookups_that_the_detector_takes(name: str) -> None:
    for example in message(name)["examples"]:
        check(name, example["payload"])
        held = unwrap(msgspec.json.encode(example["payload"]))
        decoded = decode_lines([each for each in held if isinstance(each, bytes)], [""] * len(held), LOOKUP, 10_000)
        assert (decoded.valid.height, decoded.dead.height) == (len(held), 0)


def test_what_a_replay_sends_is_what_is_described() -> None:
    world = World()
    world.look("e1", 1, local("2025-03-03 10:00"))
    world.look("e2", None, local("2025-03-03 11:00"), action="search")
    written = lines(LOOKUP, world.lookups).splitlines()
    for sent in messages(decode_lines(written, [""] * len(written), LOOKUP, 10_000)):
        check("lookup", msgspec.json.decode(sent.value))


def test_the_rows_that_a_replay_sends_are_what_is_described() -> None:
    world = World()
    world.employee(1)
    world.link(50, "e1", local("2025-03-03 10:00"))
    world.relation("e1", 60, "partner")
    for register, message_name, rows in (
        ("employees", "employee", world.employees),
        ("case-links", "caseLink", world.links),
        ("relations", "relation", world.relations),
    ):
        written = lines(EVERY_REGISTER[register], rows).splitlines()
        decoded = decode_lines(written, [""] * len(written), EVERY_REGISTER[register], 10_000)
        [sent] = register_messages(register, decoded, RING)
        check(message_name, msgspec.json.decode(sent.value))
        assert not any(identity.encode() in (sent.key or b"") for identity in (BSNS[1], BSNS[50], BSNS[60]))


def test_every_register_has_its_record_and_type_described() -> None:
    for register, record in EVERY_REGISTER.items():
        [channel] = (each for each in document()["channels"].values() if each["address"] == f"doelbinding.{register}")
        [name] = channel["messages"]
        event = resolved(document()["components"]["schemas"][f"{name}Event"])
        assert isinstance(event, dict)
        assert event["properties"]["type"]["const"] == kind_of(record.name).type
        assert set(event["properties"]["data"]["properties"]) == set(record.schema)


def a_letter(**told: object) -> UntoldLetter:
    known = {
        "id": 7,
        "partition": "doelbinding.lookups/7",
        "record": "lookup",
        "position": "offset 4711",
        "reasons": ["field employee_id: is missing", "field bsn: 960000008 is too long"],
        "codes": ["missing", "wrong-length"],
        "sealed": bytes(range(200)),
        "stored_at": datetime(2025, 3, 3, 9, 15, 1, tzinfo=UTC),
    }
    return UntoldLetter(**known | told)


def test_a_dead_letter_is_told_as_it_is_described_and_names_nobody() -> None:
    [example] = message("deadLetter")["examples"]
    check("deadLetter", example["payload"])
    told = encode_letter(a_letter(), NOBODYS_SOURCE, MOST_LETTER_BYTES)
    check("deadLetter", msgspec.json.decode(told))
    assert b"960000008" not in told


def test_a_letter_that_is_too_large_is_told_without_its_bytes() -> None:
    told = encode_letter(a_letter(sealed=bytes(MOST_LETTER_BYTES)), NOBODYS_SOURCE, MOST_LETTER_BYTES)
    event = msgspec.json.decode(told)
    check("deadLetter", event)
    assert "sealed" not in event["data"]
    assert len(encode_letter(a_letter(sealed=bytes(4 * 2**20)), NOBODYS_SOURCE, MOST_LETTER_BYTES)) < MOST_LETTER_BYTES


def test_a_letter_keeps_its_id_however_often_it_is_told_and_no_other_has_it() -> None:
    assert event_id(a_letter()) == event_id(a_letter(id=8, sealed=b"mended"))
    others = [{"position": "offset 4712"}, {"partition": "x/7"}, {"stored_at": datetime(2025, 3, 4, tzinfo=UTC)}]
    assert len({event_id(a_letter(**told)) for told in [{}, *others]}) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"specversion": "0.3"},
        {"type": f"{LOOKUP_FAMILY}v2"},
        {"data": None},
        {"datacontenttype": "text/xml"},
    ],
)
def test_what_the_detector_refuses_is_not_described_as_right(changed: Json) -> None:
    [lookup] = (example["payload"] for example in message("lookup")["examples"])
    event = lookup | changed
    assert not any(isinstance(each, bytes) for each in unwrap(msgspec.json.encode(event)))
    with pytest.raises(ValidationError):
        check("lookup", event)


def test_an_event_around_half_a_lookup_is_not_described_as_right() -> None:
    half = encode_lookup(b'{"lookup_id": "x"}', "x", f"{SOURCE}sonar", "2025-03-03T10:00:00Z")
    with pytest.raises(ValidationError, match="required property"):
        check("lookup", msgspec.json.decode(half))
