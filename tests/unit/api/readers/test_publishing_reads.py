"""What becomes of reads on their way to the detector when a broker, a disk, a process or the trail is in trouble."""

import json

import pytest

from services.core.kafka_broker import Trouble
from tests.unit.api.casework.conftest import ONE, OTHER
from tests.unit.api.conftest import signal_id
from tests.unit.api.readers.conftest import EMPLOYEES
from tests.unit.api.test_publishing import RememberingBroker, until

AWAY, REFUSED = Trouble("the broker is away", refused=False), Trouble("no rights", refused=True)


def gauges(api):
    lines = api.get("/metrics", None).text.splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("doelbinding_api_reads_"))
    return {name.removeprefix("doelbinding_api_reads_"): float(value) for name, value in found.items()}


def read(office, *numbers, who=ONE):
    for number in numbers:
        assert office.api.get(f"/v1/signals/{signal_id(number)}", who).status_code == 200


def ids(broker):
    return [event["id"] for event in broker.events]


@pytest.fixture
def office(start, broker):
    """An office of the test's own, that may be disturbed; with one signal, and nothing left to tell."""
    with start(broker) as desk:
        desk.opens(1)
        until(desk.is_all_told)
        yield desk


def test_while_the_broker_is_away_readers_notice_nothing_and_all_is_told_later(office, broker):
    broker.trouble = AWAY
    read(office, 1, 1)
    until(lambda: gauges(office.api)['troubles_total{result="unavailable"}'] > 2)
    found = gauges(office.api)
    assert (found["pending"], found["oldest_timestamp_seconds"]) == (2, office.api.clock.at.timestamp())
    assert office.api.get("/v1/health/ready", None).status_code == 200
    broker.trouble = None
    assert len(office.published()) == 4
    until(lambda: gauges(office.api)["published_total"] == 4)
    assert (gauges(office.api)["pending"], gauges(office.api)["oldest_timestamp_seconds"]) == (0, 0)


def test_what_the_broker_took_is_not_sent_again_but_for_the_entry_that_was_cut(office, broker):
    broker.troubles = [(REFUSED, 0), (AWAY, 3)]
    read(office, 1, 1, 1)
    assert len(office.published()) == 6
    assert len(broker.events) <= 7


def test_what_was_taken_without_a_word_is_told_again_as_the_same_lookups(office, broker):
    broker.crashes = 2
    read(office, 1)
    assert len(office.published()) == 2
    assert ids(broker) == ids(broker)[:2] * 3
    assert len({message.value for message in broker.messages}) == 2


def test_what_waits_when_the_api_stops_goes_out_at_the_next_start(start, broker):
    broker.trouble = AWAY
    with start(broker) as office:
        office.opens(1)
        read(office, 1)
    assert broker.closed
    after = RememberingBroker()
    with start(after) as office:
        assert len(office.published()) == 2


def test_an_account_without_an_employee_is_counted_and_not_told(start, broker):
    with start(broker, {ONE: EMPLOYEES[ONE]}) as office:
        office.opens(1)
        read(office, 1, who=OTHER)
        read(office, 1)
        assert len(office.published()) == 2
        until(lambda: gauges(office.api)['not_published_total{reason="no-employee"}'] == 1)


def test_what_retention_blanked_before_is_counted_and_stops_nothing(start, broker):
    with start(broker) as office:
        office.opens(1)
        until(office.is_all_told)
        office.api.portal.call(office.api.parts.reads.stop)
        until(lambda: broker.closed)
        read(office, 1)
        office.api.rows("UPDATE audit_entries SET actor = NULL, object_id = NULL, detail = NULL, salt = NULL")
    after = RememberingBroker()
    with start(after) as office:
        read(office, 1)
        assert len(office.published()) == 2
        until(lambda: gauges(office.api)['not_published_total{reason="blanked"}'] == 1)


def test_a_database_that_fails_for_a_while_does_not_end_publishing(office):
    office.api.rows("ALTER TABLE published_reads RENAME TO gone")
    read(office, 1)
    until(lambda: gauges(office.api)['troubles_total{result="unavailable"}'] > 0)
    office.api.rows("ALTER TABLE gone RENAME TO published_reads")
    assert len(office.published()) == 2


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "dataset"
    folder.mkdir()
    return folder


def lines(dataset):
    files = sorted((dataset / "lookups").glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_a_folder_that_is_named_goes_before_the_topic_and_gets_files_that_stay(start, broker, dataset):
    with start(broker, reads=dataset, reads_seconds=0.01) as office:
        office.opens(1)
        read(office, 1)
        until(lambda: len(lines(dataset)) == 2)
        first = {file: file.stat().st_ino for file in (dataset / "lookups").iterdir()}
        read(office, 1, 1)
        until(lambda: len(lines(dataset)) == 6)
        assert first.items() <= {file: file.stat().st_ino for file in (dataset / "lookups").iterdir()}.items()
    assert broker.events == []
    assert len({line["lookup_id"] for line in lines(dataset)}) == 6
    assert not [file for file in (dataset / "lookups").iterdir() if file.suffix != ".ndjson"]


def test_a_file_that_is_there_is_not_written_again_where_the_position_was_not_stored(start, broker, dataset):
    with start(broker, reads=dataset, reads_seconds=0.01) as office:
        office.opens(1)
        read(office, 1)
        until(lambda: len(lines(dataset)) == 2)
        until(office.is_all_told)
        files = {file: file.stat().st_mtime_ns for file in (dataset / "lookups").iterdir()}
        office.api.rows("UPDATE published_reads SET sequence = (SELECT min(sequence) - 1 FROM audit_entries)")
        read(office, 1)
        until(office.is_all_told)
    kept = {file: file.stat().st_mtime_ns for file in (dataset / "lookups").iterdir()}
    assert files.items() <= kept.items()


def test_a_folder_that_cannot_be_written_is_told_and_waits(start, broker, dataset):
    (dataset / "lookups").write_text("in the way")
    with start(broker, reads=dataset, reads_seconds=0.01) as office:
        office.opens(1)
        read(office, 1)
        until(lambda: gauges(office.api)['troubles_total{result="unavailable"}'] > 0)
        (dataset / "lookups").unlink()
        until(lambda: (dataset / "lookups").is_dir() and len(lines(dataset)) == 2)
