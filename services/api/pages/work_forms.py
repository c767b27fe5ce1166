"""The forms of casework as a page shows them: per action its fields, its model, and what carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from services.api.audience import LEADING
from services.api.casework import assessing, assignments, breaches, codes, concluding, forms, suspending, withdrawals
from services.api.casework.work import Work
from services.api.pages.fields import Field


@dataclass(frozen=True)
class WorkForm:
    """One action: what is asked, the model of the answer, and the function of casework that does it."""

    fields: tuple[Field, ...]
    model: type[BaseModel] | None
    run: Callable[..., Awaitable[bool]]

    def doing(self, filled: BaseModel | None) -> Callable[[Work], Awaitable[bool]]:
        """The action, to be carried out on an item."""
        return self.run if filled is None else lambda work: self.run(work, filled)


NOTE = Field("note", "area", help="note-help")
VERDICT = (
    Field("verdict", "radio", codes.VERDICTS),
    Field("reason", "select", codes.NO_FOLLOW_UP_REASONS, optional=True, help="help-reason-verdict"),
    NOTE,
)
FINDINGS = tuple(f"{area}/{name}" for area, names in codes.AREAS.items() for name in names)
ASSIGNEE = Field("assignee", "select", help="help-assignee")
BREACH_FACTS = (
    Field("nature", "area", optional=True, help="note-help"),
    Field("consequences", "area", optional=True, help="note-help"),
    Field("measures", "area", optional=True, help="note-help"),
    Field("contact", "text", optional=True),
    Field("persons", "number", optional=True),
    Field("records", "number", optional=True),
)
MEASURE = (
    Field("kind", "select", tuple(kind for kind in codes.MEASURES if kind != codes.WRITTEN_WARNING)),
    Field("takenAt", "moment"),
    Field("decidedBy", "select", codes.FUNCTIONS),
)
"""Of somebody who does not lead: warnings are recorded by those who do."""

FORMS: Mapping[str, WorkForm] = {
    "assess": WorkForm(VERDICT, forms.VerdictForm, assessing.assess),
    "settle": WorkForm(VERDICT, forms.VerdictForm, assessing.settle),
    "note": WorkForm((NOTE,), forms.NoteForm, assessing.add_note),
    "assign": WorkForm((ASSIGNEE,), forms.AssignmentForm, assignments.assign),
    "suspend": WorkForm(
        (Field("reason", "select", codes.SUSPENSION_REASONS),), forms.SuspensionForm, suspending.suspend
    ),
    "resume": WorkForm((), None, suspending.resume),
    "record-outcome": WorkForm(
        (
            Field("outcome", "radio", codes.OUTCOMES),
            Field("findings", "checks", FINDINGS, optional=True, help="help-findings"),
            Field("reportSentAt", "moment"),
            NOTE,
        ),
        forms.OutcomeForm,
        concluding.record_outcome,
    ),
    "confirm-outcome": WorkForm(
        (Field("agrees", "yes-no"), Field("note", "area", optional=True, help="help-agrees")),
        forms.ConfirmationForm,
        concluding.confirm_outcome,
    ),
    "record-measure": WorkForm(
        (Field("kind", "select", codes.MEASURES), *MEASURE[1:], Field("inForceUntil", "moment", optional=True)),
        forms.MeasureForm,
        concluding.record_measure,
    ),
    "record-line-intervention": WorkForm(
        (Field("sentAt", "moment"), Field("sentTo", "select", codes.FUNCTIONS)),
        forms.LineInterventionForm,
        concluding.record_line_intervention,
    ),
    "refer-data-breach": WorkForm((Field("knownAt", "moment"), *BREACH_FACTS), forms.BreachForm, breaches.refer),
    "notify-data-breach": WorkForm(
        (
            Field("decision", "radio", codes.BREACH_DECISIONS),
            Field("notifiedAt", "moment", optional=True),
            Field("delayReason", "area", optional=True, help="note-help"),
            Field("reason", "select", codes.NOT_REQUIRED_REASONS, optional=True, help="help-reason-breach"),
            Field("motivation", "area", optional=True, help="help-motivation"),
            *BREACH_FACTS,
        ),
        forms.NotificationForm,
        breaches.notify,
    ),
    "correct-data-breach": WorkForm(
        (Field("knownAt", "moment"), Field("reason", "area", help="note-help")),
        forms.KnowledgeForm,
        breaches.correct,
    ),
    "acknowledge-withdrawal": WorkForm((), None, withdrawals.acknowledge),
}
"""By the code of the action; whom one can assign and which measures one records differ, see `forms_with`."""


def forms_with(colleagues: Sequence[str], role: str) -> Mapping[str, WorkForm]:
    """The forms as they are offered to somebody in this role, who can give work to these colleagues."""
    assignee = replace(ASSIGNEE, choices=tuple(colleagues))
    measure = FORMS["record-measure"] if role in LEADING else replace(FORMS["record-measure"], fields=MEASURE)
    return {**FORMS, "assign": replace(FORMS["assign"], fields=(assignee,)), "record-measure": measure}
