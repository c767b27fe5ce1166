"""A case into what its reader may see of it: everything that the page of an item shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import queue
from services.api.access import Reader
from services.api.casework.breach_view import breach_view
from services.api.casework.case import SETTLING, Case, is_by, load_case
from services.api.casework.clock_view import clock_view
from services.api.casework.colleagues import fitting_roles, roles_of
from services.api.casework.permits import actions_for
from services.api.casework.readings import readings
from services.api.casework.sanction_factors import sanction_factors
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.core.wire import to_wire

JUDGING = frozenset({"assess", "note"})
AT_WORK = frozenset({"refer-data-breach", "notify-data-breach", "correct-data-breach", "acknowledge-withdrawal"})
"""What tells who is at work on an item; that and when a data breach was referred stands with the data breach."""
Json = Mapping[str, object]


async def item_view(
    connection: AsyncConnection, reader: Reader, row: AnyRow, now: datetime, zone: ZoneInfo
) -> dict[str, object]:
    """The case of an item, as `need_to_know.item_for` gives it, in camelCase with times in UTC."""
    case = await load_case(connection, row)
    return {
        "item": queue.as_answer(row, mine=case.assigned(reader)),
        "actions": actions_for(case, reader),
        "clock": clock_view(case, now, zone),
        "withdrawal": _withdrawal(case, reader),
        "assessment": {**_assessment(case, reader), "readings": await readings(connection, case)},
        "notes": _notes(case, reader),
        "assignments": await _assignments(connection, case, reader),
        "outcome": _outcome(case.outcome),
        "rejectedOutcomes": [_outcome(found) for found in case.outcomes if found.state == "rejected"],
        "measures": [_shown(found, "id", "kind", "taken_at", "decided_by", *MEASURE) for found in case.measures],
        "lineIntervention": next((_shown(found, *LINE) for found in case.line_interventions), None),
        "dataBreach": await breach_view(connection, case, reader, now),
        "sanctionFactors": await sanction_factors(connection, row),
        "history": _history(case, reader),
        "looks": await _looks(connection, row),
    }


LINE = ("sent_at", "sent_to", "recorded_by", "recorded_at")
MEASURE = ("in_force_until", "warning_id", "recorded_by", "recorded_at")
OUTCOME = (
    *("id", "number", "outcome", "findings", "report_sent_at", "note", "recorded_by", "recorded_at", "state"),
    *("judged_by", "judged_at", "judgement_note"),
)
ASSESSMENT = ("id", "round", "ordinal", "assessor", "verdict", "reason", "note", "given_at", "revision")


def _shown(row: AnyRow, *names: str) -> dict[str, object]:
    shown = to_wire({name: getattr(row, name) for name in names})
    assert isinstance(shown, dict)  # noqa: S101 - a mapping stays one
    return shown


def assessments_shown(case: Case, reader: Reader) -> list[dict[str, object]]:
    """One's own until both are in; then all, those of earlier rounds too."""
    shown = [row for row in case.assessments if row.ordinal < SETTLING and (case.complete or is_by(row, reader))]
    return [_shown(row, *ASSESSMENT) for row in shown]


def _assessment(case: Case, reader: Reader) -> Json:
    own = case.own_assessment(reader)
    settlements = [row for row in case.assessments if row.ordinal == SETTLING]
    return {
        "round": case.item.round,
        "given": len(case.given),
        "complete": case.complete,
        "own": own and _shown(own, *ASSESSMENT),
        "all": assessments_shown(case, reader),
        "settlement": next((_shown(row, *ASSESSMENT) for row in settlements), None),
        "reason": case.item.reason,
        "decidedRevision": case.item.decided_revision,
    }


def _notes(case: Case, reader: Reader) -> list[dict[str, object]]:
    """A note could tell what its author found, so it is his alone for as long as his assessment is."""
    shown = [row for row in case.notes if _open_to_all(case) or row.author == reader.subject]
    return [_shown(row, "id", "author", "note", "written_at") for row in shown]


async def _assignments(connection: AsyncConnection, case: Case, reader: Reader) -> list[dict[str, object]]:
    """Those who are assigned, and their roles now; who is so by an assessment is not told before both are in."""
    names = ("id", "assignee", "via", "assigned_by", "assigned_at")
    held = [
        row
        for row in case.assignments
        if row.released_at is None and (_open_to_all(case) or row.via != "assessment" or row.assignee == reader.subject)
    ]
    roles = await roles_of(connection, reader, {row.assignee for row in held}) if held else {}
    fitting = fitting_roles(reader.role)
    return [
        _shown(row, *names) | {"role": roles.get(row.assignee), "fitting": roles.get(row.assignee) in fitting}
        for row in held
    ]


def _history(case: Case, reader: Reader) -> list[dict[str, object]]:
    """What happened, in order; before both assessments are in, what others did that judge it is left out."""
    hidden = frozenset() if _open_to_all(case) else JUDGING | (AT_WORK if case.awaits(reader) else frozenset())
    return [
        _shown(row, "at", "kind", "actor", "revision", "detail")
        for row in case.events
        if row.kind not in hidden or row.actor == reader.subject
    ]


def _open_to_all(case: Case) -> bool:
    return case.complete or case.ended


def _outcome(row: AnyRow | None) -> dict[str, object] | None:
    return None if row is None else _shown(row, *OUTCOME)


def _withdrawal(case: Case, reader: Reader) -> Json | None:
    """What changed under the case, with the facts that speak for the employee; null where nothing did."""
    notice, body = case.notice, case.item.body
    if notice is None and not case.item.withdrawn:
        return None
    seen = [row for row in case.acknowledgements if notice is not None and row.event_id == notice.id]
    told = [row for row in seen if _open_to_all(case) or row.acknowledged_by == reader.subject]
    return {
        "withdrawn": case.item.withdrawn,
        "reason": case.item.withdrawn_reason,
        "notice": notice and _shown(notice, "at", "kind", "revision"),
        "facts": body["factsAgainst"],
        "acknowledgedByMe": case.acknowledged(reader),
        "acknowledgements": [_shown(row, "acknowledged_by", "acknowledged_at") for row in told],
        "awaited": len(case.at_work - {row.acknowledged_by for row in seen}) if notice else 0,
    }


async def _looks(connection: AsyncConnection, item: AnyRow) -> Sequence[Json]:
    """All items of the signal: each new look after a decision opened one."""
    columns = intake_items.c.id, intake_items.c.look_number, intake_items.c.status, intake_items.c.received_at
    of_signal = select(*columns).where(intake_items.c.signal_id == item.signal_id)
    rows = (await connection.execute(of_signal.order_by(intake_items.c.look_number))).all()
    return [_shown(row, "id", "look_number", "status", "received_at") for row in rows]
