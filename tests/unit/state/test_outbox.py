"""The outbox keeps of each signal the newest revision to send, in order, and settles each row once."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import polars as pl
import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.wire import content_hash, from_wire
from services.detector.state.connection import open_engine
from services.detector.state.outbox import Outbox
from services.detector.state.store import Commit, Store
from services.detector.state.undelivered import Retried, Undelivered
from tests.unit.state.samples import START, a_revision, an_owned_store, query, revisions, signal_id

PLENTY = 1_000_000


def add(store: Store, *rows: dict[str, object]) -> None:
    store.commit(Commit({}, revisions=revisions(*rows)))


def waiting(outbox: Outbox) -> list[tuple[str, float]]:
    return [(parcel.signal_id, msgspec.json.decode(parcel.body)["score"]) for parcel in outbox.pending(99, PLENTY)]


def statuses(database: URL) -> list[str]:
    return [status for (status,) in query(database, "SELECT status FROM outbox ORDER BY id")]


def test_a_body_is_the_signal_as_the_api_reads_it(database: URL) -> None:
    row = a_revision(1)
    with an_owned_store(database) as store:
        add(store, row)
        (parcel,) = store.outbox.pending(1, PLENTY)
    told = msgspec.json.decode(parcel.body)
    assert told["firstLookupAt"] == "2026-03-02T09:00:00.000000Z"
    assert told["evidence"][0]["lookupId"] == "l-1"
    content = {key: value for key, value in from_wire(told).items() if key != "evidence"}
    assert content_hash(content) == row["content_hash"]


def test_columns_of_the_engine_beyond_the_contract_are_not_told(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, revisions=revisions(a_revision(1)).with_columns(pl.lit(1).alias("employee_key"))))
        assert b"employeeKey" not in store.outbox.pending(1, PLENTY)[0].body


def test_revisions_of_several_signals_wait_in_order(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(3), a_revision(1))
        add(store, a_revision(2))
        assert [signal for signal, _ in waiting(store.outbox)] == [signal_id(3), signal_id(1), signal_id(2)]


def test_a_newer_revision_supersedes_one_that_waits(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1, 40), a_revision(2, 40))
        add(store, a_revision(1, 50, hour=1))
        assert waiting(store.outbox) == [(signal_id(2), 40), (signal_id(1), 50)]
    assert statuses(database) == ["superseded", "pending", "pending"]


def test_of_one_commit_the_newest_by_as_of_counts_whatever_its_place(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1, 60, hour=2), a_revision(1, 50, hour=1), a_revision(1, 55, hour=1))
        assert waiting(store.outbox) == [(signal_id(1), 60)]


def test_a_revision_older_than_what_was_delivered_is_not_sent(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1, 60, hour=2))
        store.outbox.mark_delivered({1: "stored"})
        add(store, a_revision(1, 50, hour=1))
        assert waiting(store.outbox) == []


def test_content_that_returns_later_is_sent_again(database: URL) -> None:
    with an_owned_store(database) as store:
        for hour, score in enumerate((40.0, 50.0, 40.0)):
            add(store, a_revision(1, score, hour))
        assert waiting(store.outbox) == [(signal_id(1), 40)]


def test_content_that_returns_in_the_same_moment_is_sent_again(database: URL) -> None:
    sent = []
    with an_owned_store(database) as store:
        for score in (40.0, 50.0, 40.0, 40.0):
            add(store, a_revision(1, score))
            for parcel in store.outbox.pending(99, PLENTY):
                sent.append(msgspec.json.decode(parcel.body)["score"])
                store.outbox.mark_delivered({parcel.row: "stored"})
    assert sent == [40, 50, 40]


def test_of_what_returns_in_the_same_moment_before_it_was_sent_only_the_last_waits(database: URL) -> None:
    with an_owned_store(database) as store:
        for score in (40.0, 50.0, 40.0):
            add(store, a_revision(1, score))
        assert waiting(store.outbox) == [(signal_id(1), 40)]


def test_a_rejected_revision_does_not_hold_back_the_next(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1, 40, hour=1))
        store.outbox.mark_rejected(1, "400: score")
        add(store, a_revision(1, 50, hour=1))
        assert waiting(store.outbox) == [(signal_id(1), 50)]
    assert statuses(database) == ["rejected", "pending"]


def test_a_revision_superseded_while_it_is_under_way_settles_without_harm(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1, 40), a_revision(2, 40))
        add(store, a_revision(1, 50, hour=1), a_revision(2, 50, hour=1))
        store.outbox.mark_delivered({1: "stored"})
        store.outbox.mark_rejected(2, "400: score")
        assert waiting(store.outbox) == [(signal_id(1), 50), (signal_id(2), 50)]
    assert statuses(database) == ["delivered", "superseded", "pending", "pending"]


def test_the_body_goes_when_it_is_delivered_and_stays_when_it_is_rejected(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1), a_revision(2))
        store.outbox.mark_delivered({1: "stored"})
        store.outbox.mark_rejected(2, "400: score")
    kept = query(database, "SELECT body IS NOT NULL, result FROM outbox ORDER BY id")
    assert kept == [(0, "stored"), (1, "400: score")]


@pytest.mark.parametrize(("rows", "size", "expected"), [(2, PLENTY, 2), (9, 1, 1), (9, PLENTY, 3)])
def test_a_batch_is_bounded_by_rows_and_bytes_but_never_empty(
    database: URL, rows: int, size: int, expected: int
) -> None:
    with an_owned_store(database) as store:
        add(store, *(a_revision(number) for number in range(3)))
        assert len(store.outbox.pending(rows, size)) == expected


def test_the_backlog_tells_how_many_wait_and_since_when(database: URL) -> None:
    with an_owned_store(database) as store:
        assert (store.outbox.backlog().pending, store.outbox.backlog().oldest) == (0, None)
        add(store, a_revision(1), a_revision(2))
        backlog = store.outbox.backlog()
    assert backlog.pending == 2
    assert backlog.oldest is not None
    assert backlog.oldest > START - timedelta(days=3650)


def test_what_is_put_aside_waits_longer_each_time_and_lets_the_others_go_first(database: URL) -> None:
    with an_owned_store(database) as store:
        add(store, a_revision(1), a_revision(2))
        pauses = [store.outbox.put_aside(1, failures, "500").total_seconds() / 60 for failures in (1, 2, 3, 7, 99)]
        assert pauses == [1, 2, 4, 60, 60]
        assert [parcel.row for parcel in store.outbox.pending(9, PLENTY)] == [2]
        backlog = store.outbox.backlog()
        assert (backlog.pending, backlog.aside) == (2, 1)
        store.outbox.take_up()
        assert [(parcel.row, parcel.failures) for parcel in store.outbox.pending(9, PLENTY)] == [(2, 0), (1, 99)]
        assert store.outbox.backlog().aside == 0


def test_of_several_refused_revisions_the_newest_alone_goes_out_again(database: URL) -> None:
    with an_owned_store(database) as store:
        for hour in range(3):
            add(store, a_revision(1, 40 + hour, hour=hour))
            store.outbox.mark_rejected(hour + 1, "400")
        engine = open_engine(database)
        undelivered = Undelivered(engine, SystemClock())
        assert (undelivered.refused(), len(undelivered.oldest(9))) == (3, 3)
        assert undelivered.retry() == Retried(again=1, superseded=2)
        engine.dispose()
        assert waiting(store.outbox) == [(signal_id(1), 42)]
    assert statuses(database) == ["superseded", "superseded", "pending"]
