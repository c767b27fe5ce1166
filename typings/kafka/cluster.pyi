from uuid import UUID

class ClusterMetadata:
    def topic_id(self, topic_name: str) -> UUID | None: ...
