"""What the API does not take, or breaks off over, waits apart; nothing else waits for it, and nothing is given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from services.core.backoff import Backoff
from services.core.clock import SystemClock
from services.core.errors import DoelbindingError
from services.detector.deliver import BROKEN_ROUNDS, Deliverer
from services.detector.metrics import DetectorMetrics
from services.detector.sifting import MOST_ALONE
from services.detector.state.store import Commit, Store
from tests.unit.scripted_api import Intake, serving
from tests.unit.state.samples import a_revision, query, revisions, signal_id, with_tables

PATIENCE = 30.0


@dataclass
class Ahead:
    """The time of day, as far ahead as a test has put it."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.by


@dataclass
class Office:
    """A store, its clock, and who delivers from it."""

    store: Store
    clock: Ahead
    metrics: DetectorMetrics
    url: URL

    def add(self, *numbers: int, score: float = 40.0, hour: int = 0) -> list[str]:
        rows = (a_revision(number, score, hour) for number in numbers)
        self.store.commit(Commit({}, revisions=revisions(*rows)))
        return [signal_id(number) for number in numbers]

    @contextmanager
    def delivering(self, intake: Intake, backoff: Backoff | None = None) -> Iterator[Deliverer]:
        with httpx.Client(base_url=intake.url, timeout=PATIENCE) as client:
            quick = backoff or Backoff(0.001, 0.01)
            deliverer = Deliverer(self.store, client, "t", self.clock, metrics=self.metrics, backoff=quick)
            deliverer.start()
            try:
                yield deliverer
            finally:
                deliverer.stop()
                deliverer.join()

    def statuses(self) -> dict[str, str]:
        """Of the newest revision of each signal."""
        return dict(query(self.url, "SELECT signal_id, status FROM outbox ORDER BY id"))

    def aside(self) -> int:
        return self.store.outbox.backlog().aside

    def wait(self, minutes: float = 2) -> None:
        self.clock.by += timedelta(minutes=minutes)

    def counted(self, result: str) -> float | None:
        return self.metrics.registry.get_sample_value("doelbinding_deliveries_total", {"result": result})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock, url = Ahead(), with_tables(tmp_path / "s.sqlite")
    store = Store(url, clock, 1_000)
    store.claim()
    store.load()
    yield Office(store, clock, DetectorMetrics(), url)
    store.close()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_api_that_refuses_every_signal_takes_them_all_once_it_is_mended(office: Office) -> None:
    ids = office.add(*range(3 * MOST_ALONE))
    with serving(Intake(refuses_all=True)) as intake, office.delivering(intake) as deliverer:
        until(lambda: office.aside() == len(ids))
        assert set(office.statuses().values()) == {"pending"}
        assert "of the same release" in str(deliverer.why)
        intake.refuses_all = False
        office.wait()
        assert deliverer.drain(PATIENCE)
    assert set(office.statuses().values()) == {"delivered"}
    assert (office.counted("rejected"), office.counted("refused")) == (0, 3)


def test_an_api_of_another_release_that_comes_in_between_gets_nothing_rejected(office: Office) -> None:
    with serving(Intake()) as intake, office.delivering(intake) as deliverer:
        office.add(*range(5))
        assert deliverer.drain(PATIENCE)
        intake.refuses_all = True
        office.add(*range(5, 10))
        deliverer.wake()
        until(lambda: office.aside() == 5)
        intake.refuses_all = False
        office.add(10)
        deliverer.wake()
        office.wait()
        assert deliverer.drain(PATIENCE)
    assert set(office.statuses().values()) == {"delivered"}


def test_few_calls_are_made_to_an_api_that_refuses_every_signal(office: Office) -> None:
    office.add(*range(200))
    with serving(Intake(refuses_all=True)) as intake, office.delivering(intake, Backoff(3_600, 3_600)):
        until(lambda: office.aside() == MOST_ALONE and bool(office.counted("refused")))
    assert len(intake.batches) < 4 * MOST_ALONE


def test_a_bad_signal_that_comes_alone_is_rejected_once_the_api_took_another(office: Office) -> None:
    [bad] = office.add(1)
    with serving(Intake(bad={bad})) as intake, office.delivering(intake) as deliverer:
        until(lambda: office.aside() == 1)
        [good] = office.add(2)
        deliverer.wake()
        until(lambda: office.statuses()[good] == "delivered")
        assert office.statuses()[bad] == "pending"
        office.wait()
        assert deliverer.drain(PATIENCE)
    assert office.statuses() == {bad: "rejected", good: "delivered"}


def test_however_many_bad_signals_come_first_the_good_ones_behind_them_get_through(office: Office) -> None:
    bad = office.add(*range(5 * MOST_ALONE))
    [good] = office.add(999)
    with serving(Intake(bad=bad)) as intake:
        with office.delivering(intake):
            until(lambda: office.statuses()[good] == "delivered")
        assert "delivered" not in {office.statuses()[signal] for signal in bad}
        office.add(1_000)
        with office.delivering(intake) as second:
            assert second.drain(PATIENCE)
    assert {office.statuses()[signal] for signal in bad} == {"rejected"}


def test_a_signal_over_which_the_api_breaks_off_is_put_aside_and_the_others_go_on(office: Office) -> None:
    ids = office.add(*range(10))
    with serving(Intake(breaking={ids[3]})) as intake, office.delivering(intake) as deliverer:
        until(lambda: office.aside() == 1)
        with pytest.raises(DoelbindingError, match=r"1 signals could not be delivered .*500.*are kept"):
            deliverer.rest(PATIENCE)
        until(lambda: office.metrics.registry.get_sample_value("doelbinding_outbox_aside") == 1)
        assert office.metrics.registry.get_sample_value("doelbinding_outbox_pending") == 1
        assert deliverer.problem is None
        office.add(11)
        assert not deliverer.drain(PATIENCE)
    assert intake.batches[:BROKEN_ROUNDS] == [ids] * BROKEN_ROUNDS
    pending = {signal for signal, status in office.statuses().items() if status == "pending"}
    assert pending == {ids[3]}
    assert [signal for signal, _ in intake.taken] == [*ids[:3], *ids[4:], signal_id(11)]


def test_it_is_tried_again_after_pauses_that_grow_and_is_taken_in_the_end(office: Office) -> None:
    [signal] = office.add(1)
    with serving(Intake(breaking={signal})) as intake, office.delivering(intake) as deliverer:
        for failures, minutes in ((1, 1), (2, 2), (3, 4)):
            until(lambda: office.aside() == 1)
            [(found, until_us)] = query(office.url, "SELECT failures, next_try_us FROM outbox")
            left = until_us / 1e6 - office.clock.now().timestamp()
            assert (found, round(left / 60)) == (failures, minutes)
            if failures == 3:
                intake.breaking = ()
            office.wait(minutes)
            until(lambda: office.aside() == 0)
        assert deliverer.drain(PATIENCE)
    assert office.statuses() == {signal: "delivered"}


def test_what_failed_before_is_tried_behind_the_others_and_costs_them_no_call(office: Office) -> None:
    [slow] = office.add(1)
    with serving(Intake(breaking={slow})) as intake:
        with office.delivering(intake):
            until(lambda: office.aside() == 1)
        calls = len(intake.batches)
        others = office.add(2, 3)
        with office.delivering(intake):
            until(lambda: office.aside() == 1 and office.statuses()[others[0]] == "delivered")
    assert intake.batches[calls:] == [others, [slow]]


def test_a_newer_revision_does_not_wait_for_one_that_is_put_aside(office: Office) -> None:
    [signal] = office.add(1)
    with serving(Intake(breaking={signal})) as intake, office.delivering(intake) as deliverer:
        until(lambda: office.aside() == 1)
        intake.breaking = ()
        office.add(1, score=60.0, hour=1)
        assert deliverer.drain(PATIENCE)
    assert [content for _, content in intake.taken] == [a_revision(1, 60.0, 1)["content_hash"]]
    assert query(office.url, "SELECT status FROM outbox ORDER BY id") == [("superseded",), ("delivered",)]


def test_no_signal_is_put_aside_for_trouble_that_is_the_api_s_own(office: Office) -> None:
    ids = office.add(*range(4))
    with serving(Intake(breaking=ids, ready=False)) as intake, office.delivering(intake) as deliverer:
        intake.wait_for_calls(8 * BROKEN_ROUNDS)
        assert office.aside() == 0
        intake.breaking = ()
        assert deliverer.drain(PATIENCE)
    assert set(office.statuses().values()) == {"delivered"}


def test_a_start_tries_at_once_what_was_put_aside(office: Office) -> None:
    [signal] = office.add(1)
    with serving(Intake(breaking={signal})) as intake:
        with office.delivering(intake):
            until(lambda: office.aside() == 1)
        intake.breaking = ()
        with office.delivering(intake) as second:
            assert second.drain(PATIENCE)
    assert office.statuses() == {signal: "delivered"}
