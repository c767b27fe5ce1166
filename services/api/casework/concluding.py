"""The end of an investigation, confirmed by another person; and what was done about it by others, as a record."""

from __future__ import annotations

from sqlalchemy import select

from services.api.casework import codes
from services.api.casework.case import person_of
from services.api.casework.forms import ConfirmationForm, LineInterventionForm, MeasureForm, OutcomeForm
from services.api.casework.hindrances import HinderedError
from services.api.casework.later_looks import open_next
from services.api.casework.suspending import ended_suspension
from services.api.casework.work import Work, new_id
from services.api.db.casework import line_interventions, measures, outcomes
from services.api.db.tables import warnings
from services.api.db.types import AnyRow
from services.api.intake.warnings import Warned, record_warning

WARNING_REASONS = {
    "unlawful-consultation": "unlawful-consultation",
    "unlawful-use": "unlawful-use",
    "unlawful-sharing": "unlawful-sharing",
    "careless-handling-of-data-carriers": "careless-handling",
}
"""Subcategories into what a warning was about; everything else is `other`."""


async def record_outcome(work: Work, form: OutcomeForm) -> bool:
    """An assigned investigator proposes what was found."""
    values = _values(form)
    standing = work.case.outcome
    if standing is not None and standing.recorded_by == work.reader.subject:
        if any(getattr(standing, name) != value for name, value in values.items()):
            raise HinderedError("outcome-recorded")
        return False
    work.demand("record-outcome")
    work.demand_past(form.report_sent_at, work.case.item.received_at, "reportSentAt")
    number = len(work.case.outcomes) + 1
    author = {"recorded_by": work.reader.subject, "person": person_of(work.reader), "recorded_at": work.now}
    revision = work.case.item.revision
    await work.add(outcomes, id=new_id("o"), number=number, state="proposed", revision=revision, **values, **author)
    await work.record("record-outcome", {"number": number, "outcome": form.outcome, "findings": values["findings"]})
    return True


async def confirm_outcome(work: Work, form: ConfirmationForm) -> bool:
    """Another person confirms it, which concludes the item; or does not, and then it is found anew."""
    state = "confirmed" if form.agrees else "rejected"
    if any((row.judged_by, row.state) == (work.reader.subject, state) for row in work.case.outcomes[-1:]):
        return False
    work.demand("confirm-outcome")
    outcome = work.case.outcome
    assert outcome is not None  # noqa: S101 - demanded
    judged = {"judged_by": work.reader.subject, "judging_person": person_of(work.reader), "judged_at": work.now}
    change = {"state": state, "judgement_note": form.note, **judged}
    await work.connection.execute(outcomes.update().where(outcomes.c.id == outcome.id).values(change))
    kind = "confirm-outcome" if form.agrees else "reject-outcome"
    detail = {"number": outcome.number, "outcome": outcome.outcome}
    await work.record(kind, detail, **(await _concluded(work, outcome) if form.agrees else {}))
    await open_next(work)
    return True


async def record_measure(work: Work, form: MeasureForm) -> bool:
    """What those who decide about staff decided; a written warning counts when the same employee looks again."""
    values = form.model_dump(by_alias=False)
    for row in work.case.measures:
        if (row.kind, row.taken_at) == (form.kind, form.taken_at):
            if any(getattr(row, name) != value for name, value in values.items()):
                raise HinderedError("already-decided")
            return False
    work.demand("record-measure")
    if form.kind == codes.WRITTEN_WARNING and not work.reader.leads:  # as with warnings that belong to no item
        raise HinderedError("lead-needed", "kind")
    work.demand_past(form.taken_at, work.case.item.received_at, "takenAt")
    warning_id = await _warn(work, form)
    await work.add(
        measures,
        id=new_id("m"),
        warning_id=warning_id,
        recorded_by=work.reader.subject,
        recorded_at=work.now,
        **values,
    )
    await work.record("record-measure", {"kind": form.kind, "decidedBy": form.decided_by, "warning": warning_id})
    return True


async def record_line_intervention(work: Work, form: LineInterventionForm) -> bool:
    """When the line was asked to act, and who there."""
    for row in work.case.line_interventions:
        if (row.sent_at, row.sent_to, row.recorded_by) == (form.sent_at, form.sent_to, work.reader.subject):
            return False
    work.demand("record-line-intervention")
    work.demand_past(form.sent_at, work.case.item.received_at, "sentAt")
    author = {"recorded_by": work.reader.subject, "recorded_at": work.now}
    await work.add(line_interventions, sent_at=form.sent_at, sent_to=form.sent_to, **author)
    await work.record("record-line-intervention", {"sentTo": form.sent_to})
    return True


def _values(form: OutcomeForm) -> dict[str, object]:
    return {
        "outcome": form.outcome,
        "findings": [{"area": finding.area, "subcategory": finding.subcategory} for finding in form.findings],
        "report_sent_at": form.report_sent_at,
        "note": form.note,
    }


async def _concluded(work: Work, outcome: AnyRow) -> dict[str, object]:
    """The item as it ends; its thirteen weeks ended when the report was sent, and what came later was not found out."""
    await ended_suspension(work)
    return {
        "status": codes.CONCLUDED,
        "closed_at": outcome.report_sent_at,
        "due_at": None,
        "decided_revision": outcome.revision,
    }


async def _warn(work: Work, form: MeasureForm) -> str | None:
    """The warning that a written warning is, recorded once however often it is told."""
    if form.in_force_until is None:
        return None
    employee_id = work.case.item.body["employeeId"]
    if employee_id is None:
        raise HinderedError("no-employee", "kind")
    warned = Warned(employee_id, form.taken_at, form.in_force_until, _reason(work.case.outcome))
    same = (warnings.c.employee_id == employee_id, warnings.c.given_at == warned.given_at)
    known = select(warnings.c.id).where(*same, warnings.c.reason == warned.reason)
    warning_id = (await work.connection.execute(known)).scalar_one_or_none()
    if warning_id is None:
        recorded = await record_warning(work.connection, warned, work.reader, work.now)
        work.entries.append(recorded.entry)
        return recorded.warning_id
    return str(warning_id)


def _reason(outcome: AnyRow | None) -> str:
    found = [WARNING_REASONS.get(finding["subcategory"], "other") for finding in outcome.findings] if outcome else []
    return found[0] if found else "other"
