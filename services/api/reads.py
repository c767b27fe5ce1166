"""Who read which signal, when and to what end: written down before the answer is given."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.access import Reader
from services.api.db.engine import writing
from services.api.db.tables import reads
from services.api.parts import Parts


async def record_reads(
    parts: Parts, reader: Reader, what: str, signal_ids: Sequence[str], purpose: str | None = None
) -> None:
    """One row per signal shown, or one without a signal where a list was empty; committed on return."""
    at = parts.clock.now()
    shown: Sequence[str | None] = signal_ids or [None]
    async with writing(parts.engine) as connection:
        await connection.execute(
            reads.insert(),
            [
                {"reader": reader.subject, "read_at": at, "what": what, "signal_id": signal_id, "purpose": purpose}
                for signal_id in shown
            ],
        )
    parts.metrics.reads.labels(what).inc(len(shown))
