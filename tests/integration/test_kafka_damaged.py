"""Records that a real broker's disk has spoilt: they are told, and passed by only where a person says so."""

from __future__ import annotations

import pytest
from kafka import KafkaAdminClient

from services.core.errors import DoelbindingError
from tests.integration.kafka_topic import SharedStore, a_member, an_event, lookup_ids, read_whole, send
from tests.integration.own_services import OwnService, own_service

TOPIC = "spoilt"


def spoil(broker: OwnService, content: bytes) -> None:
    """Changes a byte of the records on disk."""
    [log] = broker.folder.glob(f"**/{TOPIC}-0/00000000000000000000.log")
    data = log.read_bytes()
    assert data.count(content) == 1
    with log.open("r+b") as file:
        file.seek(data.index(content))
        file.write(content[::-1])


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # of a broker that ends
def test_a_damaged_batch_stops_reading_until_a_person_gives_it_up() -> None:
    with own_service("kafka") as broker:
        admin = KafkaAdminClient(bootstrap_servers=broker.address)
        admin.create_topics({TOPIC: {"num_partitions": 2}})
        admin.close()
        for first in (0, 10, 20):
            send(broker.address, TOPIC, [an_event(number) for number in range(first, first + 10)], linger_ms=200)
        send(broker.address, TOPIC, [an_event(number) for number in range(100, 120)], partition=1)
        spoil(broker, b'"lookup_id":"sonar-15"')
        store = SharedStore()
        for fast in (True, False):
            with pytest.raises(DoelbindingError, match="records that are damaged"):
                a_member(broker.address, TOPIC, store, fast=fast).run()
            assert store.positions.get(f"{TOPIC}/0", 0) <= 10
        store = read_whole(broker.address, TOPIC, pass_damaged=True)
    assert sorted(store.lookups) == sorted(lookup_ids([*range(10), *range(20, 30), *range(100, 120)]))
    assert store.dead == [(f"{TOPIC}/0", "offset 10", ["records-damaged"])]
    assert store.positions == {f"{TOPIC}/0": 30, f"{TOPIC}/1": 20}
