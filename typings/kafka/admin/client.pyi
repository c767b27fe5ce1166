from collections.abc import Iterable, Mapping, Sequence

from kafka.admin import ConfigResource, CreatedTopics, DescribedTopic

class KafkaAdminClient:
    def __init__(self, **configs: object) -> None: ...
    def close(self) -> None: ...
    def create_topics(
        self,
        new_topics: Mapping[str, Mapping[str, object]],
        timeout_ms: float | None = None,
        *,
        raise_errors: bool = True,
        wait_for_metadata: bool = False,
    ) -> CreatedTopics: ...
    def delete_topics(self, topics: Iterable[str], timeout_ms: float | None = None) -> Mapping[str, object]: ...
    def describe_configs(
        self, config_resources: Sequence[ConfigResource], *, config_filter: str = "modified"
    ) -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, object]]]]: ...
    def describe_topics(self, topics: Sequence[str] | None = None) -> list[DescribedTopic]: ...
