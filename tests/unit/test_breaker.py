"""A partition of mostly poison is left alone for a while, and read on when what comes is good again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from services.core.errors import DoelbindingError
from services.detector.breaker import Breakers
from services.detector.poison import PROBE_ROWS, Breaking, Poison

P = "lookups/0"
BREAKING = Breaking(window=1_000, least=100, pause_seconds=30, longest_pause_seconds=100, holds_back_seconds=1_000)


@dataclass
class Source:
    """Remembers what it was told."""

    told: list[object] = field(default_factory=list)

    def hold(self, partition: str, seconds: float, rows: int) -> None:
        assert (partition, rows) == (P, PROBE_ROWS)
        self.told.append(seconds)

    def trust(self, partition: str) -> None:
        assert partition == P
        self.told.append("trust")


@dataclass
class Line:
    """Breakers over one partition, and pieces of it: how many records, and how many of them dead."""

    breaking: Breaking = BREAKING
    bounded: bool = False
    known: Poison = field(default_factory=Poison)
    seconds: float = 0.0
    source: Source = field(default_factory=Source)
    letters: int = 0

    def __post_init__(self) -> None:
        self.breakers = Breakers(self.source, self.breaking, bounded=self.bounded, clock=self)
        self.breakers.claimed(P, self.known)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def piece(self, seen: int, dead: int) -> bool:
        """Whether it was taken."""
        if self.breakers.judge(P, seen, dead) != "take":
            return False
        poison = self.breakers.after(P, seen, dead)
        self.letters += dead
        self.breakers.stored(P, poison, empty=not seen)
        self.known = poison
        return True

    def told(self) -> list[object]:
        told, self.source.told = self.source.told, []
        return told


def test_half_of_the_records_may_be_dead_letters() -> None:
    line = Line()
    for _ in range(50):
        assert line.piece(100, 50)
    assert line.told() == []


def test_of_a_few_records_nothing_can_be_said() -> None:
    line = Line()
    assert line.piece(99, 99)
    assert line.told() == []
    assert line.piece(1, 1)
    assert line.told() == [30]


def test_pauses_double_up_to_the_longest() -> None:
    line = Line()
    for _ in range(4):
        assert line.piece(100, 100)
    assert line.told() == [30, 60, 100, 100]


def test_a_good_probe_lets_everything_through_again() -> None:
    line = Line()
    line.piece(100, 100)
    assert line.piece(100, 10)
    assert line.told() == [30, "trust"]
    assert line.known == Poison(100, 10)
    assert line.piece(5_000, 50)
    line.piece(100, 100)
    assert line.told() == []


def test_a_change_of_format_makes_some_hundreds_of_letters_and_not_a_slice_of_twenty_thousand() -> None:
    line = Line(known=Poison(1_000, 3))
    assert not line.piece(20_000, 20_000)
    assert line.told() == [0.0]
    while not line.told():
        assert line.piece(100, 100)
    assert line.letters < 1_000


def test_a_message_that_cannot_be_made_smaller_is_taken_at_the_second_try() -> None:
    line = Line()
    assert not line.piece(20_000, 20_000)
    assert line.piece(20_000, 20_000)
    assert line.told() == [0.0, 30]


def test_small_pieces_go_on_until_the_partition_is_mostly_good() -> None:
    line = Line(known=Poison(1_000, 400))
    assert not line.piece(1_000, 800)
    assert line.told() == [0.0]
    while line.known.dead * 4 >= line.known.seen:
        assert line.told() == []
        assert line.piece(100, 0)
    assert line.told() == ["trust"]


def test_the_next_reader_goes_on_with_the_same_verdict() -> None:
    line = Line()
    line.piece(100, 100)
    successor = Line(known=line.known)
    assert not successor.piece(20_000, 20_000)
    assert successor.piece(100, 90)
    assert successor.told() == [0.0, 30]


def test_the_verdict_on_good_and_bad_records_does_not_depend_on_the_pieces_before() -> None:
    small, large = Line(), Line()
    for _ in range(10):
        small.piece(100, 20)
    large.piece(1_000, 200)
    assert small.known == large.known == Poison(1_000, 200)


def test_others_wait_for_a_poisoned_partition_only_so_long() -> None:
    line = Line()
    assert line.breakers.holds_back(P)
    line.piece(100, 100)
    line.seconds = 999.0
    line.piece(100, 100)
    assert line.breakers.holds_back(P)
    line.seconds = 1_000.0
    assert not line.breakers.holds_back(P)
    line.piece(100, 0)
    assert line.breakers.holds_back(P)


def test_the_time_for_which_others_wait_goes_on_when_the_partition_comes_to_another_reader() -> None:
    line = Line()
    line.piece(100, 100)
    for seconds in (500.0, 999.0, 1_000.0):
        line = Line(known=line.known, seconds=seconds)
        assert line.breakers.holds_back(P) == (seconds < 1_000.0)
        line.piece(100, 100)
    assert line.piece(100, 0)
    assert line.known.since_us is None
    assert line.told() == [30, "trust"]


def test_a_partition_that_an_earlier_release_found_to_be_poison_is_waited_for_from_now_on() -> None:
    line = Line(known=Poison(1_000, 900), seconds=5_000.0)
    assert line.breakers.holds_back(P)
    line.piece(100, 100)
    line.seconds += 1_000.0
    assert not line.breakers.holds_back(P)


def test_an_empty_piece_says_nothing() -> None:
    line = Line()
    line.piece(100, 100)
    line.told()
    assert line.piece(0, 0)
    assert line.told() == []
    assert line.known == Poison(100, 100, since_us=0)


def test_all_poison_is_taken_where_that_is_asked_for() -> None:
    line = Line(Breaking(never=True))
    assert line.piece(20_000, 20_000)
    assert line.told() == []


def test_an_input_that_ends_ends_with_a_word_on_the_poison() -> None:
    line = Line(bounded=True)
    with pytest.raises(DoelbindingError, match="partition lookups/0: 100 of the last 100 records could not be read"):
        line.piece(100, 100)
