"""The intake's payload against the contract of the records."""

import typing
from datetime import date

import msgspec
import polars as pl

from services.api.answers import StoredSignal
from services.api.intake.batch import SignalBatch
from services.api.payloads import Comparison, Fact, Factor, Lookup, PushedSignal, Signal
from services.core import contract
from services.core.wire import camel, content_hash, to_wire
from tests.unit.state.samples import a_revision, revisions


def accepts_null(field):
    return type(None) in typing.get_args(field.annotation)


def test_a_signal_has_the_columns_of_the_contract_in_order_and_the_evidence_after_them():
    assert list(Signal.model_fields) == list(contract.SIGNAL.schema)
    assert list(PushedSignal.model_fields) == [*contract.SIGNAL.schema, "evidence"]


def test_the_same_columns_may_be_null():
    delivered = {name: PushedSignal.model_fields[name] for name in contract.SIGNAL.schema}
    nullable = {name for name, field in delivered.items() if accepts_null(field)}
    assert nullable == contract.SIGNAL.nullable


def test_the_parts_of_a_signal_have_the_fields_of_the_contract():
    parts = (
        (Factor, contract.FACTOR),
        (Fact, contract.FACT),
        (Comparison, contract.COMPARISON),
        (Lookup, contract.EVIDENCE),
    )
    for model, struct in parts:
        assert list(model.model_fields) == [field.name for field in struct.fields]


def test_codes_are_those_of_the_contract():
    schema = SignalBatch.model_json_schema()["$defs"]["PushedSignal"]["properties"]
    for name, codes in contract.SIGNAL.codes.items():
        field = schema[camel(name)]
        assert field.get("items", field)["enum"] == list(codes)


def test_types_agree_with_the_columns():
    kinds = {"integer": pl.Int64(), "number": pl.Float64(), "boolean": pl.Boolean()}
    schema = SignalBatch.model_json_schema()["$defs"]["PushedSignal"]["properties"]
    for name, dtype in contract.SIGNAL.schema.items():
        kind = schema[camel(name)].get("type")
        assert (kinds.get(kind) == dtype) or (dtype not in kinds.values())
        if dtype == contract.INSTANT:
            assert schema[camel(name)]["format"] == "date-time"


def test_evidence_is_bounded_by_the_contract():
    schema = SignalBatch.model_json_schema()["$defs"]["PushedSignal"]["properties"]["evidence"]
    assert schema["maxItems"] == contract.EVIDENCE_LIMIT


def test_a_comparison_is_bounded_by_the_contract():
    schema = SignalBatch.model_json_schema()["$defs"]["PushedSignal"]["properties"]["comparison"]
    assert schema["maxItems"] == contract.COMPARISON_LIMIT


def test_what_is_read_has_every_column_that_was_delivered():
    assert set(contract.SIGNAL.schema) <= set(StoredSignal.model_fields)


def test_a_comparison_comes_through_table_wire_and_intake_with_its_hash():
    days = [{"day": date(2026, 3, day), "own": day, "expected": 2.0, "peers": 1.25} for day in (12, 13)]
    frame = revisions(a_revision(1) | {"comparison": days})
    told = frame.drop("evidence", "content_hash").row(0, named=True)
    row = frame.row(0, named=True) | {"content_hash": content_hash(told)}
    body = msgspec.json.decode(msgspec.json.encode(to_wire({"signals": [row]})))
    (signal,) = SignalBatch.model_validate(body).signals
    assert [day.model_dump() for day in signal.comparison] == days
    assert to_wire(signal.columns()) == {key: value for key, value in body["signals"][0].items() if key != "evidence"}
