"""What the decoder takes of a text, a signal may tell and the intake takes: the bounds are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from services.api.intake.batch import SignalBatch
from services.api.payloads import Lookup, PushedSignal
from services.core.contract import EVIDENCE, LOOKUP, NAME_LIMIT, PRINTABLE
from services.core.vault import LONGEST_IDENTITY
from services.core.wire import snake
from services.detector.decode import decode_lines
from tests.unit.input.records import a_lookup

SCHEMAS = Path(__file__).parents[2] / "schemas"
PARTS = {"factor": "Factor", "fact": "Fact", "evidence": "Lookup"}
BOUNDS = ("minLength", "maxLength", "pattern")

Json = Mapping[str, object]


def part(schema: Json, *names: str) -> dict[str, dict[str, object]]:
    for name in names:
        schema = msgspec.convert(schema[name], dict[str, object])
    return msgspec.convert(schema, dict[str, dict[str, object]])


def bounds(field: Json) -> Json | None:
    """Of a text, or the texts of a list; none where the field holds something else, a code or a time."""
    if field.get("type") == "array":
        field = msgspec.convert(field["items"], dict[str, object])
    choices = msgspec.convert(field.get("anyOf", [field]), list[dict[str, object]])
    for each in choices:
        kinds = each.get("type") if isinstance(each.get("type"), list) else [each.get("type")]
        if "string" in kinds and "enum" not in each and "format" not in each:
            return {name: each.get(name) for name in BOUNDS}
    return None


def texts() -> Iterator[tuple[str, Json, Json]]:
    """Every text of a signal, as the intake has it and as its JSON Schema has it."""
    intake = part(SignalBatch.model_json_schema(), "$defs")
    schema = msgspec.json.decode((SCHEMAS / "signal.schema.json").read_bytes(), type=dict[str, object])
    pairs = [("signal", part(intake, "PushedSignal", "properties"), part(schema, "properties"))]
    pairs += [
        (name, part(intake, model, "properties"), part(schema, "$defs", name, "properties"))
        for name, model in PARTS.items()
    ]
    for name, theirs, ours in pairs:
        for field, told in theirs.items():
            found = bounds(told)
            if found is not None:
                yield f"{name}.{field}", found, bounds(ours[field]) or {}


@pytest.mark.parametrize(
    ("name", "intake", "schema"), [*texts()], ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_text_of_a_signal_has_the_same_bounds_in_the_schema_and_in_the_intake(
    name: str, intake: Json, schema: Json
) -> None:
    assert schema == intake, name


def test_no_text_of_a_signal_is_without_bounds() -> None:
    found = {name: intake for name, intake, _ in texts()}
    assert {"signal.lookupIds", "evidence.lookupId", "evidence.system", "factor.value"} <= set(found)
    assert all(intake["pattern"] for intake in found.values())


def test_what_a_source_chooses_of_the_evidence_is_bounded_where_it_is_read() -> None:
    chosen = {field.name for field in EVIDENCE.fields} & set(LOOKUP.schema) - set(LOOKUP.codes)
    free = {name for name in chosen if bounds(part(Lookup.model_json_schema(), "properties")[_camel(name)])}
    assert free - {"employee_id"} == {"lookup_id", "system"}  # an employee is told by pseudonym
    assert free <= set(LOOKUP.names)


@pytest.mark.parametrize("field", ["lookup_id", "system"])
def test_the_longest_text_that_is_read_is_delivered(field: str) -> None:
    longest = "é" * NAME_LIMIT
    assert decode_lines([msgspec.json.encode(a_lookup(**{field: longest}))], ["here"], LOOKUP).dead.is_empty()
    told = bounds(part(Lookup.model_json_schema(), "properties")[_camel(field)])
    assert told == {"minLength": 1, "maxLength": NAME_LIMIT, "pattern": PRINTABLE}
    ids = bounds(part(PushedSignal.model_json_schema(), "properties")["lookupIds"])
    assert ids == told


def test_the_longest_id_of_an_employee_fits_under_its_seal() -> None:
    assert len(("\U0001f600" * NAME_LIMIT).encode()) <= LONGEST_IDENTITY


@pytest.mark.parametrize("field", LOOKUP.names)
@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * (NAME_LIMIT + 1), "text-too-long"), ("x\x00y", "not-printable"), ("\x1b[2J", "not-printable")],
)
def test_a_lookup_whose_ids_and_names_have_no_end_or_no_letters_is_a_dead_letter(
    field: str, text: str, code: str
) -> None:
    found = decode_lines([msgspec.json.encode(a_lookup(**{field: text}))], ["here"], LOOKUP)
    assert found.valid.is_empty()
    assert found.dead["codes"].item().to_list() == [code]
    (reason,) = found.dead["reasons"].item()
    assert reason.startswith(f"field {field}: ")


def test_what_an_employee_typed_as_a_reason_keeps_no_lookup_from_being_judged() -> None:
    odd = "\x00" + "x" * 100_000
    assert decode_lines([msgspec.json.encode(a_lookup(reason=odd))], ["here"], LOOKUP).dead.is_empty()


def _camel(name: str) -> str:
    fields = part(Lookup.model_json_schema(), "properties")
    return next(field for field in fields if snake(field) == name)
