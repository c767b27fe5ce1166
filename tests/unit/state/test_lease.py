"""One detector at a time owns the engine; another takes over when the lease runs out, and never both store."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import URL

from services.core.errors import DoelbindingError
from services.detector.state.fences import Fenced
from services.detector.state.store import Commit
from tests.unit.state.samples import a_store, query

LONG, OVER = 1_000.0, 0.0


def test_the_first_to_come_gets_the_lease_and_the_second_waits(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        assert first.take_lease("first", LONG) == 1
        assert second.take_lease("second", LONG) is None
        first.load()
        first.commit(Commit({}, {"a": 1}))


def test_who_has_the_lease_keeps_its_epoch_and_goes_on(database: URL) -> None:
    with a_store(database) as store:
        assert store.take_lease("first", OVER) == 1
        store.load()
        assert store.take_lease("first", LONG) == 1
        store.commit(Commit({}, {"a": 1}))
        assert store.load().positions == {"a": 1}


def test_a_lease_that_ran_out_goes_to_another_and_the_first_stores_no_more(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", OVER)
        first.load()
        assert second.take_lease("second", LONG) == 2
        with pytest.raises(Fenced):
            first.commit(Commit({}, {"a": 1}))
        assert not first.renew_lease(LONG)
        assert first.take_lease("first", LONG) is None
        second.load()
        second.commit(Commit({}, {"a": 2}))


def test_a_lease_that_ran_out_unnoticed_may_be_renewed(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", OVER)
        first.load()
        assert first.renew_lease(LONG)
        assert second.take_lease("second", LONG) is None
        first.commit(Commit({}, {"a": 1}))


def test_a_process_that_restarts_under_its_name_need_not_wait_but_its_predecessor_is_fenced(database: URL) -> None:
    with a_store(database) as before, a_store(database) as after:
        before.take_lease("same", LONG)
        before.load()
        assert after.take_lease("same", LONG) == 2
        assert not before.renew_lease(LONG)
        with pytest.raises(Fenced):
            before.commit(Commit({}, {"a": 1}))


def test_a_released_lease_is_free_at_once_and_ends_the_right_to_store(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", LONG)
        first.load()
        first.release_lease()
        with pytest.raises(DoelbindingError, match="claimed and loaded, in this order"):
            first.commit(Commit({}, {"a": 1}))
        assert second.take_lease("second", LONG) == 2


def test_releasing_what_is_anothers_frees_nothing(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second, a_store(database) as third:
        first.take_lease("first", OVER)
        second.take_lease("second", LONG)
        first.release_lease()
        assert third.take_lease("third", LONG) is None


def test_after_a_change_of_hands_the_state_must_be_loaded_first(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", OVER)
        first.load()
        second.take_lease("second", OVER)
        assert first.take_lease("first", LONG) == 3
        with pytest.raises(DoelbindingError, match="claimed and loaded, in this order"):
            first.commit(Commit({}, {"a": 1}))


def test_a_claim_ends_any_lease(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", LONG)
        assert second.claim() == 2
        assert not first.renew_lease(LONG)
        assert not second.renew_lease(LONG)


def test_what_another_owns_is_not_loaded_to_be_built_upon(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second, a_store(database) as onlooker:
        first.take_lease("first", OVER)
        second.take_lease("second", LONG)
        with pytest.raises(Fenced, match="another detector took over"):
            first.load()
        assert onlooker.load().epoch == second.load().epoch == 2


def test_a_lease_that_was_given_back_can_be_had_again(database: URL) -> None:
    with a_store(database) as first, a_store(database) as second:
        first.take_lease("first", LONG)
        first.release_lease()
        second.take_lease("second", LONG)
        second.release_lease()
        assert first.take_lease("first", LONG) == 3
        first.load()
        first.commit(Commit({}, {"a": 1}))


@pytest.mark.services
def test_the_lease_runs_by_the_clock_of_the_server(server: URL) -> None:
    with a_store(server) as store:
        store.take_lease("first", 60)
    left = "until_us / 1e6 - extract(epoch from clock_timestamp())"
    assert query(server, f"SELECT {left} BETWEEN 50 AND 60 FROM owner") == [(True,)]
