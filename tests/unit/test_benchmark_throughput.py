"""What the benchmark of throughput sends, and the table that it prints."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.throughput import table
from benchmarks.throughput_parts.latency import told
from benchmarks.throughput_parts.rivals import PINS, REFERENCE, RIVALS, Measured
from benchmarks.throughput_parts.topics import EVENTS_PER_BATCH, PARTITIONS, batches
from services.core.cloud_events import unwrap
from services.detector.replay.messages import Message
from services.detector.replay.send import partition_of
from tests.unit.input.test_kafka_messages import an_event

NOON = datetime(2025, 3, 28, 12, tzinfo=UTC)


def test_rates_are_per_second_of_the_processor_and_stand_beside_those_of_bytewax() -> None:
    found = {REFERENCE: Measured(1_000, 0.5, 1.0), "detector": Measured(1_000, 2.0, 4.0)}
    lines = table(found).splitlines()
    assert lines[1].split()[-3:] == ["2,000", "1,000", "1.00x"]
    assert lines[2].split()[-3:] == ["500", "250", "0.25x"]


def test_without_rivals_nothing_is_compared() -> None:
    assert table({"detector": Measured(1_000, 2.0, 4.0)}).splitlines()[1].split()[-1] == "-"


def test_batches_hold_every_event_once_and_keep_the_order_of_each_employee() -> None:
    events = [Message(NOON, f"e{number % 7}".encode(), an_event(number)) for number in range(1_000)]
    made = list(batches(events))
    found = [(partition_of(one.key, PARTITIONS), unwrap(one.value)) for one in made]
    assert max(len(held) for _, held in found) == EVENTS_PER_BATCH
    for partition in range(PARTITIONS):
        sent = [one.value for one in events if partition_of(one.key, PARTITIONS) == partition]
        held = [each for at, several in found if at == partition for each in several]
        assert held == [each for value in sent for each in unwrap(value)]


def test_the_percentiles_leave_out_the_warm_up_and_tell_what_did_not_arrive() -> None:
    sent = {str(number): NOON for number in range(60)}
    arrived = {str(number): NOON.replace(second=30 if number < 50 else 1) for number in range(59)}
    assert "p50 1.00 s, p99 1.00 s, greatest 1.00 s; 9 of 10" in told(sent, arrived)


def test_every_rival_has_a_program_and_every_package_a_pin_with_its_hash() -> None:
    assert all((PINS.parent / program).is_file() for program in RIVALS.values())
    lines = PINS.read_text().splitlines()[1:]
    assert all("==" in pin and "--hash=sha256:" in hash_ for pin, hash_ in zip(lines[::2], lines[1::2], strict=True))
