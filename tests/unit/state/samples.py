"""Small stores, signals and lookups for tests of the durable side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from sqlalchemy import text
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.contract import DEAD_LETTER, EVIDENCE, SIGNAL
from services.core.wire import content_hash
from services.detector.encode import LOOKUPS
from services.detector.state.connection import open_engine, sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Store

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PSEUDONYM = "p1-" + "0" * 32


@contextmanager
def a_store(where: Path | URL, busy_timeout_ms: int = 50) -> Iterator[Store]:
    """A store on a migrated database, not claimed yet; gives up on a lock at once if not told otherwise.

    A SQLite file is made where there is none.
    """
    store = Store(with_tables(where), SystemClock(), busy_timeout_ms)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def an_owned_store(where: Path | URL, busy_timeout_ms: int = 50) -> Iterator[Store]:
    """A store that is ready for commits."""
    with a_store(where, busy_timeout_ms) as store:
        store.claim()
        store.load()
        yield store


def with_tables(where: Path | URL) -> URL:
    """The address of the database; a SQLite file with empty tables is made where there is none."""
    url = sqlite_url(where) if isinstance(where, Path) else where
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        Path(url.database or "").write_bytes(_migrated())
    return url


def query(url: URL, sql: str, **values: object) -> list[tuple[Any, ...]]:
    """What another process gets from the database, or does to it."""
    engine = open_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(sql), values)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


@cache
def _migrated() -> bytes:
    """A database file with empty tables; migrating each time would take most of the time of the tests."""
    with TemporaryDirectory() as folder:
        migrate(sqlite_url(Path(folder) / "s.sqlite"))
        return (Path(folder) / "s.sqlite").read_bytes()


def signal_id(number: int) -> str:
    return f"s-{number:032x}"


def a_revision(number: int, score: float = 40.0, hour: int = 0) -> dict[str, object]:
    """One revision of signal `number`, told `hour` hours after START."""
    row: dict[str, object] = {
        "signal_id": signal_id(number),
        "family": "own-file",
        "rule": "own-file",
        "rule_version": 1,
        "rule_class": "P",
        "employee_id": PSEUDONYM,
        "subject": PSEUDONYM,
        **dict.fromkeys(("window_start", "window_end", "first_lookup_at", "last_lookup_at", "raised_at"), START),
        "as_of": START + timedelta(hours=hour),
        "lookup_count": 1,
        "moment_count": 1,
        "day_count": 1,
        "counting_rule": "moments-30-minutes-v1",
        "data_categories": ["income"],
        "shared_count": 0,
        "lookup_ids": [f"l-{number}"],
        "score": score,
        "severity": "medium",
        "status": "open",
        "withdrawn_reason": None,
        "pushed": True,
        "factors": [{"factor": "rule", "value": "own-file", "points": score}],
        "summary": "One lookup of the own file.",
        "summary_nl": "Eén raadpleging van het eigen dossier.",
        "facts_for": [],
        "facts_against": [],
        "facts_unknown": [],
        "counterfactual": {"code": "other-file", "nl": "Bij een ander dossier niet.", "en": "Not for another file."},
        "comparison": [],
        "parent_id": None,
        "settings_hash": "0" * 32,
    }
    row["content_hash"] = content_hash(row)
    return row | {"evidence": [_evidence(number)]}


def revisions(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={**SIGNAL.schema, "evidence": pl.List(EVIDENCE)})


def dead(*positions: str) -> pl.DataFrame:
    rows = [("lookup", position, ["bsn: fails the 11-proef"], ["bsn-fails-11-proef"], b"s") for position in positions]
    return pl.DataFrame(rows, schema=DEAD_LETTER.schema, orient="row")


def lookups(*keys: tuple[int, int | None]) -> pl.DataFrame:
    """Encoded lookups by (employee, subject), a minute apart, of the columns that the archive asks of them."""
    rows = [
        {"lookup_id": f"l-{employee}-{subject}", "at": START + timedelta(minutes=minute), "day": START.date()}
        | {"employee": employee, "subject": subject}
        for minute, (employee, subject) in enumerate(keys)
    ]
    return pl.DataFrame(
        rows,
        schema={name: LOOKUPS[name] for name in ("lookup_id", "at", "day", "employee", "subject")},
    )


def days(**numbers: list[int]) -> pl.DataFrame:
    """A state table with buckets: `days(d1=[..], d2=[..])`."""
    rows = [(int(name[1:]), number) for name, values in numbers.items() for number in values]
    return pl.DataFrame(rows, schema={"bucket": pl.Int32, "number": pl.Int64}, orient="row")


def _evidence(number: int) -> dict[str, object]:
    return {
        "lookup_id": f"l-{number}",
        "occurred_at": START,
        "system": "sonar",
        "action": "view",
        "searched_by": "bsn",
        "data_categories": ["income"],
        "record_count": 1,
        "state": "unexplained",
        "explanation": None,
    }
