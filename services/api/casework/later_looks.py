"""A decision that rests on an earlier revision than the current one, into the next item for what came since."""

from __future__ import annotations

from sqlalchemy import select

from services.api.casework.codes import ENDED
from services.api.casework.deadlines import due_at
from services.api.casework.work import Work
from services.api.db.tables import intake_items
from services.api.intake.looks import new_looks
from services.api.intake.notices import put_events
from services.api.intake.opening import opened, told_of_next

OF_SIGNAL = ("signal_id", "rule", "priority", "repeats", "withdrawn", "withdrawn_reason", "severity", "raised_at")
"""What every item of a signal shows of its current revision."""


async def open_next(work: Work) -> None:
    """As a delivery of new looks after the decision does; without them, or while the signal is withdrawn, nothing."""
    connection, item = work.connection, work.case.item
    of_signal = intake_items.c.signal_id == item.signal_id
    items = (await connection.execute(select(intake_items).where(of_signal).order_by(intake_items.c.look_number))).all()
    last = items[-1]
    if last.status not in ENDED or last.decided_revision == item.revision or last.withdrawn:
        return
    if count := await new_looks(connection, item.body["lookupIds"], item.body["lookupCount"], items):
        shown = {name: getattr(last, name) for name in OF_SIGNAL}
        row = opened(shown, last.look_number + 1, work.now, due_at(work.now, (), work.zone))
        await connection.execute(intake_items.insert(), [row])
        happening = told_of_next(row, item.revision, count)
        await put_events(connection, [happening], work.now)
        work.entries.append(happening.entry)
