"""The rows of one item into the case: everything that people did on it, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.casework import codes
from services.api.casework.deadlines import Span
from services.api.casework.states import PEOPLE_NEEDED
from services.api.db import breaches as breach_tables
from services.api.db import casework as tables
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow

SETTLING = 3


def person_of(reader: Reader) -> str:
    """Who is behind an account, so that two accounts of one employee are one pair of eyes."""
    return reader.employee or reader.subject


@dataclass(frozen=True)
class Case:
    """One item with everything that was done on it; lists are in order of time."""

    item: AnyRow
    assessments: Sequence[AnyRow]
    notes: Sequence[AnyRow]
    assignments: Sequence[AnyRow]
    suspensions: Sequence[AnyRow]
    outcomes: Sequence[AnyRow]
    measures: Sequence[AnyRow]
    line_interventions: Sequence[AnyRow]
    breaches: Sequence[AnyRow]
    breach_decisions: Sequence[AnyRow]
    breach_corrections: Sequence[AnyRow]
    events: Sequence[AnyRow]
    acknowledgements: Sequence[AnyRow]

    @property
    def ended(self) -> bool:
        """Whether nothing awaits anybody any more."""
        return self.item.status in codes.ENDED

    @property
    def given(self) -> Sequence[AnyRow]:
        """The assessments of the current round, without a settlement."""
        return [row for row in self.assessments if row.round == self.item.round and row.ordinal < SETTLING]

    @property
    def complete(self) -> bool:
        """Whether both assessments of the current round are in; before that, each is for its giver alone."""
        return len(self.given) == PEOPLE_NEEDED

    @property
    def settlement(self) -> AnyRow | None:
        """What settled the dispute of the current round."""
        return next((row for row in self.assessments if row.round == self.item.round and row.ordinal == SETTLING), None)

    def own_assessment(self, reader: Reader) -> AnyRow | None:
        """What this reader, by whatever account, gave in the current round; a settlement is none."""
        return next((row for row in self.given if is_by(row, reader)), None)

    def awaits(self, reader: Reader) -> bool:
        """Whether this reader may yet assess it, and so is shown nothing that tells what another thinks, or who."""
        return self.item.status in codes.UNDER_ASSESSMENT and self.own_assessment(reader) is None

    def assigned(self, reader: Reader) -> bool:
        """Whether this reader is sent to, or took part in, this item."""
        return any(row.assignee == reader.subject and row.released_at is None for row in self.assignments)

    @property
    def suspension(self) -> AnyRow | None:
        """The suspension that has not ended."""
        return next((row for row in self.suspensions if row.ended_at is None), None)

    @property
    def suspended_spans(self) -> list[Span]:
        """The suspensions that have ended."""
        return [(row.started_at, row.ended_at) for row in self.suspensions if row.ended_at is not None]

    @property
    def outcome(self) -> AnyRow | None:
        """The outcome that is proposed or confirmed."""
        return next((row for row in self.outcomes if row.state != "rejected"), None)

    @property
    def breach(self) -> AnyRow | None:
        """The referral to Bureau Gegevensbescherming."""
        return self.breaches[0] if self.breaches else None

    @property
    def breach_decision(self) -> AnyRow | None:
        """What holds of it: the last that was decided."""
        return self.breach_decisions[-1] if self.breach_decisions else None

    @property
    def notice(self) -> AnyRow | None:
        """The last withdrawal or return of the signal since work began; null where there was none."""
        return next((row for row in reversed(self.events) if row.kind in codes.NOTICES and row.detail["opened"]), None)

    @property
    def at_work(self) -> set[str]:
        """The accounts that assessed, settled, or are assigned: whom a notice is for."""
        working = {row.assignee for row in self.assignments if row.released_at is None}
        return working | {row.assessor for row in self.assessments}

    def acknowledged(self, reader: Reader) -> bool:
        """Whether this reader saw the last notice; true where there is none."""
        return self.notice is None or any(
            row.event_id == self.notice.id and row.person == person_of(reader) for row in self.acknowledgements
        )


def is_by(row: AnyRow, reader: Reader) -> bool:
    """Whether an assessment was given by this reader, by this account or another one."""
    return bool(row.assessor == reader.subject or row.person == person_of(reader))


def awaiting(reader: Reader) -> ColumnElement[bool]:
    """`Case.awaits`, as a condition on `intake_items`."""
    given = tables.assessments.c
    own = exists().where(
        given.item_id == intake_items.c.id,
        given.round == intake_items.c.round,
        or_(given.assessor == reader.subject, given.person == person_of(reader)),
    )
    return and_(intake_items.c.status.in_(codes.UNDER_ASSESSMENT), ~own)


async def load_case(connection: AsyncConnection, item: AnyRow) -> Case:
    """The case of an item as `queue.find_item` gives it."""

    async def of_item(table: Table, *order: ColumnElement[object]) -> Sequence[AnyRow]:
        return (await connection.execute(select(table).where(table.c.item_id == item.id).order_by(*order))).all()

    return Case(
        item=item,
        assessments=await of_item(tables.assessments, tables.assessments.c.round, tables.assessments.c.ordinal),
        notes=await of_item(tables.item_notes, tables.item_notes.c.written_at, tables.item_notes.c.id),
        assignments=await of_item(tables.assignments, tables.assignments.c.assigned_at, tables.assignments.c.assignee),
        suspensions=await of_item(tables.suspensions, tables.suspensions.c.started_at),
        outcomes=await of_item(tables.outcomes, tables.outcomes.c.number),
        measures=await of_item(tables.measures, tables.measures.c.taken_at, tables.measures.c.id),
        line_interventions=await of_item(tables.line_interventions),
        breaches=await of_item(breach_tables.data_breaches),
        breach_decisions=await of_item(breach_tables.breach_decisions, breach_tables.breach_decisions.c.number),
        breach_corrections=await of_item(breach_tables.breach_corrections, breach_tables.breach_corrections.c.number),
        events=await of_item(tables.item_events, tables.item_events.c.id),
        acknowledgements=await of_item(tables.acknowledgements, tables.acknowledgements.c.acknowledged_at),
    )
