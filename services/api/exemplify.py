"""A schema, and what is told of it, into an example that keeps to it: fields that nothing is told of are made up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from services.api import examples

JsonObject = dict[str, Any]
MISSING: Any = object()
FORMATS = {"date-time": "2026-03-03T13:30:00.000000Z", "date": "2026-03-03"}
ID = "a-1c3e5a7092b4d6f8a0c2e4f6b8d01357"
PEOPLE = re.compile(r"(By|^assessor|^author|^assignee|^actor)$")
HEX = "6f1d3b5a7c9e4082"
SAMPLES = (
    *(examples.SIGNAL_ID, examples.ITEM_ID, examples.REVEAL_ID, examples.EMPLOYEE, ID, examples.RECORDED["id"]),
    *(HEX, HEX * 2, HEX * 4, HEX * 8, "own-file", "made up"),
)
"""What patterns are tried on."""


def exemplify(operation: JsonObject, schemas: Mapping[str, JsonObject]) -> None:
    """An example of each body and each part of the path, unless the route has one of its own."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter.setdefault("example", examples.PATHS.get(parameter["name"]))
    for status, body in (("request", operation.get("requestBody", {})), *operation["responses"].items()):
        for content in body.get("content", {}).values():
            if not {"example", "examples"} & content.keys():
                streamed = content.pop("itemSchema", None)  # of OpenAPI 3.2, and the document is 3.1
                content.setdefault("schema", {"type": "string"})
                content["example"] = examples.EVENT if streamed else _example(status, content["schema"], schemas)


def _example(status: str, schema: JsonObject, schemas: Mapping[str, JsonObject]) -> object:
    if status == "default" or "400" <= status <= "599":
        return examples.failure(int(status) if status.isdigit() else HTTPStatus.INTERNAL_SERVER_ERROR)
    return fill(schema, schemas)


def fill(schema: JsonObject, schemas: Mapping[str, JsonObject], told: Any = MISSING, name: str = "") -> Any:
    """A value of the schema with all that is told in it, and what the schema requires beside that."""
    if "$ref" in schema:
        of = schema["$ref"].rpartition("/")[2]
        return fill(schemas[of], schemas, examples.by_schema().get(of, MISSING) if told is MISSING else told, name)
    if told is None:
        return None
    if kinds := [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]:
        return fill(kinds[0], schemas, told, name)
    if "properties" in schema:
        return _object(schema, schemas, {} if told is MISSING else told)
    if schema.get("type") == "array":
        items = [MISSING] if told is MISSING else told
        return [fill(schema.get("items", {}), schemas, item, name) for item in items]
    return _made_up(schema, name) if told is MISSING else told


def _object(schema: JsonObject, schemas: Mapping[str, JsonObject], told: Mapping[str, object]) -> JsonObject:
    shown = [name for name in schema["properties"] if name in schema.get("required", []) or name in told]
    return {name: fill(schema["properties"][name], schemas, told.get(name, MISSING), name) for name in shown}


def _made_up(schema: JsonObject, name: str) -> object:
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "string":
        return _text(schema, name)
    return {"integer": max(1, schema.get("minimum", 1)), "number": 1.0, "boolean": True}.get(schema.get("type", ""), {})


def _text(schema: JsonObject, name: str) -> object:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if name in examples.PATHS:
        return examples.PATHS[name]
    if PEOPLE.search(name):
        return "token:investigator"
    if name == "id":
        return ID
    pattern = schema.get("pattern", "")
    return next(sample for sample in reversed(SAMPLES) if re.search(pattern, str(sample)))
