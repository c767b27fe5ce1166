"""Reader and engine of one detector leave each other in peace where little comes, and never wait for ever."""

import threading

import pytest

from services.detector import turns as of_turns
from services.detector.turns import FEW_ROWS, Turns

FOR_EVER = 3600.0
PATIENCE_SECONDS = 30.0


def after_a_round_of(turns, *rows):
    with turns.round() as taken:
        taken.extend(rows)


def in_the_background(call):
    """Whether the call has returned, as an event."""
    returned = threading.Event()

    def run():
        call()
        returned.set()

    threading.Thread(target=run, daemon=True).start()
    return returned


@pytest.fixture
def turns(monkeypatch):
    monkeypatch.setattr(of_turns, "ROUND_SECONDS", FOR_EVER)
    monkeypatch.setattr(of_turns, "SETTLE_SECONDS", FOR_EVER)
    return Turns()


def test_after_few_lookups_the_reader_waits_until_the_engine_wants_more(turns):
    turns.await_engine()
    after_a_round_of(turns, 3, 4)
    asked = in_the_background(turns.await_engine)
    assert not asked.wait(0.05)
    turns.want()
    assert asked.wait(PATIENCE_SECONDS)


def test_an_engine_that_wanted_before_is_not_waited_for(turns):
    turns.await_engine()
    after_a_round_of(turns, 1)
    turns.want()
    assert in_the_background(turns.await_engine).wait(PATIENCE_SECONDS)


def test_what_the_engine_wanted_counts_once(turns):
    turns.await_engine()
    after_a_round_of(turns, 1)
    turns.want()
    turns.await_engine()
    assert not in_the_background(turns.await_engine).wait(0.05)


def test_after_many_lookups_neither_waits(turns):
    after_a_round_of(turns, FEW_ROWS // 2, FEW_ROWS // 2)
    assert in_the_background(turns.await_engine).wait(PATIENCE_SECONDS)
    with turns.round():
        assert in_the_background(turns.await_round).wait(PATIENCE_SECONDS)


def test_the_engine_waits_for_the_whole_of_a_small_round(turns):
    after_a_round_of(turns, 1)
    with turns.round() as rows:
        rows.append(1)
        settled = in_the_background(turns.await_round)
        assert not settled.wait(0.05)
    assert settled.wait(PATIENCE_SECONDS)


def test_a_round_that_breaks_off_is_over(turns):
    after_a_round_of(turns, 1)
    with pytest.raises(ConnectionError), turns.round():
        raise ConnectionError
    assert in_the_background(turns.await_round).wait(PATIENCE_SECONDS)


def test_without_an_answer_both_go_on(monkeypatch):
    monkeypatch.setattr(of_turns, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(of_turns, "SETTLE_SECONDS", 0.01)
    turns = Turns()
    turns.await_engine()
    after_a_round_of(turns, 1)
    assert in_the_background(turns.await_engine).wait(PATIENCE_SECONDS)
    with turns.round():
        assert in_the_background(turns.await_round).wait(PATIENCE_SECONDS)


def test_a_reader_that_has_told_nothing_yet_may_bring_much(turns):
    assert turns.much
    after_a_round_of(turns, 1)
    assert not turns.much
    after_a_round_of(turns, FEW_ROWS)
    assert turns.much
