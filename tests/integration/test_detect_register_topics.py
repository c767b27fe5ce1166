"""Registers from topics give the signals that registers from files give, and a restart reads only what is new."""

from __future__ import annotations

import pytest

from tests.integration.detector_group import a_group, assert_gives_the_signals_of_the_files
from tests.integration.disturbances import Agency
from tests.integration.kafka_topic import await_that
from tests.integration.register_topics import made_register_topics
from tests.integration.services import NewTopicName
from tests.processes import started

pytestmark = pytest.mark.slow


def test_detectors_with_registers_from_topics_give_the_signals_of_the_files(
    agency: Agency, kafka: str, new_topic: NewTopicName, postgresql: str
) -> None:
    group = a_group(agency, agency.home("registers"), kafka, new_topic(4), postgresql)
    with made_register_topics(kafka) as prefix, group.api():
        replay = ["replay", agency.dataset, "--to", "kafka", "--topic", group.topic, "--send", "both"]
        line = ["detect", "--source", "kafka", "--topic", group.topic, "--group", group.topic, "--registers", "kafka"]
        where = ["--registers-prefix", prefix, "--api", group.url, "--metrics-port", "0"]
        with started(group.home, *line, *where, settings=group.settings) as early:
            early.until_it_says("registers-empty")
            with started(group.home, *replay, "--registers-prefix", prefix, settings=group.settings) as sending:
                assert sending.ended().code == 0, sending.said
            early.until_it_says("registers-read")
            await_that((group.home / "registers" / "contents.json").exists, "no snapshot was stored")
            assert early.told_to_stop().code == 0, early.said
        with started(group.home, *line, *where, "--until-end", settings=group.settings) as late:
            assert late.ended().code == 0, late.said
            assert '"from_snapshot": true' in late.said
        assert_gives_the_signals_of_the_files(group)
