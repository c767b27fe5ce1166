"""One story, told in an example of each request and answer of the OpenAPI document; people and numbers are made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus

from services.core.wire import content_hash, from_wire, to_wire

Json = Mapping[str, object]
SIGNAL_ID = "s-5b2f0c9d1e7a4863b0c5d2e9f1a7c364"
REVEAL_ID = "r-6f1d3b5a7c9e4082a4c6e8f0b2d41357"
ITEM_ID = "i-0d9c4b7e2f5a41689e3b7c1d8f6a2054"
EMPLOYEE = "p1-7c1e5a9b3d2f48609e7b4c1a8d5f2e36"
SUBJECT = "p1-2f6b8d0e4a7c41539b1d5e8f3a6c7092"
LOOKUPS = ("sonar-20260302-091455-1", "sonar-20260302-111020-7")
LOOKUP: Json = {
    "lookupId": LOOKUPS[0],
    "occurredAt": "2026-03-02T08:14:55.000000Z",
    "system": "sonar",
    "action": "view",
    "searchedBy": "bsn",
    "dataCategories": ["identity", "income"],
    "recordCount": 1,
    "state": "unexplained",
    "explanation": None,
}
COLUMNS: Json = {
    "signalId": SIGNAL_ID,
    "family": "own-file",
    "rule": "own-file",
    "ruleVersion": 1,
    "ruleClass": "P",
    "employeeId": EMPLOYEE,
    "subject": SUBJECT,
    "windowStart": "2026-03-02T08:14:55.000000Z",
    "windowEnd": "2026-03-02T10:10:20.000000Z",
    "firstLookupAt": "2026-03-02T08:14:55.000000Z",
    "lastLookupAt": "2026-03-02T10:10:20.000000Z",
    "raisedAt": "2026-03-02T08:14:55.000000Z",
    "asOf": "2026-03-02T10:10:20.000000Z",
    "lookupCount": 2,
    "momentCount": 2,
    "dayCount": 1,
    "countingRule": "moments-v1",
    "dataCategories": ["identity", "income"],
    "sharedCount": 0,
    "lookupIds": list(LOOKUPS),
    "score": 62.5,
    "severity": "high",
    "status": "open",
    "withdrawnReason": None,
    "pushed": True,
    "factors": [
        {"factor": "relation", "value": "own file", "points": 50.0},
        {"factor": "consultations", "value": "2 moments", "points": 12.5},
    ],
    "summary": "An employee opened their own file in a client system.",
    "summaryNl": "Een medewerker opende het eigen dossier in een klantsysteem.",
    "factsFor": [{"code": "own", "nl": "Het dossier is van de medewerker zelf.", "en": "The file is their own."}],
    "factsAgainst": [],
    "factsUnknown": [{"code": "shared", "nl": "Of er iets is gedeeld.", "en": "Whether anything was shared."}],
    "counterfactual": {
        "code": "exempt",
        "nl": "In het personeelssysteem mag dit wel.",
        "en": "In the personnel system this is allowed.",
    },
    "comparison": [],
    "parentId": None,
    "settingsHash": "9d3b5f1c7e2a4806b8d0c4e6f1a35792",
}
MOMENTS = ("window_start", "window_end", "first_lookup_at", "last_lookup_at", "raised_at", "as_of")
ITEM: Json = {
    "id": ITEM_ID,
    "signalId": SIGNAL_ID,
    "lookNumber": 1,
    "status": "received",
    "priority": 62.5,
    "priorityFactors": [{"factor": "score", "value": "62.5", "points": 62.5}],
    "rule": "own-file",
    "withdrawn": False,
    "withdrawnReason": None,
    "receivedAt": "2026-03-02T10:11:02.000000Z",
    **{name: COLUMNS[name] for name in ("employeeId", "subject", "severity", "score", "raisedAt")},
    **{name: COLUMNS[name] for name in ("lookupCount", "momentCount", "dayCount")},
}
EVENT = (
    f'event: item\nid: 1024\ndata: {{"itemId":"{ITEM_ID}","signalId":"{SIGNAL_ID}","status":"received",'
    f'"version":1,"withdrawn":false,"dataref":"/v1/intake-items/{ITEM_ID}"}}\n\n'
)
"""As it stands in the stream of news."""
WARNING: Json = {
    "employeeId": EMPLOYEE,
    "givenAt": "2025-11-03T09:00:00Z",
    "until": "2027-11-03T09:00:00Z",
    "reason": "unlawful-consultation",
}
RECORDED: Json = {
    "id": "w-4e8a1c6d9b2f4075a3c7e1d5f8b09264",
    "recordedBy": "token:lead",
    "recordedAt": "2026-03-03T13:30:00.000000Z",
    "itemsChanged": 1,
}
REVEAL: Json = {
    "id": REVEAL_ID,
    "itemId": ITEM_ID,
    "field": "employee",
    "lookupId": None,
    "purpose": "investigation",
    "reason": "The employee is invited to a hearing.",
    "caseNumber": None,
    "status": "pending",
    "fourEyes": True,
    "approvedBy": None,
    "approvedAt": None,
    "openedAt": None,
}
COUNTED: Json = {
    "rule": [{"value": "own-file", "count": 12}, {"value": "other", "count": 7}],
    "ruleClass": [{"value": "B", "count": 7}, {"value": "P", "count": 12}],
    "status": [{"value": "open", "count": 19}],
    "pushed": [{"value": "true", "count": 19}],
    "severity": [{"value": "high", "count": 12}, {"value": "medium", "count": 7}],
}
PATHS: Mapping[str, str] = {
    "signalId": SIGNAL_ID,
    "itemId": ITEM_ID,
    "revealId": REVEAL_ID,
    "assignmentId": "g-3a5c7e9b1d2f40618b3d5f7092a4c6e8",
}
"""Parameters that stand in paths, by name."""
NOTE = "Two looks at the own file within two hours, without a case; the employee was at work in another system."
FORMS: Mapping[str, Json] = {
    "VerdictForm": {"verdict": "investigation", "note": NOTE},
    "NoteForm": {"note": "The team leader confirmed that no task was given."},
    "AssignmentForm": {"assignee": "token:second-investigator"},
    "SuspensionForm": {},
    "OutcomeForm": {
        "outcome": "established",
        "findings": [{"area": "misuse-of-information", "subcategory": "unlawful-consultation"}],
        "reportSentAt": "2026-03-30T14:00:00+02:00",
        "note": "The report and its attachments are in the file of the case.",
    },
    "ConfirmationForm": {"agrees": True},
    "MeasureForm": {
        "kind": "written-warning",
        "takenAt": "2026-04-13T09:00:00Z",
        "inForceUntil": "2028-04-13T09:00:00Z",
    },
    "LineInterventionForm": {"sentAt": "2026-03-09T10:00:00Z"},
    "BreachForm": {"knownAt": "2026-03-04T09:15:00Z", "nature": "One file was read without a reason.", "persons": 1},
    "KnowledgeForm": {
        "knownAt": "2026-03-03T15:40:00Z",
        "reason": "A colleague had told the desk the day before.",
    },
    "NotificationForm": {"decision": "notified", "notifiedAt": "2026-03-05T16:00:00Z", "persons": 1, "records": 2},
    "RevealForm": {
        "itemId": ITEM_ID,
        "field": "employee",
        "purpose": "investigation",
        "reason": "The employee is invited to a hearing.",
    },
    "SearchForm": {"employeeId": "E-0042", "purpose": "access-request", "reason": "A request by the person concerned."},
    "GivenWarning": WARNING,
}
"""What is asked for, by schema."""
FAILURES: Mapping[int, str] = {
    400: "The request has 1 fault(s); nothing was done.",
    401: "A valid bearer token is needed.",
    403: "The role soc has no access to this.",
    404: "There is no item with this id.",
    409: "This warning is recorded already.",
    412: "The item was changed after it was read; read it again, and decide anew.",
    413: "The body must not be larger than 67108864 bytes.",
    429: "At most 3 connections of one reader, and 50 in all, can follow the news.",
    422: "Another request was sent under this Idempotency-Key; give each deed a key of its own.",
    428: "Read the item first, and send its ETag along as If-Match.",
    503: "The database of this service cannot do its work at present; nothing was stored. Try again later.",
}
"""What is told, by status."""


@cache
def by_schema() -> Mapping[str, Json]:
    """What stands in the examples of a schema, by its name in the document; what is not told here is made up."""
    signal = dict(COLUMNS) | {"contentHash": _hashed(COLUMNS)}
    stored = signal | {"revision": 1, "receivedAt": "2026-03-02T10:11:02.000000Z"}
    evidence = [LOOKUP, dict(LOOKUP) | {"lookupId": LOOKUPS[1], "occurredAt": "2026-03-02T10:10:20.000000Z"}]
    return {
        "SignalBatch": {"signals": [signal | {"evidence": evidence}]},
        "IntakeResults": {"results": [{"signalId": SIGNAL_ID, "result": "stored", "revision": 1}]},
        "SignalPage": {"signals": [stored]},
        "StoredSignal": stored,
        "LookupPage": {"lookups": evidence},
        "IntakeItemPage": {"intakeItems": [ITEM]},
        "IntakeItem": ITEM,
        **FORMS,
        "InterestRegister": {
            "readers": [{"reader": EMPLOYEE, "interests": [{"kind": "self", "employeeId": EMPLOYEE}]}]
        },
        "Interest": {"kind": "self", "employeeId": EMPLOYEE, "subject": None},
        "Reveal": REVEAL,
        "Revealed": {"id": REVEAL_ID, "kind": "employee", "value": "E-0042"},
        "StoredWarning": dict(WARNING)
        | {name: to_wire(datetime.fromisoformat(str(WARNING[name]))) for name in ("givenAt", "until")}
        | dict(RECORDED),
        "Aggregates": COUNTED,
        "Health": {"status": "ok"},
    }


def failure(status: int) -> Json:
    """A problem as it is told with a status."""
    told = FAILURES.get(status, "Something failed here; it has been logged.")
    return {
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": told,
        **(_faults() if status == 400 else {}),
    }


def _faults() -> Json:
    detail = "must be an RFC 3339 time with an offset, at most in microseconds: 2026-03-14T09:26:53.5Z"
    return {"errors": [{"location": "query", "pointer": "raisedFrom", "code": "value-error", "detail": detail}]}


def _hashed(columns: Json) -> str:
    row = from_wire(columns)
    assert isinstance(row, dict)  # noqa: S101 - what comes of a mapping
    return content_hash(row | {name: datetime.fromisoformat(row[name]) for name in MOMENTS})
