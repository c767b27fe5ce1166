"""A replay sends what a dataset holds: in the order of time, valid lookups as events, the rest as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import polars as pl
import pytest

from services.core.cloud_events import unwrap
from services.core.contract import LOOKUP
from services.detector.decode import Decoded, decode_lines
from services.detector.replay.messages import Message, gathered, messages, not_sendable, span
from services.detector.replay.pace import paced
from tests.datasets import lines
from tests.world import BSNS, World, local

MORNING, NOON, EVENING = (local(f"2025-03-03 {hour}:00") for hour in ("09", "12", "18"))


def decoded(*more: bytes) -> Decoded:
    """Three lookups that are not written in the order of time, and more lines after them."""
    world = World()
    world.look("e2", 2, NOON, system="werk&map")
    world.look("e1", 1, MORNING)
    world.look("e1", 3, EVENING)
    return decoding(lines(LOOKUP, world.lookups).splitlines() + list(more))


def decoding(written: list[bytes]) -> Decoded:
    return decode_lines(written, [f"line {number}" for number in range(len(written))], LOOKUP, 2_000)


def test_messages_go_in_the_order_of_time_under_their_employee() -> None:
    sent = list(messages(decoded()))
    assert [message.at for message in sent] == [MORNING, NOON, EVENING]
    assert [message.key for message in sent] == [b"e1", b"e2", b"e1"]


def test_each_event_holds_the_lookup_that_was_in_the_file() -> None:
    before = decoded()
    held = [unwrap(message.value) for message in messages(before)]
    [again] = {len(each) for each in held}
    assert again == 1
    after = decoding([each for [each] in held if isinstance(each, bytes)])
    assert after.valid.equals(before.valid.sort("occurred_at"))


def test_what_stands_outside_the_data_names_nobody() -> None:
    for message in messages(decoded()):
        event = msgspec.json.decode(message.value)
        outside = msgspec.json.encode({name: value for name, value in event.items() if name != "data"}).decode()
        assert not any(bsn in outside for bsn in BSNS[:5])
        assert '"e1"' not in outside


def test_the_source_of_an_event_is_a_urn_whatever_the_system_is_called() -> None:
    sources = {msgspec.json.decode(message.value)["source"] for message in messages(decoded())}
    assert "urn:nld:oin:00000000000000000000:systeem:werk%26map" in sources


def test_a_record_that_is_no_lookup_is_sent_as_it_is_when_and_for_whom_it_says() -> None:
    wrong = b'{"lookup_id":"x","occurred_at":"2025-03-03T13:00:00+01:00","employee_id":"e9"}'
    sent = list(messages(decoded(wrong)))
    assert [message.value == wrong for message in sent] == [False, False, True, False]
    assert sent[2].key == b"e9"


@pytest.mark.parametrize(
    "wrong",
    [b"no JSON", b"[]", b'{"occurred_at":"yesterday"}', b'{"occurred_at":"2025-03-03T13:00:00"}', b'{"employee_id":7}'],
)
def test_a_record_that_does_not_tell_is_sent_first_for_nobody(wrong: bytes) -> None:
    first = next(iter(messages(decoded(wrong))))
    assert first == Message(MORNING, None, wrong, whole=True)


@pytest.mark.parametrize(("year", "place"), [("0001", 0), ("9999", 2)])
def test_a_record_with_an_absurd_time_does_not_make_the_replay_longer(year: str, place: int) -> None:
    wrong = b'{"occurred_at":"%s-03-03T13:00:00Z"}' % year.encode()
    sent = list(messages(decoded(wrong)))
    assert sent[place].value == wrong
    assert all(MORNING <= message.at <= EVENING for message in sent)


def test_a_line_that_was_too_long_has_no_bytes_to_send_and_is_counted() -> None:
    found = decoded(b'{"reason":"' + b"x" * 2_000 + b'"}', b"no JSON")
    cut = found.dead.with_columns(raw=pl.when(pl.col("raw").bin.size() > 1_000).then(b"").otherwise("raw"))
    found = Decoded(found.valid, cut, found.rows)
    assert len(list(messages(found))) == 4
    assert not_sendable(found) == 1


def test_a_dataset_without_one_valid_lookup_still_sends_what_it_holds() -> None:
    found = decoding([b"no JSON"])
    assert span(found) is None
    assert [message.value for message in messages(found)] == [b"no JSON"]


class Time:
    """A clock that stands still but for the waits, which it adds up."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def at(*minutes: float) -> list[Message]:
    begin = datetime(2025, 3, 3, tzinfo=UTC)
    return [Message(begin + timedelta(minutes=each), None, b"") for each in minutes]


def test_at_speed_sixty_a_minute_of_history_takes_a_second() -> None:
    time = Time()
    moments = [time.now for _ in paced(at(0, 1, 1, 90), 60, time.monotonic, time.wait)]
    assert moments == pytest.approx([100, 101, 101, 190])


def test_a_replay_that_fell_behind_catches_up_without_waiting() -> None:
    time = Time()
    moments = []
    for _ in paced(at(0, 1, 2, 10), 60, time.monotonic, time.wait):
        moments.append(time.now)
        if len(moments) == 1:
            time.now += 5
    assert moments == pytest.approx([100, 105, 105, 110])


def test_without_a_speed_nothing_waits() -> None:
    time = Time()
    assert len(list(paced(at(0, 1_000), 0, time.monotonic, time.wait))) == 2
    assert time.now == 100


def sent_in_batches(looks: list[tuple[str, int]], most: int, *more: bytes) -> list[tuple[str, list[int]]]:
    """Employee and seconds of the day of each look into the messages: employee, and the seconds in it."""
    world = World()
    for employee, second in looks:
        world.look(employee, 1, MORNING + timedelta(seconds=second))
    found = []
    for message in gathered(messages(decoding(lines(LOOKUP, world.lookups).splitlines() + list(more))), most):
        events = [each for each in unwrap(message.value) if isinstance(each, bytes)]
        times = [datetime.fromisoformat(str(msgspec.json.decode(each)["occurred_at"])) for each in events]
        assert message.holds == len(unwrap(message.value))
        found.append((str(message.key, "utf-8"), [round((at - MORNING).total_seconds()) for at in times]))
    return found


def test_lookups_of_an_employee_go_together_up_to_so_many() -> None:
    looks = [("e1", 0), ("e2", 1), ("e1", 2), ("e1", 3)]
    assert sent_in_batches(looks, 2) == [("e1", [0, 2]), ("e2", [1]), ("e1", [3])]
    assert sent_in_batches(looks, 1) == [("e1", [0]), ("e2", [1]), ("e1", [2]), ("e1", [3])]


def test_no_lookup_waits_longer_than_a_minute_for_others() -> None:
    looks = [("e1", 0), ("e2", 50), ("e1", 60), ("e3", 61), ("e1", 70)]
    assert sent_in_batches(looks, 10) == [("e1", [0, 60]), ("e2", [50]), ("e3", [61]), ("e1", [70])]


def test_what_is_no_lookup_goes_alone_and_in_its_place() -> None:
    bad = msgspec.json.encode({"employee_id": "e1", "occurred_at": (MORNING + timedelta(seconds=5)).isoformat()})
    looks = [("e1", 0), ("e1", 1), ("e1", 9), ("e1", 10)]
    [first, alone, last] = sent_in_batches(looks, 10, bad)
    assert (first, last) == (("e1", [0, 1]), ("e1", [9, 10]))
    assert alone[0] == "e1"
