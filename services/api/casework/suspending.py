"""The thirteen weeks stopped for a reason, and started again."""

from __future__ import annotations

from services.api.casework.deadlines import due_at
from services.api.casework.forms import SuspensionForm
from services.api.casework.work import Work, new_id
from services.api.db.casework import suspensions
from services.api.db.types import AnyRow


async def suspend(work: Work, form: SuspensionForm) -> bool:
    """From now on; a stop is never written down afterwards, so that the clock tells what was decided when."""
    running = work.case.suspension
    if running is not None and (running.reason, running.started_by) == (form.reason, work.reader.subject):
        return False
    work.demand("suspend")
    await work.add(suspensions, id=new_id("u"), reason=form.reason, started_at=work.now, started_by=work.reader.subject)
    await work.record("suspend", {"reason": form.reason}, due_at=None)
    return True


async def resume(work: Work) -> bool:
    """The clock runs on, as many days longer as it stood still."""
    last = work.case.suspensions[-1] if work.case.suspensions else None
    if not work.case.ended and last is not None and last.ended_by == work.reader.subject:
        return False
    work.demand("resume")
    ended = await ended_suspension(work)
    item = work.case.item
    spans = [*work.case.suspended_spans, *([(ended.started_at, work.now)] if ended else [])]
    due = due_at(item.clock_started_at or item.received_at, spans, work.zone)
    await work.record("resume", {}, due_at=due)
    return True


async def ended_suspension(work: Work) -> AnyRow | None:
    """Ends the suspension that runs, if one does."""
    running = work.case.suspension
    if running is not None:
        values = {"ended_at": work.now, "ended_by": work.reader.subject}
        await work.connection.execute(suspensions.update().where(suspensions.c.id == running.id).values(values))
    return running
