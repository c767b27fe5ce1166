"""Dead letters as a person asks for them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.detector.state import again
from services.detector.state.connection import open_engine, reading, sqlite_url, writing
from services.detector.state.letterbox import LETTERS_AT_ONCE, LetterBox, Wanted
from services.detector.state.outbox import microseconds
from services.detector.state.schema import DEAD_LETTERS, METADATA

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class AtNoon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    postgresql = request.param == "postgresql"
    made = open_engine(request.getfixturevalue("postgresql") if postgresql else sqlite_url(tmp_path / "s.sqlite"))
    METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def box(engine: Engine) -> LetterBox:
    return LetterBox(engine, AtNoon())


def bury(engine: Engine, *kinds: list[str], partition: str = "files", hours: int = 0) -> None:
    rows = [
        {"partition": partition, "record": "lookup", "position": f"{partition} {hours} {number}"}
        | {"reasons": [f"field x: {code}" for code in codes], "codes": codes, "sealed": b"s" * 40}
        | {"committed_us": microseconds(NOON + timedelta(hours=hours))}
        for number, codes in enumerate(kinds)
    ]
    with writing(engine) as connection:
        connection.execute(DEAD_LETTERS.insert(), rows)


def test_letters_are_found_by_code_partition_and_time_and_counted_by_code(engine: Engine, box: LetterBox) -> None:
    bury(engine, ["not-json"], ["wrong-type", "actor-missing"], ["not-json-at-all"])
    bury(engine, ["wrong-type"], partition="lookups/3", hours=1)
    assert box.counts(Wanted()) == {"wrong-type": 2, "actor-missing": 1, "not-json": 1, "not-json-at-all": 1}
    found = {
        "code": Wanted(codes=["not-json"]),
        "codes": Wanted(codes=["not-json", "actor-missing"]),
        "partition": Wanted(partition="lookups/3"),
        "since": Wanted(since=NOON + timedelta(minutes=1)),
        "ids": Wanted(ids=[2, 99]),
        "both": Wanted(codes=["wrong-type"], partition="files"),
    }
    assert {name: [letter.id for letter in box.newest(wanted, 9)] for name, wanted in found.items()} == {
        "code": [1],
        "codes": [2, 1],
        "partition": [4],
        "since": [4],
        "ids": [2],
        "both": [2],
    }
    assert {name: box.total(wanted) for name, wanted in found.items()}["codes"] == 2
    (letter,) = box.newest(Wanted(), 1)
    assert (letter.stored_at, letter.size, letter.waits, letter.codes) == (
        NOON + timedelta(hours=1), 40, False, ["wrong-type"],
    )  # fmt: skip


def test_all_letters_come_in_their_order_however_many(engine: Engine, box: LetterBox) -> None:
    bury(engine, *[["not-json"]] * (2 * LETTERS_AT_ONCE + 1))
    assert [letter.id for letter in box.all(Wanted())] == list(range(1, 2 * LETTERS_AT_ONCE + 2))


def test_a_mark_stays_one_mark_and_goes_with_its_letter(engine: Engine, box: LetterBox) -> None:
    bury(engine, ["not-json"], ["not-json"])
    box.mark([1, 77])
    box.mark([1])
    assert [letter.waits for letter in box.all(Wanted())] == [True, False]
    with writing(engine) as connection:
        (letter,) = again.marked(connection, [])
        again.forget(connection, [letter.id])
        assert again.marked(connection, []) == []
    assert [letter.id for letter in box.all(Wanted())] == [2]


def test_a_letter_is_mended_once_until_it_was_taken(engine: Engine, box: LetterBox) -> None:
    bury(engine, ["not-json"])
    assert box.mend(1, b"mended")
    assert not box.mend(1, b"mended twice")
    assert not box.mend(2, b"nothing there")
    assert box.sealed(1) == b"mended"
    with reading(engine) as connection:
        assert [letter.sealed for letter in again.marked(connection, [])] == [b"mended"]
        assert again.marked(connection, [1]) == []


def test_the_id_of_a_letter_that_went_is_never_given_again(engine: Engine, box: LetterBox) -> None:
    bury(engine, ["not-json"])
    box.mark([1])
    with writing(engine) as connection:
        again.forget(connection, [1])
    bury(engine, ["not-json"])
    assert [letter.id for letter in box.all(Wanted())] == [2]
