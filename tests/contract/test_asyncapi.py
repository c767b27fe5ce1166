"""The description of the topics says what the software does: addresses, settings, types, and messages."""

from __future__ import annotations

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
from services.core.topics import topics
from services.detector.decode import decode_lines
from services.detector.replay.messages import SOURCE, messages
from services.detector.replay.registers import register_messages
from services.detector.sources.registers import EVERY_REGISTER
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
