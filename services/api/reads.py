"""Who read which signal, when and to what end: in the audit trail before the answer is given."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.access import Reader
from services.api.audit.entries import entry_of
from services.api.parts import Parts
from services.api.readers.shown import Shown


async def record_reads(
    parts: Parts,
    reader: Reader,
    what: Shown,
    signal_ids: Sequence[str],
    purpose: str | None = None,
    beside: str | None = None,
) -> None:
    """One entry that names every signal shown, none where a list was empty; durable on return.

    `beside`: the signal on whose page others are shown. Raises HTTPException 503 or 507 if the entry cannot be written:
    then nothing may be shown.
    """
    detail: dict[str, object] = {"shown": what, "signals": list(signal_ids)}
    if beside is not None:
        detail["beside"] = beside
    only = signal_ids[0] if len(signal_ids) == 1 else None
    await parts.trail.record([entry_of(reader, "read", "signal", only, purpose, detail)])
    parts.metrics.reads.labels(what).inc(len(signal_ids) or 1)
