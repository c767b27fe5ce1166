"""The topic of lookups, as the brokers have it, into findings."""

from __future__ import annotations

from kafka.admin import ConfigResource, KafkaAdminClient

from services.core.errors import DoelbindingError
from services.core.kafka_connection import connection
from services.core.kafka_faults import BOOTSTRAP_MS, kafka_faults_told
from services.core.kafka_settings import KafkaSettings
from services.detector.topic_settings import load_topic_settings
from services.doctor.findings import Finding, fault, ok, warning

CHECK = "topic"
TIMESTAMPS = "message.timestamp.type"
OF_THE_BROKER = "LogAppendTime"


def examine_topic(kafka: KafkaSettings) -> list[Finding]:
    """Whether it is there, and whose clock its records bear; asks the brokers, and changes nothing."""
    name = load_topic_settings().topic
    try:
        return [_told(name, _timestamps(kafka, name))]
    except DoelbindingError as error:
        return [fault(CHECK, str(error))]


def _told(name: str, timestamps: str | None) -> Finding:
    if timestamps is None:
        return fault(CHECK, f"topic {name}: is not there, or may not be described; run: doelbinding topics create")
    if timestamps != OF_THE_BROKER:
        return warning(
            CHECK,
            f"topic {name}: has {TIMESTAMPS}={timestamps}, so that lookups from the future are judged by the moment of "
            f"reading, and a later reading may take what an earlier one did not; set it to {OF_THE_BROKER}",
        )
    return ok(CHECK, f"topic {name}: its records bear the time of the broker")


def _timestamps(kafka: KafkaSettings, name: str) -> str | None:
    """The setting of the topic; None where there is no such topic. Raises DoelbindingError."""
    with kafka_faults_told("topic", kafka):
        admin = KafkaAdminClient(**connection(kafka), bootstrap_timeout_ms=BOOTSTRAP_MS)
        try:
            [found] = admin.describe_topics([name])
            if found["error_code"]:
                return None
            asked = ConfigResource("TOPIC", name, [TIMESTAMPS])
            return str(admin.describe_configs([asked], config_filter="all")["topic"][name][TIMESTAMPS]["value"])
        finally:
            admin.close()
