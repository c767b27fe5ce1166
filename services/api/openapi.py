"""The application into its OpenAPI document; `python -m services.api.openapi FILE` writes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.api.access import ACCESS, PUBLIC
from services.api.exemplify import exemplify
from services.api.identity.keys import DISCOVERY
from services.api.problems import MEDIA_TYPE

BASE = "/v1"
VERSION_HEADER = {"description": "The full version of this API", "schema": {"type": "string"}}
TAGS = {
    "signals": "What the detector found, and the lookups that each signal rests on.",
    "intake-items": "The queue of Bureau Integriteit: what awaits an investigator, and what became of it.",
    "casework": "From a report to a decision that two people took, its clocks, and what came of it.",
    "reveals": "Identities behind pseudonyms: asked for with a purpose, logged, and shown once.",
    "warnings": "What employees were told before; it moves later signals up in the queue.",
    "interests": "Which readers may not look at whom, as the registers of work and relatives say.",
    "audit": "Who read, revealed or decided what.",
    "aggregates": "Counts for security operations; nothing here is about a person.",
    "service": "The service itself: whether it is up, and this document.",
}
"""What the tags of the routes mean, in the order of the document."""
JsonObject = dict[str, Any]


def document(app: FastAPI, issuer: str | None = None) -> Mapping[str, object]:
    """OpenAPI 3.1; paths are relative to the server, whose URL holds the version (NLGov API Design Rules).

    With an issuer it says where clients find out how to get a token there.
    """
    schemes: JsonObject = {"bearer": {"type": "http", "scheme": "bearer"}}
    if issuer is not None:
        schemes["issuer"] = {"type": "openIdConnect", "openIdConnectUrl": issuer.rstrip("/") + DISCOVERY}
    content = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        license_info=app.license_info,
        tags=[{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        servers=[{"url": BASE, "description": "This server"}],
    )
    content["info"]["contact"] = app.contact  # FastAPI's own model of it asks for a package that checks addresses
    for path, operations in content["paths"].items():
        for method, operation in operations.items():
            _secure(operation, (method.upper(), path), schemes)
            _describe_parameters(operation.get("parameters", []))
            _describe_answers(operation["responses"])
            exemplify(operation, content["components"]["schemas"])
    content["paths"] = {path.removeprefix(BASE): operations for path, operations in content["paths"].items()}
    content["components"]["securitySchemes"] = schemes
    return content


def _secure(operation: JsonObject, key: tuple[str, str], schemes: JsonObject) -> None:
    operation["security"] = [] if key in PUBLIC else [{name: []} for name in schemes]
    if roles := ACCESS.get(key):
        operation["x-roles"] = sorted(roles)


def _describe_parameters(parameters: list[JsonObject]) -> None:
    """A parameter can be left out, and never null: text has no null."""
    for parameter in parameters:
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            parameter["schema"] = kinds[0] | schema
        elif kinds:
            schema["anyOf"] = kinds


def _describe_answers(responses: JsonObject) -> None:
    """What FastAPI does not know: failures are problem+json, and every answer tells the version."""
    for status, response in responses.items():
        response.setdefault("headers", {})["API-Version"] = VERSION_HEADER
        if status == "default" or status >= "400":
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def as_text(app: FastAPI) -> str:
    """The document as it is kept in `schemas/openapi.json`."""
    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    from services.api.main import bare_app

    Path(sys.argv[1]).write_text(as_text(bare_app()), encoding="utf-8")
