"""Polars schemas and JSON Schemas say the same, and the decoder says what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from services.core.contract import (
    ABSENCE,
    CASE_LINK,
    CASE_PARTY,
    COMPARISON,
    EMPLOYEE,
    EVIDENCE,
    FACT,
    FACTOR,
    INSTANT,
    LOOKUP,
    RELATION,
    SELF_REPORT,
    SIGNAL,
    STATEMENT,
    Record,
)
from services.core.eleven_proof import is_valid
from services.core.wire import camel, content_hash, from_wire, snake, to_wire
from services.detector.decode import Decoded, decode_lines
from tests.unit.input.records import (
    JsonRecord,
    a_link,
    a_lookup,
    a_party,
    a_relation,
    a_report,
    a_statement,
    an_absence,
    an_employee,
)

SCHEMAS = Path(__file__).parents[2] / "schemas"
READ = (LOOKUP, CASE_LINK, EMPLOYEE, RELATION, CASE_PARTY, SELF_REPORT, STATEMENT, ABSENCE)
RECORDS = {record.name: record for record in (*READ, SIGNAL)}
NOT_IN_THE_TABLE = {"signal": {"evidence"}}
"""What only the JSON has: the rows that the intake needs beside the signal."""
BEYOND_JSON_SCHEMA = {"ends-before-it-starts"}
DEFS: dict[str, pl.DataType] = {"factor": FACTOR, "fact": FACT, "comparison": COMPARISON, "evidence": EVIDENCE}

Json = Mapping[str, object]

FORMATS = FormatChecker()


@FORMATS.checks("bsn")
def _is_bsn(value: object) -> bool:
    return not isinstance(value, str) or is_valid(value)


def schema_of(name: str) -> dict[str, object]:
    return msgspec.json.decode((SCHEMAS / f"{name}.schema.json").read_bytes(), type=dict[str, object])


def part(schema: Json, name: str) -> dict[str, object]:
    return msgspec.convert(schema[name], dict[str, object])


def validator_of(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(name), format_checker=FORMATS)


def examples(folder: str) -> list[Path]:
    return sorted((SCHEMAS / "examples" / folder).glob("*.json"))


def decoded(record: Record, example: object) -> Decoded:
    return decode_lines([msgspec.json.encode(example)], ["example"], record)


def polars_type(field: Json) -> pl.DataType:
    """The column that holds what the JSON Schema allows."""
    if "$ref" in field:
        return DEFS[str(field["$ref"]).rpartition("/")[2]]
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    kind = next(each for each in kinds if each != "null")
    if kind == "array":
        return pl.List(polars_type(part(field, "items")))
    if kind == "integer":
        return pl.Int32() if field.get("maximum") == 2**31 - 1 else pl.Int64()
    if kind == "string" and field.get("format") == "date-time":
        return INSTANT
    if kind == "string" and field.get("format") == "date":
        return pl.Date()
    return {"string": pl.String(), "number": pl.Float64(), "boolean": pl.Boolean()}[str(kind)]


def codes_of(field: Json) -> tuple[str, ...] | None:
    field = part(field, "items") if "items" in field else field
    codes = field.get("enum")
    return tuple(str(code) for code in codes if code is not None) if isinstance(codes, list) else None


@pytest.mark.parametrize("record", RECORDS.values(), ids=list(RECORDS))
class TestSchemasAgree:
    def fields(self, record: Record) -> dict[str, dict[str, object]]:
        found = part(schema_of(record.name), "properties")
        fields = {snake(name): part(found, name) for name in found}
        return {name: field for name, field in fields.items() if name not in NOT_IN_THE_TABLE.get(record.name, ())}

    def test_the_schema_itself_is_valid(self, record: Record) -> None:
        Draft202012Validator.check_schema(schema_of(record.name))

    def test_names_are_the_same_in_the_same_order(self, record: Record) -> None:
        assert list(self.fields(record)) == list(record.schema)

    def test_names_are_written_as_their_border_writes_them(self, record: Record) -> None:
        written = set(part(schema_of(record.name), "properties")) - NOT_IN_THE_TABLE.get(record.name, set())
        assert written == {camel(name) if record is SIGNAL else name for name in record.schema}

    def test_types_are_the_same(self, record: Record) -> None:
        assert {name: polars_type(field) for name, field in self.fields(record).items()} == dict(record.schema)

    def test_the_same_fields_may_be_null(self, record: Record) -> None:
        kinds = {name: field.get("type") for name, field in self.fields(record).items()}
        nullable = {name for name, kind in kinds.items() if isinstance(kind, list) and "null" in kind}
        assert nullable == record.nullable

    def test_the_same_fields_are_required(self, record: Record) -> None:
        required = schema_of(record.name)["required"]
        assert isinstance(required, list)
        assert {snake(name) for name in required} == set(record.required)

    def test_codes_are_the_same(self, record: Record) -> None:
        found = {name: codes_of(field) for name, field in self.fields(record).items()}
        assert {name: codes for name, codes in found.items() if codes} == dict(record.codes)


@pytest.mark.parametrize("name", sorted(DEFS))
def test_parts_of_a_signal_are_the_structs_of_the_table(name: str) -> None:
    found = part(part(part(schema_of("signal"), "$defs"), name), "properties")
    assert pl.Struct({snake(field): polars_type(part(found, field)) for field in found}) == DEFS[name]


@pytest.mark.parametrize("path", examples("valid"), ids=lambda path: path.stem)
def test_valid_examples_pass_the_schema_and_the_decoder(path: Path) -> None:
    example, record = msgspec.json.decode(path.read_bytes()), RECORDS[path.name.partition(".")[0]]
    assert list(validator_of(record.name).iter_errors(example)) == []
    if record in READ:
        found = decoded(record, example)
        assert found.dead.to_dicts() == []
        assert found.valid.height == 1


@pytest.mark.parametrize("path", examples("invalid"), ids=lambda path: path.stem)
def test_invalid_examples_fail_the_schema_and_the_decoder(path: Path) -> None:
    name, expected, *_ = path.stem.split(".")
    example, record, codes = msgspec.json.decode(path.read_bytes()), RECORDS[name], set(expected.split("+"))
    fails = not validator_of(name).is_valid(example)
    assert fails == (not codes <= BEYOND_JSON_SCHEMA)
    if record in READ:
        found = decoded(record, example)
        assert found.valid.height == 0
        assert set(found.dead["codes"].item()) == codes


@pytest.mark.parametrize("path", examples("invalid"), ids=lambda path: path.stem)
def test_each_invalid_example_with_one_code_has_one_fault(path: Path) -> None:
    name, expected, *_ = path.stem.split(".")
    if "+" not in expected:
        example = msgspec.json.decode(path.read_bytes())
        faulty = {tuple(error.absolute_path)[:1] for error in validator_of(name).iter_errors(example)}
        assert len(faulty) == (0 if expected in BEYOND_JSON_SCHEMA else 1)


def test_there_are_examples_of_every_record() -> None:
    for folder in ("valid", "invalid"):
        assert {path.name.partition(".")[0] for path in examples(folder)} == set(RECORDS)


def test_every_code_list_has_an_example_with_an_unknown_code() -> None:
    for record in RECORDS.values():
        stems = {path.stem for path in examples("invalid")}
        unknown = {name.replace("_", "-").replace("categories", "category") for name in record.codes}
        assert {f"{record.name}.unknown-{name}" for name in unknown} <= stems


@pytest.mark.parametrize("stem", ["signal", "signal.withdrawn", "signal.volume"])
def test_a_signal_of_the_examples_fits_its_table_and_comes_back_as_it_was(stem: str) -> None:
    body = msgspec.json.decode((SCHEMAS / "examples" / "valid" / f"{stem}.json").read_bytes(), type=dict[str, object])
    body.pop("evidence", None)
    row = from_wire(body)
    assert isinstance(row, dict)
    times = {name for name, dtype in SIGNAL.schema.items() if dtype == INSTANT}
    typed = {name: datetime.fromisoformat(value) if name in times else value for name, value in row.items()}
    typed["comparison"] = [{**day, "day": date.fromisoformat(day["day"])} for day in row["comparison"]]
    frame = pl.DataFrame([typed], schema=dict(SIGNAL.schema))
    assert to_wire(frame.row(0, named=True)) == body
    assert content_hash(typed) == body["contentHash"]
    assert sum(factor["points"] for factor in row["factors"]) == row["score"]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([2**31 - 1, 2**31, 2**63, 1.0, 1.5, 40, 168.5, 1e300]),
    st.sampled_from(
        [
            "",
            " ",
            "x",
            "x" * 200,
            "é" * 201,
            " x\n",
            "x\x00",
            "\x1f",
            "\x7f",
            "Sonar",
            "view",
            "bsn",
            "office",
            "employee",
            "task",
            "partner",
            "brp",
            "960000008",
        ]
    ),
    st.sampled_from(
        ["960000008", "960000009", "2025-03-28T10:00:00Z", "2025-03-28t10:00:00.1+02:00", "2025-03-28T10:00:00"]
    ),
    st.sampled_from(["2025-02-30T10:00:00Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "28-03-2025"]),
    st.lists(st.one_of(st.sampled_from(["identity", "medical", "health", 1]), st.none()), max_size=3),
    st.just({"a": 1}),
)
BASES: dict[str, JsonRecord] = {
    "lookup": a_lookup(),
    "case-link": a_link(),
    "employee": an_employee(),
    "relation": a_relation(),
    "case-party": a_party(),
    "self-report": a_report(),
    "statement": a_statement(),
    "absence": an_absence(),
}


@settings(deadline=None)
@given(st.sampled_from(READ), st.data())
def test_the_decoder_takes_exactly_what_the_schema_takes(record: Record, data: st.DataObject) -> None:
    changes = data.draw(st.dictionaries(st.sampled_from([*record.schema, "unknown_field"]), VALUES, max_size=3))
    gone = data.draw(st.sets(st.sampled_from(list(record.schema)), max_size=2))
    example = {name: value for name, value in (BASES[record.name] | changes).items() if name not in gone}
    found = decoded(record, example)
    codes = set(found.dead["codes"].explode()) - BEYOND_JSON_SCHEMA
    assert validator_of(record.name).is_valid(example) == (not codes)
