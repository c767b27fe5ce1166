"""Dead letters wait in the store until the topic of dead letters has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.keyring import new_key_ring
from services.detector.state import untold
from services.detector.state.arrivals import Arrival
from services.detector.state.readings import Readings
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import dead, with_tables

RING = new_key_ring()


@contextmanager
def a_telling_store(url: URL, *, letters_to_tell: bool = True) -> Iterator[Store]:
    with closing(Store(with_tables(url), SystemClock(), letters_to_tell=letters_to_tell)) as store:
        store.claim()
        store.load()
        yield store


def places(store: Store) -> list[str]:
    return [letter.position for letter in store.untold.next(10)]


def test_letters_of_readers_and_of_the_engine_wait_until_they_are_told(database: URL) -> None:
    with (
        a_telling_store(database) as store,
        closing(Readings(database, RING, SystemClock(), letters_to_tell=True)) as readings,
    ):
        readings.claim("t/0")
        readings.arrive("t/0", Arrival(next=2, dead=dead("offset 0", "offset 1")))
        store.commit(Commit(tables={}, dead=dead("row 7"), partition="registers"))
        assert places(store) == ["offset 0", "offset 1", "row 7"]
        assert store.untold.waiting() == 3
        first, _, last = store.untold.next(10)
        store.untold.told([first.id, last.id])
        assert places(store) == ["offset 1"]
        assert (first.partition, first.record, last.partition) == ("t/0", "lookup", "registers")


def test_letters_of_a_run_without_a_topic_are_never_told(database: URL) -> None:
    with a_telling_store(database, letters_to_tell=False) as store:
        store.commit(Commit(tables={}, dead=dead("row 7"), partition="files"))
    with a_telling_store(database) as store:
        assert places(store) == []


def test_a_letter_that_is_there_already_is_not_told_again(database: URL) -> None:
    with a_telling_store(database) as store:
        store.commit(Commit(tables={}, dead=dead("row 7"), partition="files"))
        store.untold.told([letter.id for letter in store.untold.next(10)])
        store.commit(Commit(tables={}, dead=dead("row 7"), partition="files"))
        assert places(store) == []


def test_large_letters_come_some_megabytes_at_once_and_never_none(database: URL) -> None:
    large = dead("offset 0", "offset 1", "offset 2")
    large = large.with_columns(sealed=large["sealed"].map_elements(lambda _: bytes(untold.MOST_BYTES // 2 + 1)))
    with a_telling_store(database) as store:
        store.commit(Commit(tables={}, dead=large, partition="t/0"))
        assert places(store) == ["offset 0"]
