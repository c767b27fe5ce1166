"""News that wait take no more room than what counts of them, and say the same."""

from __future__ import annotations

import polars as pl
import pytest

from services.detector.register_topics import waiting
from services.detector.register_topics.waiting import WaitingNews

FEW = 10


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> WaitingNews:
    monkeypatch.setattr(waiting, "FEW_ROWS", FEW)
    return WaitingNews()


def rows(said: str, *versions: int) -> pl.DataFrame:
    return pl.DataFrame({"said": [said] * len(versions), "version": versions})


def gone(*versions: int) -> pl.Series:
    return pl.Series("version", versions, dtype=pl.Int64)


def test_the_same_rows_over_and_over_wait_in_no_more_room_than_their_last_word(news: WaitingNews) -> None:
    for number in range(100):
        news.add(rows(f"word {number}", 1, 2, 3), gone(4))
        assert sum(fresh.height + went.len() for fresh, went in news.parts) <= FEW
    fresh, went = news.last_words()
    assert sorted(fresh.rows()) == [("word 99", 1), ("word 99", 2), ("word 99", 3)]
    assert went.to_list() == [4]


def test_a_word_that_was_let_go_does_not_come_back(news: WaitingNews) -> None:
    news.add(rows("first", *range(FEW)), gone())
    news.add(rows("second", 3), gone(1, 2))
    news.add(rows("third", 2), gone(3))
    fresh, went = news.last_words()
    assert sorted(fresh.rows(), key=lambda row: row[1]) == [
        ("first", 0),
        ("third", 2),
        *(("first", version) for version in range(4, FEW)),
    ]
    assert sorted(went) == [1, 3]


def test_rows_that_differ_are_all_kept(news: WaitingNews) -> None:
    for number in range(50):
        news.add(rows("row", number), gone())
    assert sorted(news.last_words()[0]["version"]) == list(range(50))
