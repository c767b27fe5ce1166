"""Assessments by two people, and a third one's settlement where they differ."""

from __future__ import annotations

from services.api.casework import codes
from services.api.casework.assignments import assign_by_work
from services.api.casework.case import SETTLING, is_by, person_of
from services.api.casework.forms import NoteForm, VerdictForm
from services.api.casework.hindrances import HinderedError
from services.api.casework.later_looks import open_next
from services.api.casework.states import Verdict, state_after
from services.api.casework.suspending import ended_suspension
from services.api.casework.work import Work, new_id
from services.api.db.casework import assessments, item_notes
from services.api.db.types import AnyRow


async def assess(work: Work, form: VerdictForm) -> bool:
    """One person's verdict; the second one decides the item, or makes it disputed."""
    own = work.case.own_assessment(work.reader)
    if own is not None:
        return _repeated(own, form)
    work.demand("assess")
    given = work.case.given
    await _add(work, form, len(given) + 1)
    verdicts = [*(Verdict(row.verdict, row.reason) for row in given), Verdict(form.verdict, form.reason)]
    status, reason = state_after(verdicts)
    await assign_by_work(work)
    detail = {"round": work.case.item.round, "ordinal": len(verdicts), **_told(form), "status": status}
    await work.record("assess", detail, assessment_count=len(verdicts), **await _decided(work, status, reason))
    await open_next(work)
    return True


async def settle(work: Work, form: VerdictForm) -> bool:
    """Somebody who leads and assessed neither decides between two that differ."""
    settled = work.case.settlement
    if settled is not None and is_by(settled, work.reader):
        return _repeated(settled, form, "already-decided")
    work.demand("settle")
    await _add(work, form, SETTLING)
    detail = {"round": work.case.item.round, **_told(form), "status": form.verdict}
    await work.record("settle", detail, **await _decided(work, form.verdict, form.reason))
    await open_next(work)
    return True


async def add_note(work: Work, form: NoteForm) -> bool:
    """A note beside what was given; the same note by the same person is there once."""
    work.demand("note")
    if any(row.author == work.reader.subject and row.note == form.note for row in work.case.notes):
        return False
    await work.add(
        item_notes,
        id=new_id("n"),
        round=work.case.item.round,
        author=work.reader.subject,
        note=form.note,
        written_at=work.now,
    )
    await work.record("note", {})
    return True


def _repeated(kept: AnyRow, form: VerdictForm, otherwise: str = "already-assessed") -> bool:
    if (kept.verdict, kept.reason, kept.note) != (form.verdict, form.reason, form.note):
        raise HinderedError(otherwise)
    return False


def _told(form: VerdictForm) -> dict[str, object]:
    return {"verdict": form.verdict, "reason": form.reason}


async def _add(work: Work, form: VerdictForm, ordinal: int) -> None:
    await work.add(
        assessments,
        id=new_id("a"),
        round=work.case.item.round,
        ordinal=ordinal,
        assessor=work.reader.subject,
        person=person_of(work.reader),
        role=work.reader.role,
        note=form.note,
        given_at=work.now,
        revision=work.case.item.revision,
        **_told(form),
    )


async def _decided(work: Work, status: str, reason: str | None) -> dict[str, object]:
    """What changes on the item with its state. Only what both assessors read was judged by two people."""
    changes: dict[str, object] = {"status": status, "reason": reason}
    if status in codes.VERDICTS:
        changes["decided_revision"] = min([work.case.item.revision, *(row.revision for row in work.case.given)])
    if status in codes.ENDED:
        await ended_suspension(work)
        changes |= {"closed_at": work.now, "due_at": None}
    return changes
