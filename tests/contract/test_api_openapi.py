"""The OpenAPI document: as committed, and as the NLGov REST API Design Rules ask."""

import json
import re
from pathlib import Path

import pytest

from services.api.main import bare_app
from services.api.openapi import as_text

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
