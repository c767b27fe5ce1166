"""Every list is read along an index: nothing is scanned whole, nothing is sorted."""

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from services.api import families, queue, signals
from services.api.access import Reader
from services.api.cursors import Cursor
from services.api.need_to_know import apart_from
from services.api.paging import page_query
from services.api.queries import IntakeItemQuery, SignalQuery

SIGNAL = "s-" + "0" * 32
RECEIVED = datetime(2026, 3, 1, tzinfo=UTC)
READER = Reader("token:investigator", "investigator")
FILTERS = {
    "rule": "own-file",
    "ruleClass": "P",
    "severity": "high",
    "status": "open",
    "pushed": False,
    "parentId": SIGNAL,
    "minScore": 50,
    "raisedFrom": "2026-03-01T00:00:00Z",
}
ITEM_FILTERS = {
    "rule": "own-file",
    "severity": "high",
    "status": "received",
    "withdrawn": False,
    "minPriority": 50,
    "raisedFrom": "2026-03-01T00:00:00Z",
    "raisedTo": "2026-04-01T00:00:00Z",
    "assignedToMe": True,
    "dueBefore": "2026-06-01T00:00:00Z",
    "overdue": False,
}


def subsets(filters, sizes=None):
    names = list(filters)
    sizes = range(len(names) + 1) if sizes is None else sizes
    chosen = itertools.chain.from_iterable(itertools.combinations(names, size) for size in sizes)
    return [{name: filters[name] for name in subset} for subset in chosen]


def cursors(*values):
    return [None, Cursor(values), Cursor(values, backward=True)]


@pytest.fixture(scope="module")
def plan(migrated):
    engine = create_engine(f"sqlite:///{migrated / 'api.sqlite'}")

    def explain(query):
        statement = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        with engine.connect() as connection:
            return [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]

    yield explain
    engine.dispose()


def reads_an_index(steps):
    """Whether every table is entered along an index; a subquery's own steps follow its heading."""
    entered = [step for step in steps if not step.startswith("CORRELATED SCALAR SUBQUERY")]
    return all("INDEX" in step and "TEMP B-TREE" not in step for step in entered)


def test_signals_are_listed_along_an_index(plan):
    for filters, cursor in itertools.product(subsets(FILTERS), cursors(50.0, SIGNAL)):
        query = signals.signals_like(SignalQuery.model_validate(filters))
        steps = plan(page_query(query, signals.BY_RANK, cursor, 50))
        assert reads_an_index(steps), (filters, cursor, steps)


@pytest.mark.parametrize("cursor", [None, Cursor((50.0, SIGNAL))])
def test_interests_of_the_reader_are_looked_up_along_an_index(plan, cursor):
    seen_by = apart_from(Reader("oidc:x", "lead", "p1-x", local=False))
    for filters in subsets(FILTERS):
        query = signals.signals_like(SignalQuery.model_validate(filters), seen_by)
        steps = plan(page_query(query, signals.BY_RANK, cursor, 50))
        assert reads_an_index(steps), (filters, steps)
        assert sum("ix_interests_by" in step for step in steps) == 4  # of the signal, and of whom its evidence names
    for query in (
        page_query(queue.items_like(IntakeItemQuery(), READER, RECEIVED, seen_by), queue.BY_PRIORITY, None, 50),
        families.children_of(SIGNAL, seen_by),
    ):
        assert reads_an_index(steps := plan(query)), steps
        assert sum("ix_interests_by" in step for step in steps) == 4  # of the signal, and of whom its evidence names


def test_the_queue_is_listed_along_an_index(plan):
    for chosen, cursor in itertools.product(subsets(ITEM_FILTERS, (0, 1, 2, 10)), cursors(50.0, RECEIVED, "i-1")):
        query = queue.items_like(IntakeItemQuery.model_validate(chosen), READER, RECEIVED)
        steps = plan(page_query(query, queue.BY_PRIORITY, cursor, 50))
        assert reads_an_index(steps), (chosen, cursor, steps)


def test_evidence_is_listed_along_an_index(plan):
    for cursor in cursors(7):
        steps = plan(page_query(signals.evidence_of(SIGNAL), signals.evidence_listing(SIGNAL), cursor, 50))
        assert reads_an_index(steps), steps
