"""A signal, its evidence and the warnings into the facts of each sanction factor; no advice, no adjectives.

The factors are those of the code of conduct (2021, chapter 8; 2017, chapter 7): the number of consultations, the nature
of the data, whether it was shared, and consulting again after a warning; beside them what the employee had been
instructed, and the relation. What is not known is told as unknown, never as none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.tables import evidence, warnings
from services.api.db.types import AnyRow
from services.core.wire import to_wire

Json = Mapping[str, object]
SHARING = ("print", "export")
NO_STATEMENT = "no-confidentiality-statement"
RELATIONS: Mapping[str, str] = {
    "own-file": "own",
    "relative-file": "relative",
    "household-file": "household",
    "ex-partner-file": "ex-partner",
    "colleague-file": "colleague",
    "staff-file-bypass": "staff",
    "own-street": "own-street",
    "reader-with-interest": "interest",
}
"""Rules that rest on a relation between the employee and the subject."""


async def sanction_factors(connection: AsyncConnection, item: AnyRow) -> Json:
    """The sheet of an item as `queue.find_item` gives it, in camelCase."""
    of_signal = evidence.c.signal_id == item.signal_id
    rows = select(evidence.c.body).where(of_signal).order_by(evidence.c.position)
    lookups: Sequence[Mapping[str, object]] = (await connection.execute(rows)).scalars().all()
    given: Sequence[AnyRow] = []
    if item.body["employeeId"] is not None:
        of_employee = warnings.c.employee_id == item.body["employeeId"]
        given = (await connection.execute(select(warnings).where(of_employee).order_by(warnings.c.given_at))).all()
    return sheet(item.body, lookups, given)


def sheet(signal: Json, lookups: Sequence[Json], given: Sequence[AnyRow]) -> Json:
    """The facts of each factor."""
    return {
        "evidence": {"lookups": len(lookups), "ofLookups": signal["lookupCount"]},
        "consultations": _consultations(signal),
        "natureOfData": _nature(signal, lookups),
        "sharing": _sharing(signal, lookups),
        "repetition": _repetition(signal, lookups, given),
        "instruction": _instruction(signal),
        "relation": {"known": RELATIONS.get(str(signal["rule"])), "rule": signal["rule"]},
    }


def _consultations(signal: Json) -> Json:
    names = ("lookupCount", "momentCount", "dayCount", "countingRule", "firstLookupAt", "lastLookupAt")
    return {name: signal[name] for name in names}


def _nature(signal: Json, lookups: Sequence[Json]) -> Json:
    """Lookups of the evidence per category; those that tell no categories are counted apart."""
    counted: Counter[str] = Counter()
    unknown = 0
    for lookup in lookups:
        categories = lookup["dataCategories"]
        unknown += categories is None
        counted.update(categories if isinstance(categories, list) else [])
    return {
        "categories": [{"category": name, "lookups": counted[name]} for name in sorted(counted)],
        "ofSignal": signal.get("dataCategories"),
        "lookupsThatTellNone": unknown,
    }


def _sharing(signal: Json, lookups: Sequence[Json]) -> Json:
    shared = [lookup for lookup in lookups if lookup["action"] in SHARING]
    records = [count for lookup in shared if isinstance(count := lookup["recordCount"], int)]
    return {
        "ofSignal": signal.get("sharedCount"),
        "prints": sum(lookup["action"] == "print" for lookup in shared),
        "exports": sum(lookup["action"] == "export" for lookup in shared),
        "records": sum(records),
        "lookupsThatTellNoRecords": len(shared) - len(records),
    }


def _repetition(signal: Json, lookups: Sequence[Json], given: Sequence[AnyRow]) -> Json:
    """Per warning how many lookups of the evidence came while it held; unknown where it is about many."""
    moments = [datetime.fromisoformat(str(lookup["occurredAt"])) for lookup in lookups]
    told = [
        {
            "warningId": row.id,
            "givenAt": to_wire(row.given_at),
            "until": to_wire(row.until),
            "reason": row.reason,
            "lookupsAfter": sum(row.given_at <= at < row.until for at in moments),
        }
        for row in given
    ]
    return {"known": signal["employeeId"] is not None, "warnings": told}


def _instruction(signal: Json) -> Json:
    """What the employee had been told beforehand is known only where a register of statements says so."""
    known = "no-statement-on-record" if signal["rule"] == NO_STATEMENT else "unknown"
    return {"statementOfConfidentiality": known, "instruction": "unknown"}
