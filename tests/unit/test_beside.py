"""Work beside the main one ends with it, and its failure is heard."""

from __future__ import annotations

from threading import Event

import pytest

from services.detector.beside import beside


def test_the_work_is_told_to_stop_at_the_end_of_the_block() -> None:
    stop, done = Event(), Event()

    def work() -> None:
        stop.wait()
        done.set()

    with beside(work, "test", stop):
        assert not done.is_set()
    assert done.is_set()


def test_a_failure_wakes_the_block_and_is_raised_at_its_end() -> None:
    stop, news = Event(), Event()

    def work() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), beside(work, "test", stop, news):
        assert all(event.wait(10) for event in (stop, news))


def test_of_two_failures_the_first_is_raised_for_the_other_came_of_it() -> None:
    stop = Event()

    def fail_at_once() -> None:
        raise ValueError("beside")

    with pytest.raises(ValueError, match="beside"), beside(fail_at_once, "test", stop):
        fail_when(stop)


def test_what_fails_first_in_the_block_is_raised() -> None:
    stop = Event()

    def fail_at_the_end() -> None:
        stop.wait(10)
        raise ValueError("beside")

    with pytest.raises(KeyError), beside(fail_at_the_end, "test", stop):
        raise KeyError("main")


def fail_when(stop: Event) -> None:
    stop.wait(10)
    raise KeyError("main")
