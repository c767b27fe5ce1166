"""What two detectors of a group tell of themselves, while one owns the engine and after it was killed."""

from __future__ import annotations

import re
import signal

import httpx
import pytest

from tests.integration.detector_group import Group, a_group
from tests.integration.disturbances import Agency
from tests.integration.services import NewTopicName
from tests.processes import Started, free_port

pytestmark = pytest.mark.slow

OWNS, WAITS = r"doelbinding_engine_owned 1\.0", r"doelbinding_engine_owned 0\.0"
READS_TWO = r"doelbinding_kafka_partitions_assigned 2\.0"
OF_FOUR = r"doelbinding_kafka_partitions 4\.0"
IS_MEMBER = r"doelbinding_kafka_member 1\.0"
KNOWS_REGISTERS = r'doelbinding_register_rows\{register="employees"\} [1-9]'


def epoch(page: str) -> float:
    [told] = re.findall(r"^doelbinding_engine_epoch (\S+)$", page, re.MULTILINE)
    return float(told)


def owns(detector: Started, port: int) -> bool:
    page = detector.until_metrics_say(f"http://127.0.0.1:{port}", OF_FOUR)
    return re.search(OWNS, page) is not None


@pytest.fixture
def group(agency: Agency, kafka: str, new_topic: NewTopicName, postgresql: str) -> Group:
    return a_group(agency, agency.home("vitals"), kafka, new_topic(4), postgresql)


def test_one_owns_the_engine_both_read_and_the_other_takes_over(group: Group) -> None:
    ports = [free_port(), free_port()]
    pages = [f"http://127.0.0.1:{port}" for port in ports]
    with (
        group.detector("--metrics-port", str(ports[0])) as first,
        group.detector("--metrics-port", str(ports[1])) as second,
    ):
        detectors = (first, second)
        for detector, page in zip(detectors, pages, strict=True):
            detector.until_metrics_say(page, READS_TWO, OF_FOUR, IS_MEMBER)
        owner = 0 if owns(first, ports[0]) else 1
        before = detectors[owner].until_metrics_say(pages[owner], OWNS, KNOWS_REGISTERS, r"last_round\w+ [1-9]")
        waiting = httpx.get(f"{pages[1 - owner]}/metrics").text
        assert re.search(WAITS, waiting)
        assert "doelbinding_engine_last_round_timestamp_seconds NaN" in waiting
        detectors[owner].process.send_signal(signal.SIGKILL)
        after = detectors[1 - owner].until_metrics_say(pages[1 - owner], OWNS, KNOWS_REGISTERS, "epoch [1-9]")
        assert epoch(after) > epoch(before)
