"""What readers store of their partitions is what the owner of the engine takes, once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing, new_key_ring
from services.detector.encode import LOOKUPS, NUMBERS
from services.detector.faults.rejected import REJECTED
from services.detector.poison import Poison
from services.detector.state.arrivals import Arrival, Arrived
from services.detector.state.connection import writing
from services.detector.state.fences import Fenced
from services.detector.state.readings import Claimed, Readings
from services.detector.state.schema import PARTITIONS
from services.detector.state.store import Commit, Store
from services.detector.state.taking import STILL_READ_SECONDS
from tests.unit.state.samples import START, a_store, an_owned_store, dead, query, with_tables

RING = new_key_ring()
TOPIC = "doelbinding.lookups"
A, B = f"{TOPIC}/0", f"{TOPIC}/1"


@contextmanager
def a_reader(database: URL, ring: KeyRing = RING) -> Iterator[Readings]:
    readings = Readings(with_tables(database), ring, SystemClock(), 50)
    try:
        yield readings
    finally:
        readings.close()


def encoded(*ids: str) -> pl.DataFrame:
    rows = [{"lookup_id": lookup_id, "at": START, "employee": 7, "subject": 8} for lookup_id in ids]
    return pl.DataFrame(rows, schema=LOOKUPS)


def an_arrival(position: int, *ids: str) -> Arrival:
    return Arrival(position, encoded(*ids))


def ids(arrived: list[Arrived]) -> list[str]:
    return [lookup_id for one in arrived for lookup_id in one.lookups["lookup_id"]]


def taken(arrived: list[Arrived]) -> dict[str, int]:
    return {one.partition: one.number for one in arrived}


def take(store: Store, most_rows: int = 1_000) -> list[Arrived]:
    arrived = store.arrivals(most_rows, RING)
    store.commit(Commit({}, taken=taken(arrived)))
    return arrived


def test_a_partition_that_nobody_read_begins_at_its_beginning(database: URL) -> None:
    with a_reader(database) as reader:
        assert reader.claim(A) == Claimed(epoch=1, next=None)
        assert reader.claim(A) == Claimed(epoch=2, next=None)
        assert reader.waiting(A) == 0


def test_an_arrival_comes_back_whole(database: URL) -> None:
    arrival = Arrival(
        17,
        encoded("l-1", "l-2"),
        pl.DataFrame({"subject": [8], "number": [123]}, schema=NUMBERS),
        pl.DataFrame([("sonar", date(2026, 3, 2), 1, 0)], schema=REJECTED, orient="row"),
        dead("offset 3"),
        closed=True,
    )
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, arrival)
        (found,) = store.arrivals(10, RING)
        assert reader.claim(A).next == 17
        assert_frame_equal(store.dead_letters(), dead("offset 3"))
    for name in ("lookups", "numbers", "rejected"):
        assert_frame_equal(getattr(found, name), getattr(arrival, name))
    assert (found.partition, found.number, found.closed) == (A, 1, True)
    assert found.stored_at > START


def test_without_anything_for_the_engine_only_position_and_dead_letters_are_stored(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(5, dead=dead("offset 4")))
        assert store.arrivals(10, RING) == []
        assert store.dead_letters().height == 1
        assert reader.claim(A).next == 5
        reader.arrive(A, an_arrival(6, "l-1"))
        assert [one.number for one in store.arrivals(10, RING)] == [1]


@pytest.mark.parametrize("empty_but", ["numbers", "rejected", "closed"])
def test_an_arrival_without_lookups_may_still_concern_the_engine(database: URL, empty_but: str) -> None:
    something: dict[str, object] = {
        "numbers": pl.DataFrame({"subject": [8], "number": [123]}, schema=NUMBERS),
        "rejected": pl.DataFrame([("sonar", date(2026, 3, 2), 1, 0)], schema=REJECTED, orient="row"),
        "closed": True,
    }
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(5, **{empty_but: something[empty_but]}))
        assert len(take(store, 0)) == 1
        assert store.arrivals(0, RING) == []


def test_a_reader_whose_partition_was_claimed_by_another_stores_nothing(database: URL) -> None:
    with a_reader(database) as zombie, a_reader(database) as reader, an_owned_store(database) as store:
        zombie.claim(A)
        zombie.claim(B)
        reader.claim(A)
        with pytest.raises(Fenced, match=r"doelbinding.lookups/0: another detector reads this partition"):
            zombie.arrive(A, Arrival(9, encoded("l-9"), dead=dead("offset 8")))
        reader.arrive(A, an_arrival(1, "l-0"))
        zombie.arrive(B, an_arrival(1, "l-1"))
        assert ids(store.arrivals(10, RING)) == ["l-0", "l-1"]
        assert store.dead_letters().is_empty()
        with pytest.raises(DoelbindingError, match="was not claimed"):
            zombie.arrive(A, an_arrival(9, "l-9"))


def test_what_was_stored_though_the_answer_was_lost_is_not_stored_twice(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        before = dict(reader._reached)
        for again in (Arrival(5, dead=dead("offset 4")), an_arrival(9, "l-1")):
            reader.arrive(A, again)
            reader._reached = dict(before)
            with pytest.raises(Fenced, match="was stored after all"):
                reader.arrive(A, again)
            assert reader.claim(A).next == again.next
            before = dict(reader._reached)
        assert ids(store.arrivals(10, RING)) == ["l-1"]


def test_partitions_take_turns_and_each_keeps_its_order(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        for partition, names in ((A, "abcd"), (B, "xy")):
            reader.claim(partition)
            for position, name in enumerate(names):
                reader.arrive(partition, an_arrival(position + 1, name))
        assert ids(take(store, 3)) == ["a", "x", "b"]
        assert ids(take(store, 2)) == ["c", "y"]
        assert ids(take(store, 2)) == ["d"]
        assert take(store, 2) == []


def test_a_partition_that_always_has_more_does_not_hold_back_another(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.claim(B)
        reader.arrive(A, an_arrival(1, "a1", "a2"))
        reader.arrive(B, an_arrival(1, "b1", "b2"))
        reader.arrive(A, an_arrival(2, "a3", "a4"))
        assert [ids(take(store, 1)) for _ in range(3)] == [["a1", "a2"], ["b1", "b2"], ["a3", "a4"]]


def test_what_waits_is_counted_in_lookups_until_it_is_taken(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, an_arrival(1, "l-1", "l-2"))
        reader.arrive(A, an_arrival(2, "l-3"))
        assert repr((reader.waiting(A), reader.waiting(B))) == "(3, 0)"
        assert store.waiting(TOPIC).rows == 3
        take(store, 2)
        assert reader.waiting(A) == 1


def test_another_owner_goes_on_after_what_was_taken(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as first:
        reader.claim(A)
        for position in range(3):
            reader.arrive(A, an_arrival(position + 1, f"l-{position}"))
        take(first, 2)
        with an_owned_store(database) as second:
            assert second.load().taken == {A: 2}
            held = first.arrivals(10, RING)
            assert ids(take(second)) == ["l-2"]
            with pytest.raises(Fenced):
                first.commit(Commit({}, taken=taken(held)))
    assert query(database, "SELECT count(*) FROM arrivals") == [(0,)]


def test_taking_what_is_not_there_is_refused(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, an_arrival(1, "l-1"))
        with pytest.raises(DoelbindingError, match=r"2 arrivals of doelbinding.lookups/0 were to be taken, and 1 are"):
            store.commit(Commit({}, {"a": 1}, taken={A: 2}))
        assert ids(store.arrivals(10, RING)) == ["l-1"]
        assert store.load().positions == {}


def test_a_stored_body_shows_nothing_of_what_it_holds(database: URL) -> None:
    numbers = pl.DataFrame({"subject": [8] * 50, "number": [0x3132333435363738] * 50}, schema=NUMBERS)
    with a_reader(database) as reader:
        reader.claim(A)
        reader.arrive(A, Arrival(1, encoded("find-me"), numbers))
    ((body,),) = query(database, "SELECT body FROM arrivals")
    assert b"find-me" not in body
    assert b"12345678" not in body
    assert b"87654321" not in body


def test_a_body_opens_only_with_its_ring_and_in_its_place(database: URL) -> None:
    with a_reader(database) as reader, a_store(database) as store:
        for partition in (A, B):
            reader.claim(partition)
            reader.arrive(partition, an_arrival(1, "l-1"))
        with pytest.raises(DoelbindingError, match=r"arrival 1 of .*: cannot be opened; it was stored under another"):
            store.arrivals(10, new_key_ring())
        ((body,),) = query(database, "SELECT body FROM arrivals WHERE source = :a", a=A)
        query(database, "UPDATE arrivals SET body = :body WHERE source = :b", body=body, b=B)
        with pytest.raises(DoelbindingError, match=r"arrival 1 of doelbinding.lookups/1: cannot be opened"):
            store.arrivals(10, RING)


def test_an_arrival_of_another_version_is_left_to_that_version(database: URL) -> None:
    with a_reader(database) as reader, a_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(1, encoded("l-1").drop("remote")))
        with pytest.raises(DoelbindingError, match="was stored by another version"):
            store.arrivals(10, RING)


def test_far_more_than_one_call_looks_at_is_taken_all_the_same(database: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.detector.state.taking.MOST_AT_ONCE", 3)
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.claim(B)
        for position in range(4):
            reader.arrive(A, an_arrival(position + 1, f"a-{position}"))
            reader.arrive(B, an_arrival(position + 1, f"b-{position}"))
        found = [ids(take(store)) for _ in range(4)]
    assert [len(some) for some in found] == [3, 3, 2, 0]
    assert sorted(lookup_id for some in found for lookup_id in some) == [f"{p}-{n}" for p in "ab" for n in range(4)]


def test_partitions_are_behind_until_their_reader_says_otherwise_and_all_is_taken(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.expect([A, B])
        reader.expect([A])
        assert store.behind({}, TOPIC) == {A, B}
        for name in (A, B):
            reader.claim(name)
        reader.arrive(A, Arrival(1, encoded("a-1"), behind=True))
        reader.arrive(B, Arrival(0))
        assert store.behind({A: 1}, TOPIC) == {A}
        reader.arrive(A, Arrival(2, encoded("a-2")))
        assert store.behind({A: 1}, TOPIC) == {A}
        assert store.behind({A: 2}, TOPIC) == frozenset()


def test_a_partition_that_is_claimed_anew_is_behind_until_its_reader_has_looked(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(0))
        reader.claim(A)
        assert store.behind({}, TOPIC) == {A}


def test_a_topic_that_nobody_reads_any_more_holds_nothing_back(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.expect([A, B])
        reader.claim(A)
        reader.arrive(A, Arrival(1, encoded("a-1"), behind=True))
        assert store.behind({}, "doelbinding.lookups-2") == {A, B}
        long_ago(store, STILL_READ_SECONDS)
        assert store.behind({A: 1}, "doelbinding.lookups-2") == frozenset()
        assert store.behind({A: 1}, TOPIC) == {A, B}
        assert store.waiting(TOPIC).more_to_read
        assert not store.waiting("doelbinding.lookups-2").more_to_read


def test_what_arrived_of_a_topic_that_nobody_reads_any_more_is_waited_for(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(1, encoded("a-1"), behind=True))
        long_ago(store, STILL_READ_SECONDS)
        assert store.behind({}, "doelbinding.lookups-2") == {A}


def test_a_topic_that_another_detector_still_reads_is_waited_for(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.claim(A)
        reader.arrive(A, Arrival(1, encoded("a-1"), behind=True))
        long_ago(store, STILL_READ_SECONDS)
        reader.arrive(A, Arrival(2, encoded("a-2"), behind=True))
        assert store.behind({A: 2}, "doelbinding.lookups-2") == {A}


def test_topics_whose_names_are_alike_are_told_apart(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.expect([A])
        long_ago(store, STILL_READ_SECONDS)
        for name in ("doelbinding", "Doelbinding.Lookups", "doelbinding_lookups", "%"):
            assert store.behind({}, name) == frozenset()


def test_rows_of_an_earlier_release_hold_back_only_those_who_read_their_topic(database: URL) -> None:
    with a_reader(database) as reader, an_owned_store(database) as store:
        reader.expect([A])
        long_ago(store, None)
        assert store.behind({}, TOPIC) == {A}
        assert store.behind({}, "doelbinding.lookups-2") == frozenset()


def test_what_was_read_of_another_topic_of_the_same_name_is_not_read_on(database: URL) -> None:
    with a_reader(database) as reader:
        reader.claim(A, "first")
        reader.arrive(A, an_arrival(1_000_000, "a-1"))
        assert reader.claim(A, "first").next == 1_000_000
        with pytest.raises(DoelbindingError, match=f"partition {A}: the topic was made anew"):
            reader.claim(A, "second")
        assert reader.claim(A, "first").epoch == 3


def test_a_refused_topic_takes_the_partition_from_nobody(database: URL) -> None:
    with a_reader(database) as reader, a_reader(database) as other:
        reader.claim(A, "first")
        reader.arrive(A, an_arrival(1, "a-1"))
        with pytest.raises(DoelbindingError):
            other.claim(A, "second")
        reader.arrive(A, an_arrival(2, "a-2"))


def test_a_topic_that_was_made_anew_before_anything_was_read_of_it_is_read(database: URL) -> None:
    with a_reader(database) as reader:
        reader.claim(A, "first")
        assert reader.claim(A, "second").next is None
        reader.arrive(A, an_arrival(1, "a-1"))
        assert reader.claim(A, "second").next == 1


def test_a_topic_without_an_id_is_taken_for_the_one_that_was_read_and_what_had_none_takes_the_first(
    database: URL,
) -> None:
    with a_reader(database) as reader:
        reader.claim(A)
        reader.arrive(A, an_arrival(7, "a-1"))
        assert reader.claim(A, "first").next == 7
        assert reader.claim(A).next == 7
        with pytest.raises(DoelbindingError):
            reader.claim(A, "second")


def test_the_store_tells_how_far_everybody_read(database: URL) -> None:
    with a_reader(database) as reader, a_reader(database) as other:
        reader.expect([A, B])
        assert other.reached([A, B]) == {}
        reader.claim(A)
        reader.arrive(A, an_arrival(7, "a-1"))
        assert other.reached([A, B]) == {A: 7}
        assert other.reached([B]) == {}


def long_ago(store: Store, seconds: int | None) -> None:
    """So long ago, or at an unknown time, something was stored of the partitions last."""
    past = None if seconds is None else PARTITIONS.c.told_us - seconds * 1_000_000
    with writing(store._engine) as connection:
        connection.execute(PARTITIONS.update().values(told_us=past))


def test_what_is_known_of_poison_is_stored_with_the_position(database: URL) -> None:
    with a_reader(database) as reader, a_reader(database) as other:
        assert reader.claim(A).poison == Poison()
        reader.arrive(A, Arrival(next=5, poison=Poison(5, 3, 70)))
        reader.arrive(A, Arrival(next=6))
        assert other.claim(A) == Claimed(epoch=2, next=6, poison=Poison(5, 3, 70))
