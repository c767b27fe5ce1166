"""Who works on an item: those who assess it, and those whom somebody sends who leads."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.casework.colleagues import fitting_roles, reader_of_code
from services.api.casework.forms import AssignmentForm
from services.api.casework.hindrances import HinderedError
from services.api.casework.work import Work, new_id
from services.api.db.casework import assignments
from services.api.db.types import AnyRow
from services.api.need_to_know import item_for
from services.api.refusals import RefusedError

BY_WORK, BY_LEAD = "assessment", "lead"


async def is_assigned(connection: AsyncConnection, item_id: str, subject: str) -> bool:
    """Whether an account works on an item now."""
    held = exists().where(
        assignments.c.item_id == item_id, assignments.c.assignee == subject, assignments.c.released_at.is_(None)
    )
    return bool((await connection.execute(select(held))).scalar_one())


async def assign(work: Work, form: AssignmentForm) -> bool:
    """Somebody who leads sends a person to an item."""
    work.demand("assign")
    await _check(work, form.assignee)
    held = _held(work, form.assignee)
    if held is not None and held.released_at is None:
        return False
    await _assign(work, form.assignee, BY_LEAD)
    await work.record("assign", {"assignee": form.assignee})
    return True


async def release(work: Work, assignment_id: str) -> bool:
    """Somebody who leads takes a person off an item; what was given stays. An unknown assignment is one that ended."""
    work.demand("assign")
    held = next((row for row in work.case.assignments if row.id == assignment_id and row.released_at is None), None)
    if held is None:
        return False
    this = assignments.c.id == assignment_id
    await work.connection.execute(assignments.update().where(this).values(released_at=work.now))
    await work.record("release", {"assignee": held.assignee})
    return True


async def assign_by_work(work: Work) -> None:
    """Who assesses an item works on it."""
    held = _held(work, work.reader.subject)
    if held is None or held.released_at is not None:
        await _assign(work, work.reader.subject, BY_WORK)


async def _check(work: Work, assignee: str) -> None:
    """Raises HinderedError unless this is the code of somebody known, who may work on this item."""
    other = await reader_of_code(work.connection, work.reader, work.people, assignee)
    if other is None or other.role not in fitting_roles(work.reader.role):
        raise HinderedError("unknown-assignee", "assignee")
    try:
        await item_for(work.connection, other, work.case.item.id)
    except RefusedError as refusal:
        if refusal.reason != "not-assigned":  # which is what is mended here
            known = refusal.reason == "interest"
            raise HinderedError("assignee-with-interest" if known else "assignee-interests-unknown", "assignee") from (
                refusal
            )


def _held(work: Work, assignee: str) -> AnyRow | None:
    return next((row for row in work.case.assignments if row.assignee == assignee), None)


async def _assign(work: Work, assignee: str, via: str) -> None:
    values = {"via": via, "assigned_by": work.reader.subject, "assigned_at": work.now, "released_at": None}
    if _held(work, assignee) is None:
        await work.add(assignments, id=new_id("g"), assignee=assignee, **values)
        return
    this = (assignments.c.item_id == work.case.item.id, assignments.c.assignee == assignee)
    await work.connection.execute(assignments.update().where(*this).values(values))
