"""A page of the audit trail into what its reader may know of it.

Auditors are read about and assess, and read the trail too: nobody is to learn there that they, their team or their
relatives are looked into, nor what another one found before both assessments of an item are in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audience import items_for
from services.api.audit.concern import concerned
from services.api.casework.codes import UNDER_ASSESSMENT
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.api.reader import Reader

VERDICT = ("verdict", "reason")
"""What is left out of an assessment; that it was given, by whom and when stays."""
ACTOR = "employee"
"""Of the detail: who did it, and not whom it is about."""
OF_ALL = frozenset({"load-interests"})
"""Actions that name everybody in whom somebody has an interest: no suspicion of anybody."""
Answer = Mapping[str, object]


class Withholding:
    """What is withheld from one reader on one page."""

    def __init__(self, reader: Reader, concerned: Collection[str], undecided: Collection[str]) -> None:
        self._reader = reader
        self._concerned = concerned
        self._undecided = undecided

    def told(self, row: AnyRow, answer: Answer) -> Answer:
        """The entry as it is shown; what the reader did themselves is shown to them as it is.

        Signals in which there is an interest are left out of lists without a word, as everywhere.
        """
        detail = answer["detail"]
        if row.actor == self._reader.subject or not isinstance(detail, dict) or row.action in OF_ALL:
            return answer
        if row.object_id in self._concerned:
            return {**answer, "objectId": None, "detail": _only(detail, "interest")}
        if self._is_named_in(detail):
            return {**answer, "detail": _only(detail, "interest")}
        if isinstance(shown := detail.get("signals"), list):
            detail = {**detail, "signals": [each for each in shown if each not in self._concerned]}
        if row.action == "assess" and row.object_id in self._undecided:
            kept = {name: value for name, value in detail.items() if name not in VERDICT}
            detail = {**kept, "withheld": "until-both-assessed"}
        return {**answer, "detail": detail}

    def _is_named_in(self, detail: Mapping[str, object]) -> bool:
        asked = detail.get("asked")
        if isinstance(asked, dict) and asked.get("actor") == self._reader.subject:
            return True
        return any(name in self._concerned for name in _names({**detail, "signals": None}))


async def withholding(connection: AsyncConnection, reader: Reader, rows: Sequence[AnyRow]) -> Withholding:
    """What of these entries the reader must not know, or not know yet."""
    others = [row for row in rows if row.actor != reader.subject and isinstance(row.detail, dict)]
    named = {name for row in others for name in (row.object_id, *_names(row.detail)) if name}
    assessed = sorted({row.object_id for row in others if row.action == "assess" and row.object_id})
    return Withholding(
        reader, await concerned(connection, reader, named), await _undecided(connection, reader, assessed)
    )


async def _undecided(connection: AsyncConnection, reader: Reader, items: Sequence[str]) -> frozenset[str]:
    """Items for the reader's role that are not assessed by both yet."""
    if not items:
        return frozenset()
    these = intake_items.c.id.in_(items)
    query = select(intake_items.c.id).where(these, intake_items.c.status.in_(UNDER_ASSESSMENT), items_for(reader.role))
    return frozenset((await connection.execute(query)).scalars())


def _only(detail: Mapping[str, object], why: str) -> Mapping[str, object]:
    return {name: value for name, value in detail.items() if name == ACTOR} | {"withheld": why}


def _names(detail: Mapping[str, object]) -> Iterator[str]:
    """Every text of a detail but the actor's own, wherever it stands: an action that is new is not forgotten here."""
    for name, value in detail.items():
        if name != ACTOR:
            yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
