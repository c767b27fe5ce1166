"""With 100,000 rows PostgreSQL reads every list along an index: no table of those is read whole."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as dialect

from services.api import queue, signals
from services.api.access import Reader
from services.api.audit import listing as trail
from services.api.cursors import Cursor
from services.api.db.migrate import migrate
from services.api.families import children_of
from services.api.need_to_know import apart_from, items_apart_from
from services.api.news import AT_ONCE, between
from services.api.paging import page_query
from services.api.queries import IntakeItemQuery, SignalQuery
from services.api.vault import listing as vault
from services.api.vault.forms import RevealQuery
from services.core.reading import NOT_ASSIGNED

ROWS = 100_000
SIGNAL = f"s-{1:032x}"
AT = datetime(2026, 3, 1, tzinfo=UTC)
READERS = (
    Reader("token:lead", "lead"),
    Reader("token:investigator", "investigator", "p1-1"),
    Reader("token:auditor", "auditor", "p1-1"),
)
RULE = f"CASE n % 1000 WHEN 0 THEN '{NOT_ASSIGNED}' ELSE 'rule-' || n % 20 END"
MOMENT = "timestamptz '2026-01-01' + n * interval '1 minute'"
SEVERITY = "CASE n % 3 WHEN 0 THEN 'high' WHEN 1 THEN 'medium' ELSE 'low' END"
FILLED = {
    "signals": {
        "signal_id": "'s-' || lpad(to_hex(n), 32, '0')",
        "revision": "1",
        "content_hash": "'0'",
        "as_of": MOMENT,
        "rule": RULE,
        "rule_class": "'P'",
        "severity": SEVERITY,
        "status": "'open'",
        "pushed": "n % 2 = 0",
        "score": "n % 1000 / 10.0",
        "raised_at": MOMENT,
        "received_at": MOMENT,
        "body": "'{}'",
        "parent_id": "CASE WHEN n % 50 = 0 THEN 's-' || lpad(to_hex(n - 1), 32, '0') END",
    },
    "intake_items": {
        "id": "'i-' || lpad(to_hex(n), 32, '0')",
        "signal_id": "'s-' || lpad(to_hex(n), 32, '0')",
        "look_number": "1",
        "rule": RULE,
        "withdrawn": "n % 10 = 0",
        "severity": SEVERITY,
        "status": "CASE n % 4 WHEN 0 THEN 'received' ELSE 'concluded' END",
        "priority": "n % 1000 / 10.0",
        "received_at": MOMENT,
        "raised_at": MOMENT,
    },
    "evidence": {
        "signal_id": "'s-' || lpad(to_hex(n), 32, '0')",
        "position": "0",
        "lookup_id": "'log'",
        "body": "'{}'",
    },
    "signal_people": {
        "signal_id": "'s-' || lpad(to_hex(n), 32, '0')",
        "pseudonym": "'p1-1'",
    },
    "interest_readers": {"reader": "'p1-' || n", "loaded_at": MOMENT},
    "interests": {"reader": "'p1-' || n", "kind": "'self'", "employee_id": "'p1-' || n", "standing": "true"},
    "reveals": {
        "id": "'r-' || lpad(to_hex(n), 32, '0')",
        "item_id": "'i-' || lpad(to_hex(n), 32, '0')",
        "field": "'employee'",
        "kind": "'employee'",
        "pseudonym": "'p1-1'",
        "purpose": "'hearing'",
        "reason": "'x'",
        "status": "'opened'",
        "four_eyes": "false",
        "asked_by": "'token:' || n % 50",
        "asked_at": MOMENT,
        "opened_at": MOMENT,
    },
    "audit_entries": {
        "sequence": "n + 10",
        "at": MOMENT,
        "actor": "'token:' || n % 50",
        "role": "'lead'",
        "action": "'read'",
        "object_kind": "'signal'",
        "payload_hash": "sha256(n::text::bytea)",
        "hash": "sha256(n::text::bytea)",
    },
}


def pages(listing, query, *place):
    cursors = [None, Cursor(place), Cursor(place, backward=True)]
    return [page_query(query, listing, cursor, 50) for cursor in cursors]


def some(filters):
    return [{}, *({name: value} for name, value in filters.items())]


def lists():
    """Each list with no filter and with each filter by itself; its first page, and one either way from the middle."""
    yield from pages(signals.evidence_listing(SIGNAL), signals.evidence_of(SIGNAL), 0)
    for reader in READERS:
        yield from lists_for(reader, apart_from(reader), items_apart_from(reader))
    for chosen in some({"actor": "token:1", "action": "read", "objectId": SIGNAL, "from": "2026-03-01T00:00:00Z"}):
        like, listing = trail.entries_like(trail.AuditQuery.model_validate(chosen))
        yield from pages(listing, like, AT, 7)


def lists_for(reader, of_signals, of_items):
    """Those that differ by who asks, with the conditions on the signals and on the items that the reader may see."""
    moment = {"raisedFrom": "2026-03-01T00:00:00Z"}
    for chosen in some({"rule": "rule-1", "severity": "high", "status": "open", "parentId": SIGNAL, "minScore": 50}):
        for pushed in (True, False):
            query = SignalQuery.model_validate(chosen | {"pushed": pushed})
            yield from pages(signals.BY_RANK, signals.signals_like(query, of_signals), 50.0, SIGNAL)
    for chosen in some({"rule": "rule-1", "severity": "high", "status": "received", "withdrawn": True} | moment):
        query = queue.items_like(IntakeItemQuery.model_validate(chosen), reader, AT, of_items)
        yield from pages(queue.BY_PRIORITY, query, 50.0, AT, "i-1")
    for chosen in some({"status": "pending"}):
        like = vault.reveals_like(RevealQuery.model_validate(chosen), reader, of_items, AT)
        yield from pages(vault.NEWEST_FIRST, like, AT, "r-1")
    yield children_of(SIGNAL, of_signals)
    yield between(ROWS - AT_ONCE, ROWS, of_items)


def fill(connection):
    for table, columns in FILLED.items():
        values = ", ".join(columns.values())
        numbers = f"generate_series(1, {ROWS}) AS n"
        statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {numbers}"
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql("ANALYZE")


def nodes(plan):
    return [plan, *itertools.chain.from_iterable(nodes(part) for part in plan.get("Plans", []))]


def read_whole(connection, query):
    """The large tables that the plan of a query reads from beginning to end."""
    statement = query.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    ((told,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}".replace("%", "%%")).all()
    scanned = [node for node in nodes(told[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    return {node["Relation Name"] for node in scanned} & {*FILLED, "item_news"}


@pytest.mark.slow
def test_no_list_reads_a_large_table_whole(postgresql):
    migrate(postgresql)
    engine = sa.create_engine(postgresql)
    with engine.begin() as connection:
        fill(connection)
    with engine.connect() as connection:
        found = {str(query): read_whole(connection, query) for query in lists()}
        everything = sa.text("SELECT count(*) FROM signals WHERE content_hash = 'x'")
        assert read_whole(connection, everything) == {"signals"}  # the test can fail
    engine.dispose()
    assert {query: tables for query, tables in found.items() if tables} == {}
