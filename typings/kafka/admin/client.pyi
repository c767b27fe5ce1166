from collections.abc import Iterable, Mapping

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
    ) -> Mapping[str, object]: ...
    def delete_topics(self, topics: Iterable[str], timeout_ms: float | None = None) -> Mapping[str, object]: ...
