"""For how long an open transaction has kept records back, and what is no open transaction."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from services.detector.sources.kafka.transactions import TELL_SECONDS, OpenTransactions
from tests.unit.input.test_kafka_stall import Time

P, Q = "lookups/0", "lookups/1"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def transactions(time: Time) -> OpenTransactions:
    return OpenTransactions(time)


def test_the_time_runs_while_the_log_goes_on_behind_what_is_committed(transactions, time):
    assert transactions.longest({P: 3, Q: 9}, {P: 3, Q: 9}, {P: 4, Q: 9}) == 0
    time.now += 50
    assert transactions.longest({P: 3, Q: 9}, {P: 3, Q: 9}, {P: 8, Q: 10}) == 50
    time.now += 10
    assert transactions.longest({P: 8, Q: 9}, {P: 8, Q: 9}, {P: 8, Q: 10}) == 10


def test_a_transaction_that_ends_starts_the_time_of_the_next_anew(transactions, time):
    transactions.longest({P: 3}, {P: 3}, {P: 4})
    time.now += 50
    assert transactions.longest({P: 7}, {P: 7}, {P: 8}) == 0


@pytest.mark.parametrize(
    ("position", "end", "highwater"),
    [(3, 9, 9), (3, 9, 12), (9, 9, 9), (9, 9, 7)],
    ids=["not read yet", "not read up to it yet", "all is read", "an old answer"],
)
def test_what_is_no_open_transaction_takes_no_time(transactions, time, position, end, highwater):
    for _ in range(3):
        assert transactions.longest({P: position}, {P: end}, {P: highwater}) == 0
        time.now += 50
    assert transactions.longest({P: 9}, {}, {}) == 0


def test_time_in_which_the_broker_was_away_does_not_count(transactions, time):
    transactions.longest({P: 3}, {P: 3}, {P: 4})
    time.now += 600
    transactions.forget()
    assert transactions.longest({P: 3}, {P: 3}, {P: 4}) == 0


def test_it_is_told_once_of_each_transaction_that_takes_longer_than_usual(transactions, time):
    with capture_logs() as logs:
        for at in (3, 3, 3, 3, 5, 5, 5, 5):
            transactions.longest({P: at}, {P: at}, {P: 9})
            time.now += TELL_SECONDS / 2 + 1
    assert [(told["event"], told["offset"]) for told in logs] == [
        ("kafka-transaction-open", 3),
        ("kafka-transaction-open", 5),
    ]
