"""Detectors that share the partitions of a topic give the signals of one that reads the files alone."""

from __future__ import annotations

import pytest

from tests.integration.detector_group import a_group, assert_gives_the_signals_of_the_files
from tests.integration.disturbances import Agency
from tests.integration.services import NewTopicName

pytestmark = pytest.mark.slow

UNTIL_END = "--until-end"
ASSIGNED = '"kind": "assigned"'
SPEED = 10_000.0
"""Seconds of the agency's three days in a second: some half a minute."""
IN_SLICES = ("--rows-per-slice", "150")
IN_OTHER_SLICES = ("--rows-per-slice", "400")


def test_one_detector_on_sqlite(agency: Agency, kafka: str, new_topic: NewTopicName) -> None:
    group = a_group(agency, agency.home("alone"), kafka, new_topic(4))
    group.filled()
    with group.api(), group.detector(UNTIL_END) as alone:
        assert alone.ended().code == 0, alone.said
        assert_gives_the_signals_of_the_files(group)


def test_two_detectors_on_postgresql_while_a_third_comes_and_goes(
    agency: Agency, kafka: str, new_topic: NewTopicName, postgresql: str
) -> None:
    group = a_group(agency, agency.home("together"), kafka, new_topic(6), postgresql)
    with group.api():
        with group.detector(*IN_SLICES) as one, group.detector(*IN_OTHER_SLICES) as other:
            for detector in (one, other):
                detector.until_it_says(ASSIGNED)
            with group.replaying(SPEED) as replay:
                with group.detector(*IN_SLICES) as guest:
                    guest.until_it_says(ASSIGNED)
                    assert guest.told_to_stop().code == 0, guest.said
                assert replay.ended().code == 0, replay.said
            for detector in (one, other):
                assert detector.told_to_stop().code == 0, detector.said
            assert any('"kind": "revoked"' in detector.said for detector in (one, other))
        with group.detector(UNTIL_END) as last:
            assert last.ended().code == 0, last.said
        assert_gives_the_signals_of_the_files(group)
