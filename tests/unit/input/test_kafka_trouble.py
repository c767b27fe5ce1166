"""What a poll raises into what a person is told, and into what is tried again."""

from __future__ import annotations

import pytest
from kafka import errors
from kafka.structs import TopicPartition

from services.detector.sources.kafka.client_log import CONNECTIONS, last_loss
from services.detector.sources.kafka.fast_records import DamagedBatchError
from services.detector.sources.kafka.trouble import damaged, hopeless, out_of_range, passed


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.CorruptRecordError("batch at offset 7"), "damaged"),
        (errors.UnsupportedCodecError("snappy"), "install python-snappy or lz4"),
        (errors.LogTruncationError(None, None), "the broker lost records"),
        (errors.TopicAuthorizationFailedError({"lookups"}), "grant it READ"),
        (errors.GroupAuthorizationFailedError("group"), "grant it READ"),
    ],
)
def test_what_only_a_person_can_mend_is_told_with_what_helps(error, told):
    assert told in str(hopeless(error))


@pytest.mark.parametrize(
    "error", [errors.KafkaTimeoutError, errors.KafkaConnectionError, errors.NotLeaderForPartitionError]
)
def test_what_may_pass_is_tried_again(error):
    assert hopeless(error("away")) is None


def test_a_damaged_batch_is_told_with_its_place_and_with_what_gives_it_up():
    error = DamagedBatchError(TopicPartition("lookups", 3), 17, 20)
    assert "partition lookups/3, batch at offset 17" in str(hopeless(error))
    assert "--pass-damaged" in str(hopeless(error))
    assert damaged(error) is error
    piece = passed(error.first, error.behind)
    assert piece.next == 20
    assert piece.dead.select("position", "codes").rows() == [("offset 17", ["records-damaged"])]
    assert "offsets 17 to 19 are damaged" in piece.dead["reasons"].item()[0]


def test_a_batch_whose_end_is_not_certain_is_never_passed_by():
    error = DamagedBatchError(TopicPartition("lookups", 3), 17, None)
    assert damaged(error) is None
    assert "kafka-delete-records" in str(hopeless(error))


def test_an_offset_that_the_broker_does_not_have_is_named_with_its_partition():
    gone = {TopicPartition("lookups", 3): 17}
    assert out_of_range(errors.OffsetOutOfRangeError(gone)) == gone
    assert out_of_range(errors.OffsetOutOfRangeError()) == {}


def test_the_reason_of_a_lost_connection_comes_from_the_log_of_the_client():
    with last_loss() as loss:
        assert loss.reason == ""
        CONNECTIONS.error("%s: Connection lost: %s", "node-1", "certificate verify failed")
        CONNECTIONS.error("another matter")
        assert loss.reason == "certificate verify failed"
    CONNECTIONS.error("%s: Connection lost: %s", "node-1", "not heard any more")
    assert loss.reason == "certificate verify failed"
