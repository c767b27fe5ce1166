"""A case, a reader and an action into what hinders it: the rules of who may do what when, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.api.access import Reader
from services.api.casework import codes
from services.api.casework.case import Case, person_of
from services.api.casework.hindrances import HinderedError

Hindrance = Callable[[Case, Reader], str | None]


def hindrance(action: str, case: Case, reader: Reader) -> str | None:
    """The code of what keeps this reader from an action now; null if he may."""
    return RULES[action](case, reader)


def demand(action: str, case: Case, reader: Reader) -> None:
    """Raises HinderedError if something hinders the action."""
    if code := hindrance(action, case, reader):
        raise HinderedError(code)


def actions_for(case: Case, reader: Reader) -> list[str]:
    """What this reader may do now, in the order of the work."""
    return [action for action in codes.ACTIONS if hindrance(action, case, reader) is None]


def _assess(case: Case, reader: Reader) -> str | None:
    if case.item.status not in codes.UNDER_ASSESSMENT:
        return "not-under-assessment"
    if case.item.status == codes.RECEIVED and case.item.withdrawn:
        return "signal-withdrawn"
    return "already-assessed" if case.own_assessment(reader) else None


def _settle(case: Case, reader: Reader) -> str | None:
    if not reader.leads:
        return "lead-needed"
    if case.item.status != codes.DISPUTED:
        return "not-disputed"
    return "assessed-yourself" if case.own_assessment(reader) else _unacknowledged(case, reader)


def _note(_case: Case, _reader: Reader) -> str | None:
    return None


def _assign(case: Case, reader: Reader) -> str | None:
    return "lead-needed" if not reader.leads else _ended(case, reader)


def _suspend(case: Case, reader: Reader) -> str | None:
    if case.item.status == codes.RECEIVED:
        return "not-begun"
    return _assign(case, reader) or ("suspended-already" if case.suspension else None)


def _resume(case: Case, reader: Reader) -> str | None:
    return _assign(case, reader) or (None if case.suspension else "not-suspended")


def _record_outcome(case: Case, reader: Reader) -> str | None:
    if case.item.status != codes.INVESTIGATION:
        return "not-under-investigation"
    if not case.assigned(reader):
        return "not-assigned"
    return "outcome-recorded" if case.outcome else _unacknowledged(case, reader)


def _confirm_outcome(case: Case, reader: Reader) -> str | None:
    outcome = case.outcome
    if outcome is None or outcome.state != "proposed":
        return "no-outcome-proposed"
    if outcome.recorded_by == reader.subject or outcome.person == person_of(reader):
        return "confirmed-yourself"
    return _not_at_work(case, reader) or _unacknowledged(case, reader)


def _record_measure(case: Case, reader: Reader) -> str | None:
    return "not-measurable" if case.item.status not in codes.MEASURED_STATUSES else _not_at_work(case, reader)


def _record_line_intervention(case: Case, reader: Reader) -> str | None:
    if case.item.status != codes.LINE_INTERVENTION:
        return "not-ended-so"
    return "already-decided" if case.line_interventions else _not_at_work(case, reader)


def _refer_data_breach(case: Case, _reader: Reader) -> str | None:
    return "referred-already" if case.breach else None


def _on_data_breach(case: Case, _reader: Reader) -> str | None:
    return None if case.breach else "no-breach-referred"


def _acknowledge(case: Case, reader: Reader) -> str | None:
    concerned = reader.subject in case.at_work or reader.leads
    return None if concerned and not case.acknowledged(reader) else "nothing-to-acknowledge"


def _ended(case: Case, _reader: Reader) -> str | None:
    return "item-ended" if case.ended else None


def _not_at_work(case: Case, reader: Reader) -> str | None:
    return None if reader.leads or case.assigned(reader) else "not-assigned"


def _unacknowledged(case: Case, reader: Reader) -> str | None:
    return None if case.acknowledged(reader) else "unacknowledged"


RULES: Mapping[str, Hindrance] = {
    "assess": _assess,
    "settle": _settle,
    "note": _note,
    "assign": _assign,
    "suspend": _suspend,
    "resume": _resume,
    "record-outcome": _record_outcome,
    "confirm-outcome": _confirm_outcome,
    "record-measure": _record_measure,
    "record-line-intervention": _record_line_intervention,
    "refer-data-breach": _refer_data_breach,
    "notify-data-breach": _on_data_breach,
    "correct-data-breach": _on_data_breach,
    "acknowledge-withdrawal": _acknowledge,
}
