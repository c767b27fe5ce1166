"""A PostgreSQL server that cannot do the work says why, keeps nothing of it, and takes the same work later."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from services.core.clock import SystemClock
from services.detector.state import connection as connecting
from services.detector.state.connection import StoreUnavailable, open_engine, writing
from services.detector.state.fences import Fenced
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import a_revision, a_store, an_owned_store, days, query, revisions
from tests.unit.state.test_unavailable import WORK, assert_holds_nothing, assert_holds_the_work

pytestmark = pytest.mark.services


@contextmanager
def another_writer(url: URL) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM owner FOR UPDATE"))
        yield connection
    engine.dispose()


def end_other_connections(url: URL) -> None:
    others = "datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    query(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


def refusal(url: URL) -> StoreUnavailable:
    store = Store(url, SystemClock())
    with pytest.raises(StoreUnavailable) as caught:
        store.claim()
    store.close()
    return caught.value


def test_a_locked_database_takes_the_same_commit_once_it_is_free(server: URL) -> None:
    with an_owned_store(server) as store:
        with another_writer(server):
            with pytest.raises(StoreUnavailable, match="another process is writing to it") as caught:
                store.commit(WORK)
            assert caught.value.passes
            assert_holds_nothing(store)
        store.commit(WORK)
        assert_holds_the_work(store)


def test_reading_does_not_wait_for_a_writer(server: URL) -> None:
    with an_owned_store(server) as store:
        store.commit(WORK)
        with another_writer(server) as other:
            other.execute(text("DELETE FROM outbox"))
            assert_holds_the_work(store)


def test_a_view_stays_as_it_was_when_it_began(server: URL) -> None:
    engine = open_engine(server)
    with connecting.reading(engine) as view:
        before = view.execute(text("SELECT epoch FROM owner")).scalar_one()
        query(server, "UPDATE owner SET epoch = epoch + 1")
        assert view.execute(text("SELECT epoch FROM owner")).scalar_one() == before
    engine.dispose()


def test_a_connection_that_the_server_ended_is_replaced_unnoticed(server: URL) -> None:
    with an_owned_store(server) as store:
        end_other_connections(server)
        store.commit(WORK)
        assert_holds_the_work(store)


def test_a_connection_that_breaks_in_a_commit_stores_nothing_and_may_be_tried_again(server: URL) -> None:
    with an_owned_store(server) as store:
        broken = []

        def breaks(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if "INSERT INTO archive" in statement and not broken:
                broken.append(statement)
                end_other_connections(server)

        event.listen(store._engine, "before_cursor_execute", breaks)
        with pytest.raises(StoreUnavailable, match="it cannot be reached; check that it runs") as caught:
            store.commit(WORK)
        assert caught.value.passes
        assert "Nothing was stored" not in str(caught.value)
        assert_holds_nothing(store)
        store.commit(WORK)
        assert_holds_the_work(store)


def test_a_commit_that_was_stored_though_its_answer_was_lost_is_not_stored_twice(server: URL) -> None:
    with an_owned_store(server) as store:
        query(server, "UPDATE owner SET commits = commits + 1")
        with pytest.raises(Fenced):
            store.commit(WORK)
        assert_holds_nothing(store)


def test_a_process_that_stands_still_in_a_transaction_does_not_block_its_successor(
    server: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "STAND_STILL_MS", 100)
    engine = open_engine(server)

    def stand_still() -> None:
        with writing(engine) as connection:
            connection.execute(text("SELECT * FROM owner FOR UPDATE"))
            with a_store(server, busy_timeout_ms=10_000) as successor:
                assert successor.claim() == 1
            connection.execute(text("UPDATE owner SET epoch = 99"))

    with pytest.raises(StoreUnavailable, match="idle-in-transaction"):
        stand_still()
    assert query(server, "SELECT epoch FROM owner") == [(1,)]
    engine.dispose()


def test_a_wrong_password_is_told_without_it(server: URL) -> None:
    told = refusal(server.set(password="guessed-it"))
    assert "it refuses this user" in str(told)
    assert "guessed-it" not in str(told)
    assert "guessed-it" not in str(told.__cause__)
    assert not told.passes


def test_a_database_that_does_not_exist_is_told_as_such(server: URL) -> None:
    told = refusal(server.set(database="nowhere"))
    assert "nowhere at 127.0.0.1" in str(told)
    assert "there is no such database" in str(told)
    assert not told.passes


def test_a_server_that_does_not_answer_is_waited_for(server: URL) -> None:
    told = refusal(server.set(port=1))
    assert "it cannot be reached" in str(told)
    assert told.passes
    assert "\n" not in str(told)


def test_missing_tables_point_to_the_command_that_makes_them(postgresql: str) -> None:
    told = refusal(make_url(postgresql))
    assert "run: doelbinding migrate" in str(told)
    assert told.hopeless


def test_tables_of_something_else_are_left_alone(postgresql: str) -> None:
    url = make_url(postgresql)
    query(url, "CREATE TABLE outbox (mine int)")
    with pytest.raises(StoreUnavailable, match="give the detector a database of its own"):
        migrate(url)
    assert query(url, "SELECT count(*) FROM pg_tables WHERE tablename = 'owner'") == [(0,)]


def test_a_server_that_takes_no_writes_is_told_as_such(server: URL) -> None:
    told = refusal(server.update_query_dict({"options": "-c default_transaction_read_only=on"}))
    assert "it takes no writes at present" in str(told)
    assert not told.hopeless


@pytest.mark.parametrize(
    ("code", "told", "passes", "hopeless"),
    [
        ("53100", "the disk or the database is full; free space", True, False),
        ("53200", "the server has no memory left", True, False),
        ("40P01", "another process is writing to it", True, False),
        ("57014", "another process is writing to it", True, False),
        ("58030", "its disk fails to read or write", True, False),
        ("57P01", "it cannot be reached", True, False),
        ("42501", "this user may not do that; make the user the owner", False, False),
        ("53400", "the database does not answer as it should", False, False),
        ("XX001", "it is damaged; restore it from a backup", False, True),
    ],
)
def test_what_the_server_complains_of_is_told_by_cause(
    server: URL, code: str, told: str, passes: bool, hopeless: bool
) -> None:
    complain = f"BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{code}', DETAIL = 'a secret'; END"
    query(server, f"CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $${complain}$$")
    query(server, "CREATE TRIGGER complains BEFORE INSERT ON archive EXECUTE FUNCTION complain()")
    with an_owned_store(server) as store:
        with pytest.raises(StoreUnavailable, match=f"so it is: {told}") as caught:
            store.commit(WORK)
        assert (caught.value.passes, caught.value.hopeless) == (passes, hopeless)
        assert "secret" not in str(caught.value)
        assert_holds_nothing(store)
        query(server, "DROP TRIGGER complains ON archive")
        store.commit(WORK)
        assert_holds_the_work(store)


@pytest.mark.parametrize("code", ["22012", "23505", "42601"])
def test_a_fault_of_this_program_stays_a_fault(server: URL, code: str) -> None:
    complain = f"BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{code}'; END"
    query(server, f"CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $${complain}$$")
    query(server, "CREATE TRIGGER complains BEFORE INSERT ON archive EXECUTE FUNCTION complain()")
    with an_owned_store(server) as store, pytest.raises(DatabaseError):
        store.commit(WORK)


def test_an_error_shows_no_stored_value(server: URL) -> None:
    with an_owned_store(server) as store:
        query(server, "CREATE UNIQUE INDEX one_letter ON dead_letters (sealed)")
        query(server, "DROP TABLE meta")
        with pytest.raises(StoreUnavailable) as caught:
            store.commit(Commit({}, {"secret-file-name": 1}, meta={"secret-key": "secret"}))
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


def test_several_detectors_may_make_the_tables_at_once(postgresql: str) -> None:
    url = make_url(postgresql)
    with ThreadPoolExecutor(4) as pool:
        for made in [pool.submit(migrate, url) for _ in range(4)]:
            made.result()
    assert query(url, "SELECT epoch, commits FROM owner") == [(0, 0)]


def test_delivery_and_commits_do_not_wait_for_each_other_for_ever(server: URL) -> None:
    with an_owned_store(server, busy_timeout_ms=10_000) as store, ThreadPoolExecutor(1) as pool:
        store.commit(Commit({}, revisions=revisions(a_revision(0))))
        for score in range(20):
            rows = [a_revision(number, float(score)) for number in range(10)]
            waiting = store.outbox.pending(99, 1_000_000)
            settled = pool.submit(store.outbox.mark_delivered, {parcel.row: "stored" for parcel in reversed(waiting)})
            store.commit(Commit({"days": days(d1=[score])}, revisions=revisions(*rows)))
            settled.result()
        assert store.outbox.backlog().pending == 10
