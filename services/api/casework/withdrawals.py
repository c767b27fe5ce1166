"""Those who work on an item say that they saw its signal withdrawn, or come back."""

from __future__ import annotations

from services.api.casework.case import person_of
from services.api.casework.work import Work
from services.api.db.casework import acknowledgements


async def acknowledge(work: Work) -> bool:
    """The last notice, by the person who asks."""
    notice = work.case.notice
    if notice is not None and work.case.acknowledged(work.reader):
        return False
    work.demand("acknowledge-withdrawal")
    assert notice is not None  # noqa: S101 - demanded
    person = person_of(work.reader)
    await work.add(
        acknowledgements,
        event_id=notice.id,
        person=person,
        acknowledged_by=work.reader.subject,
        acknowledged_at=work.now,
    )
    await work.record("acknowledge-withdrawal", {"noticeRevision": notice.revision})
    return True
