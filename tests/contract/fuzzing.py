"""An OpenAPI document and a running API into what Schemathesis finds: every phase, every check, from a fixed seed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case

SEED = 20_081_215
ENDLESS = "/intake-items/_events"
"""A stream, whose answer has no end to wait for; tests/unit/api/test_feed.py holds it."""
OF_RULES = frozenset({"value-error", "unknown-assignee", "wrong-time", "delay-unexplained", "facts-missing"})
"""Codes of faults that no schema can tell: of an order, a hash, a total."""


@dataclass
class Findings:
    """How each operation answered, and what was wrong."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def operations_that_never(self, first_digit: int) -> set[str]:
        """Those without a single answer of this class."""
        told = {label for label, status in self.answers if status // 100 == first_digit}
        return {label for label, _ in self.answers} - told


@schemathesis.check
def only_rules_refuse_what_the_schema_allows(_ctx: CheckContext, response: Response, case: Case) -> None:
    """A body that keeps to the schema may still break a rule; a fault that the schema could tell stands in it."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    faults = [fault for fault in response.json().get("errors", []) if fault["code"] not in OF_RULES]
    if faults:
        raise Failure(operation=case.operation.label, title="The schema allows what is refused", message=str(faults))


def fuzz(url: str, tokens: Mapping[str, str], known: Mapping[str, Sequence[str]], examples: int) -> Findings:
    """Calls every operation of the API as a role that may; half of the ids in paths are known ones."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "generation": {"max-examples": examples},
            "continue-on-failure": True,
            "dictionaries": {name: {"values": list(values)} for name, values in known.items()},
            "parameters": {f"path.{name}": {"dictionary": name, "probability": 0.5} for name in known},
            # rules beyond the schema refuse some of what it allows; the check above is about the rest
            "checks": {"positive_data_acceptance": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_url(f"{url}/v1/openapi.json", config=config)
    schema = schema.exclude(path=ENDLESS)
    schema.auth(refresh_interval=None)(_bearer(tokens))
    findings = Findings()
    for event in from_schema(schema).execute():
        _note(event, findings)
    return findings


def _bearer(tokens: Mapping[str, str]) -> type:
    class Bearer:
        """The token of a role that an operation admits: of several the last, which is the lead where leads may."""

        def get(self, _case: Case, context: AuthContext) -> str | None:
            roles = context.operation.definition.raw.get("x-roles")
            return tokens[roles[-1]] if roles else None

        def set(self, case: Case, token: str | None, _context: AuthContext) -> None:
            if token:
                case.headers["Authorization"] = f"Bearer {token}"

    return Bearer


def _note(event: events.EngineEvent, findings: Findings) -> None:
    if isinstance(event, events.NonFatalError):
        findings.failures.append(f"{event.label}: {event.value}")
    elif isinstance(event, events.FatalError):
        findings.failures.append(str(event.exception))
    elif isinstance(event, events.ScenarioFinished):
        for case_id, interaction in event.recorder.interactions.items():
            if interaction.response is not None:
                label = event.recorder.cases[case_id].value.operation.label
                findings.answers[label, interaction.response.status_code] += 1
        findings.failures += [
            json.dumps(
                {
                    "operation": event.recorder.cases[case_id].value.operation.label,
                    "check": check.name,
                    "told": check.failure_info.failure.message[:1_000],
                    "sent": check.failure_info.code_sample[:2_000],
                }
            )
            for case_id, checks in event.recorder.checks.items()
            for check in checks
            if check.failure_info is not None
        ]
