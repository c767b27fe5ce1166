"""A database full of signals, each pushed and in the queue, as an agency of years would have them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Row = tuple[object, ...]
RULES = ("own-file", "no-case-link", "repeated-no-case-link", "colleague-file", "long-watch")
COLUMNS = (
    *("signal_id", "revision", "content_hash", "as_of", "rule", "rule_class", "employee_id", "subject", "severity"),
    *("status", "pushed", "score", "raised_at", "received_at", "body", "parent_id"),
)
ITEM_COLUMNS = (
    *("id", "signal_id", "look_number", "rule", "status", "priority", "withdrawn", "received_at", "severity"),
    *("raised_at", "repeats"),
)


def signal_ids(count: int) -> list[str]:
    """The same ones each time."""
    dice = random.Random(1)
    return [f"s-{dice.getrandbits(128):032x}" for _ in range(count)]


def fill(url: str, count: int) -> None:
    """So many signals with their items, by COPY; then the planner's statistics."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection, connection.cursor() as cursor:
        _copy(cursor, "signals", COLUMNS, (_signal(each) for each in signal_ids(count)))
        _copy(cursor, "intake_items", ITEM_COLUMNS, (_item(each) for each in signal_ids(count)))
        cursor.execute("VACUUM ANALYZE")


def _copy(cursor: psycopg.Cursor[Row], table: str, columns: tuple[str, ...], rows: Iterator[Row]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _signal(signal_id: str) -> tuple[object, ...]:
    dice = random.Random(signal_id)
    rule, score = dice.choice(RULES), dice.randint(200, 1_000) / 10
    raised = START + timedelta(seconds=dice.randrange(10**7))
    employee, subject = (f"p1-{dice.getrandbits(128):032x}" for _ in range(2))
    body = _body(signal_id, rule, score, raised, employee, subject)
    told = msgspec.json.encode(body).decode()
    of_body = (rule, "P", employee, subject, "high", "open", True, score, raised, raised, told, None)
    return (signal_id, 1, "0" * 32, raised, *of_body)


def _item(signal_id: str) -> tuple[object, ...]:
    dice = random.Random(signal_id)
    rule, score = dice.choice(RULES), dice.randint(200, 1_000) / 10
    raised = START + timedelta(seconds=dice.randrange(10**7))
    return (f"i-{signal_id[2:]}", signal_id, 1, rule, "received", score, False, raised, "high", raised, 0)


def _body(signal_id: str, rule: str, score: float, raised: datetime, employee: str, subject: str) -> dict[str, object]:
    """Some 2 kB, as the intake stores what the engine tells."""
    at = raised.isoformat().replace("+00:00", "Z")
    fact = {
        "code": "no-link",
        "nl": "Er was op dat moment geen zaak, taak of contact van deze medewerker of dit team met deze persoon.",
        "en": "At that moment there was no case, task or contact of this employee or team with this person.",
    }
    times = ("windowStart", "windowEnd", "firstLookupAt", "lastLookupAt", "raisedAt")
    return {
        "receivedAt": at, "signalId": signal_id, "family": rule, "rule": rule, "ruleVersion": 1, "ruleClass": "P",
        "employeeId": employee, "subject": subject, **dict.fromkeys(times, at),
        "lookupCount": 6, "momentCount": 3, "dayCount": 2, "countingRule": "moments-v1",
        "dataCategories": ["identity", "income"], "sharedCount": 0,
        "lookupIds": [f"log-{signal_id[2:10]}-{number}" for number in range(6)],
        "score": score, "severity": "high", "status": "open", "withdrawnReason": None, "pushed": True,
        "factors": [
            {"factor": "relation", "value": "own file", "points": 50.0},
            {"factor": "consultations", "value": "3 moments", "points": score - 50.0},
        ],
        "summary": "An employee looked three times at a file without a case, a task or a contact.",
        "summaryNl": "Een medewerker keek drie keer in een dossier zonder zaak, taak of contact.",
        "factsFor": [fact, fact], "factsAgainst": [fact], "factsUnknown": [fact], "counterfactual": fact,
        "comparison": [], "parentId": None, "settingsHash": "0" * 32, "contentHash": "0" * 32,
        "asOf": at, "revision": 1,
    }  # fmt: skip
