"""The OpenAPI document: as committed, and as the NLGov REST API Design Rules ask."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.api.examples import SIGNAL_ID, by_schema
from services.api.intake.batch import SignalBatch
from services.api.main import bare_app
from services.api.openapi import TAGS, as_text

COMMITTED = Path(__file__).parents[2] / "schemas" / "openapi.json"
DOCUMENT = json.loads(as_text(bare_app()))
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]


def test_the_committed_document_is_the_generated_one():
    assert COMMITTED.read_text(encoding="utf-8") == as_text(bare_app()), (
        "run: python -m services.api.openapi schemas/openapi.json"
    )


def test_the_version_stands_in_the_server_url_and_a_contact_is_named():
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/v1"]
    assert re.fullmatch(r"1\.\d+\.\d+", DOCUMENT["info"]["version"])
    assert DOCUMENT["info"]["contact"]["name"]


def names_in(operation, *places):
    return [found["name"] for found in operation.get("parameters", []) if found["in"] in places]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_follows_the_design_rules(method, path, operation):
    literal = [part for part in path.split("/") if part and not part.startswith("{")]
    assert all(re.fullmatch(r"_?[a-z0-9.]+(-[a-z0-9]+)*", part) for part in literal)
    assert not any(part.startswith("_") for part in literal[:-1])
    assert not path.endswith("/")
    assert ("422" in operation["responses"]) == ("Idempotency-Key" in names_in(operation, "header"))
    names = names_in(operation, "path", "query")
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in names)
    if method in {"post", "put", "patch"}:
        assert "400" in operation["responses"]
    for status, response in operation["responses"].items():
        assert "API-Version" in response["headers"]
        if status == "default" or status >= "400":
            assert list(response["content"]) == ["application/problem+json"]


def test_every_field_of_every_schema_is_camel_case():
    schemas = DOCUMENT["components"]["schemas"].values()
    names = {name for schema in schemas for name in schema.get("properties", {})}
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in names)


def bodies():
    for method, path, operation in OPERATIONS:
        told = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
        for kind, body in told:
            for media_type, content in body.get("content", {}).items():
                yield pytest.param(content, id=f"{method} {path} {kind} {media_type}")


@pytest.mark.parametrize("content", list(bodies()))
def test_every_body_has_an_example_that_keeps_to_its_schema(content):
    found = [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]
    schema = content.get("schema", {"type": "string"}) | {"components": DOCUMENT["components"]}
    for example in found:
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(example)


@pytest.mark.parametrize("operation", [operation for _, _, operation in OPERATIONS])
def test_every_operation_says_what_it_does_and_every_part_of_a_path_has_an_example(operation):
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"][0] in TAGS
    for parameter in operation.get("parameters", []):
        assert "null" not in json.dumps(parameter["schema"])
        assert parameter["in"] != "path" or "example" in parameter


def test_the_example_of_a_delivery_is_one_that_the_intake_takes():
    example = DOCUMENT["paths"]["/signals"]["post"]["requestBody"]["content"]["application/json"]["example"]
    (signal,) = SignalBatch.model_validate(example).signals
    assert [lookup.lookup_id for lookup in signal.evidence] == signal.lookup_ids


def test_examples_tell_one_story():
    told = by_schema()
    assert told["IntakeItem"]["signalId"] == told["StoredSignal"]["signalId"] == SIGNAL_ID
    assert told["GivenWarning"]["employeeId"] == told["StoredSignal"]["employeeId"]
