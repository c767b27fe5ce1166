"""Every read that the audit trail holds is told to the detector, though the API is killed again and again."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer

import pytest

from services.api.db.migrate import migrate
from services.core.contract import LOOKUP
from services.core.identity import employee_pseudonym
from services.detector.decode import decode_lines
from tests.integration.reading_office import EMPLOYEES, ReadingOffice, lookups_wanted
from tests.integration.test_publishing import events_on
from tests.processes import free_port, started
from tests.unit.api.test_publishing import EVENTS

pytestmark = pytest.mark.slow

KILLS = 5
DEEDS = 15
"""Before a kill comes near, however slow the machine."""
SEED = 20_261_122
DONE = r"doelbinding_api_reads_pending 0\.0"


def worked(office: ReadingOffice, settings: Mapping[str, str]) -> None:
    """The readers at work while the API is killed at random moments; at the end nothing waits."""
    chance, port = random.Random(SEED), office.url.rpartition(":")[2]
    for life in range(KILLS + 1):
        with started(office.home, "serve", "--port", port, settings=settings) as api:
            api.until_it_says("Pages:")
            if not office.items:
                office.begin()
            for _ in range(DEEDS):
                office.work()
            killer = Timer(chance.uniform(0.0, 0.8), api.process.kill if life < KILLS else int)
            killer.start()
            while killer.is_alive():
                office.work()
            if life == KILLS:
                api.until_metrics_say(office.url, DONE, r"doelbinding_api_reads_not_published_total\S+ 0\.0")
                assert api.told_to_stop().code == 0
                assert "Traceback" not in api.said
                assert "reads-published" in api.said


def compare(lookups: Sequence[bytes], database: str, office: ReadingOffice) -> None:
    """All that is wanted is there, under an id each time with the same bytes, and the detector takes all of it."""
    by_id: dict[str, bytes] = {}
    for each in lookups:
        record = json.loads(each)
        assert by_id.setdefault(record["lookup_id"], each) == each
    assert set(by_id) == lookups_wanted(database)
    assert len(by_id) > KILLS * DEEDS
    records = [json.loads(each) for each in by_id.values()]
    assert {each["employee_id"] for each in records} == {employee_pseudonym(office.ring, e) for e in EMPLOYEES.values()}
    assert any(each["data_categories"] == ["identity"] for each in records)
    assert any(each["case_id"] for each in records)
    decoded = decode_lines([*by_id.values()], [*by_id], LOOKUP)
    assert decoded.dead.is_empty(), decoded.dead["reasons"].to_list()[:3]
    assert not any(name in b"".join(lookups) for name in (b"e-accused", b"e-reader"))


def test_onto_the_topic_from_postgresql(kafka, new_topic, postgresql, tmp_path: Path):
    topic = new_topic(partitions=3)
    migrate(postgresql)
    office = ReadingOffice(tmp_path / "home", f"http://127.0.0.1:{free_port()}", SEED)
    settings = {
        "DOELBINDING_API_DATABASE_URL": postgresql,
        "DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka,
        "DOELBINDING_API_EVENT_SOURCE": EVENTS.event_source,
        "DOELBINDING_API_PUBLIC_URL": EVENTS.public_url,
        "DOELBINDING_API_INTAKE_TOPIC": new_topic(),
        "DOELBINDING_API_LOOKUPS_TOPIC": topic,
    }
    worked(office, settings)
    found = events_on(topic, kafka)
    assert all(key.decode() == event["data"]["employee_id"] for key, _, event in found)
    compare([json.dumps(event["data"]).encode() for _, _, event in found], postgresql, office)


def test_into_files_of_a_dataset_from_sqlite(tmp_path: Path):
    dataset = tmp_path / "dataset"
    dataset.mkdir()
    office = ReadingOffice(tmp_path / "home", f"http://127.0.0.1:{free_port()}", SEED)
    worked(office, {"DOELBINDING_API_READS": str(dataset), "DOELBINDING_API_READS_SECONDS": "0.1"})
    files = sorted((dataset / "lookups").glob("*.ndjson"))
    lookups = [line for file in files for line in file.read_bytes().splitlines()]
    assert len(lookups) == len(set(lookups)), "a file that was written once is not written again"
    compare(lookups, f"sqlite:///{office.home / 'api.sqlite'}", office)
