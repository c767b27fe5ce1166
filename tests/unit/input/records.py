"""Fictitious records as a source would write them, and datasets made of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl
import zstandard

from services.core.contract import INSTANT, LOOKUP, Record
from services.core.eleven_proof import is_valid

JsonRecord = dict[str, object]

BSNS = [str(number) for number in range(960_000_000, 960_001_000) if is_valid(str(number))]


def a_lookup(number: int = 1, /, **changes: object) -> JsonRecord:
    return {
        "lookup_id": f"sonar-{number}",
        "occurred_at": f"2025-03-28T10:{number // 60 % 60:02}:{number % 60:02}.250+01:00",
        "employee_id": f"e-{number % 7}",
        "system": "sonar",
        "action": "view",
        "searched_by": "bsn",
        "bsn": BSNS[number % len(BSNS)],
        "case_id": f"c-{number % 5}",
        "reason": None,
        "data_categories": ["identity", "benefit"] if number % 2 else [],
        "record_count": 1,
        "workstation": "ws-311",
        "location": "office",
        "street": "st-7",
    } | changes


def a_link(**changes: object) -> JsonRecord:
    return {
        "link_id": "l-1",
        "case_id": "c-1",
        "bsn": BSNS[0],
        "assignee_kind": "team",
        "assignee_id": "t-3",
        "kind": "assignment",
        "valid_from": "2025-03-01T08:00:00+01:00",
        "valid_to": None,
        "registered_at": "2025-03-03T02:00:00+01:00",
        "registered_by": "system:sonar",
    } | changes


def an_employee(**changes: object) -> JsonRecord:
    return {
        "employee_id": "e-1",
        "bsn": BSNS[1],
        "team_id": "t-3",
        "role": "claims-handler",
        "department": "north",
        "eigen_personeel": False,
        "hours_per_week": 32,
        "valid_from": "2020-01-01T00:00:00+01:00",
    } | changes


def a_relation(**changes: object) -> JsonRecord:
    return {
        "employee_id": "e-1",
        "bsn": BSNS[2],
        "kind": "partner",
        "source": "declared",
        "valid_from": "2020-01-01T00:00:00+01:00",
        "valid_to": None,
    } | changes


def a_party(**changes: object) -> JsonRecord:
    return {
        "case_id": "c-1",
        "bsn": BSNS[4],
        "kind": "partner",
        "valid_from": "2025-03-01T08:00:00+01:00",
    } | changes


def a_report(**changes: object) -> JsonRecord:
    return {
        "report_id": "r-1",
        "employee_id": "e-1",
        "bsn": BSNS[5],
        "occurred_at": "2025-03-28T10:00:00+01:00",
        "registered_at": "2025-03-28T11:00:00+01:00",
    } | changes


def a_statement(**changes: object) -> JsonRecord:
    return {"employee_id": "e-1", "system": "suwinet", "valid_from": "2020-01-01T00:00:00+01:00"} | changes


def an_absence(**changes: object) -> JsonRecord:
    return {"employee_id": "e-1", "kind": "leave", "valid_from": "2025-03-01T00:00:00+01:00"} | changes


def without(record: JsonRecord, *fields: str) -> JsonRecord:
    return {name: value for name, value in record.items() if name not in fields}


def as_line(record: object) -> bytes:
    return msgspec.json.encode(record)


def as_ndjson(records: Iterable[object]) -> bytes:
    return b"".join(as_line(record) + b"\n" for record in records)


def as_frame(records: Iterable[Mapping[str, object]], record: Record = LOOKUP) -> pl.DataFrame:
    """What a source would write to Parquet: the contract's types."""
    columns: dict[str, list[object]] = {name: [] for name in record.schema}
    for each in records:
        for name, dtype in record.schema.items():
            value = each.get(name)
            columns[name].append(
                datetime.fromisoformat(value) if dtype == INSTANT and isinstance(value, str) else value
            )
    return pl.DataFrame(columns, schema=dict(record.schema))


def write(path: Path, records: Sequence[JsonRecord], record: Record = LOOKUP) -> Path:
    """The records in the form that the file's name asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = as_ndjson(records)
    if path.suffix == ".parquet":
        as_frame(records, record).write_parquet(path)
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(plain))
    elif path.suffix == ".zst":
        path.write_bytes(zstandard.ZstdCompressor().compress(plain))
    else:
        path.write_bytes(plain)
    return path


def write_registers(dataset: Path) -> None:
    write(dataset / "case-links.ndjson", [a_link()])
    write(dataset / "employees.ndjson", [an_employee()])
    write(dataset / "relations.ndjson", [a_relation()])
