"""Who read which signal, when and to what end: in the audit trail before the answer is given."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.access import Reader
from services.api.audit.entries import entry_of
from services.api.parts import Parts


async def record_reads(
    parts: Parts, reader: Reader, what: str, signal_ids: Sequence[str], purpose: str | None = None
) -> None:
    """One entry that names every signal shown, none where a list was empty; durable on return.

    Raises HTTPException 503 or 507 if it cannot be written: then nothing may be shown.
    """
    detail = {"shown": what, "signals": list(signal_ids)}
    only = signal_ids[0] if len(signal_ids) == 1 else None
    await parts.trail.record([entry_of(reader, "read", "signal", only, purpose, detail)])
    parts.metrics.reads.labels(what).inc(len(signal_ids) or 1)
