"""A publication into a CloudEvent: what happened to which signal, and where those who may know read the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.core.cloud_events import SPECVERSION
from services.core.wire import to_wire

EVENT_TYPES = {
    "pushed": "nl.overheid.doelbinding.signal.pushed.v1",
    "revised": "nl.overheid.doelbinding.signal.revised.v1",
    "withdrawn": "nl.overheid.doelbinding.signal.withdrawn.v1",
}
"""What can happen to a signal of the queue. An investigation system can subscribe to pushes alone; the last event of a
signal tells what it is now."""


@dataclass(frozen=True)
class Publication:
    """One revision of a pushed signal that is to be told; `row` is its place in the outbox."""

    row: int
    event_id: str
    signal_id: str
    revision: int
    happening: str
    status: str
    as_of: datetime


def event_id(signal_id: str, revision: int, content_hash: str) -> str:
    """The same for each telling of a revision, and another where a restored backup counts a revision again."""
    return f"{signal_id}-{revision}-{content_hash[:12]}"


def encode_event(publication: Publication, source: str, base_url: str) -> bytes:
    """Structured JSON by the NL GOV profile for CloudEvents; it says nothing about a person.

    `time` is the moment of the lookup log up to which the detector knew when it told the revision. `data.revision`
    rises with each revision of a signal: of two events about one signal the greater tells what holds.
    """
    return msgspec.json.encode(
        {
            "specversion": SPECVERSION,
            "id": publication.event_id,
            "source": source,
            "type": EVENT_TYPES[publication.happening],
            "time": to_wire(publication.as_of),
            "subject": publication.signal_id,
            "dataref": f"{base_url}/v1/signals/{publication.signal_id}",
            "datacontenttype": "application/json",
            "data": {"revision": publication.revision, "status": publication.status},
        }
    )
