from collections.abc import Sequence
from typing import TypedDict

from kafka.admin.client import KafkaAdminClient as KafkaAdminClient

class CreatedTopic(TypedDict):
    name: str
    error_code: int
    error_message: str | None

class CreatedTopics(TypedDict):
    topics: list[CreatedTopic]

class DescribedTopic(TypedDict):
    name: str
    error_code: int
    partitions: list[object]

class ConfigResource:
    def __init__(self, resource_type: str, name: str, configs: Sequence[str] | None = None) -> None: ...
