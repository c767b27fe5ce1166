"""Why an action on an item is refused, as a code with an answer that says what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import HTTPException, Request, Response

from services.api.problems import Fault, problem

HINDRANCES: Mapping[str, str] = {
    "already-assessed": "You assessed this item before, with another verdict, reason or note. What was given stays: "
    "add a note to it.",
    "already-decided": "A decision on this was recorded before, with other contents. What was recorded stays.",
    "assessed-yourself": "You assessed this item yourself; a lead who did not must settle it, or another auditor where "
    "it is about a reader.",
    "assignee-with-interest": "Whom you name has an interest in what this is about; assign somebody else.",
    "assignee-interests-unknown": "Nobody can tell whether whom you name has an interest in what this is about: an "
    "administrator must load the interests of readers, theirs among them.",
    "changed-meanwhile": "The item was changed since it was read. Look at it again, and decide then.",
    "confirmed-yourself": "You recorded this outcome yourself; somebody else must confirm it.",
    "item-ended": "The item has ended; this can be done no more.",
    "lead-needed": "This is for a lead.",
    "no-breach-referred": "No data breach of this item was referred to Bureau Gegevensbescherming.",
    "no-employee": "The signal is about no single employee, so that a warning cannot be recorded with it.",
    "no-outcome-proposed": "There is no outcome that waits to be confirmed.",
    "nothing-to-acknowledge": "There is nothing for you to acknowledge.",
    "not-assigned": "You are not assigned to this item; a lead assigns those who work on it.",
    "not-begun": "Nobody assessed the item yet, so that there is nothing to suspend.",
    "not-disputed": "The two assessments of this item do not differ, or are not both there.",
    "not-ended-so": "The item did not end in line intervention.",
    "not-measurable": "A measure belongs to an outcome that was confirmed, or to a line intervention.",
    "not-suspended": "The thirteen weeks are running.",
    "not-under-assessment": "The item is not, or no more, to be assessed.",
    "not-under-investigation": "The item is not under investigation.",
    "outcome-recorded": "An outcome was recorded already; it waits to be confirmed, or was.",
    "referred-already": "A data breach of this item was referred already, with another moment of knowledge; that "
    "can be corrected.",
    "same-moment": "This is the moment that is recorded already.",
    "signal-withdrawn": "The signal was withdrawn before anybody assessed it; nothing is to be decided.",
    "suspended-already": "The thirteen weeks stand still already.",
    "unacknowledged": "The signal was withdrawn, or came back, while the item was open: first acknowledge that.",
    "unknown-assignee": "This is not the code, as the audit trail has it, of somebody who signed in here in a role "
    "that may work on this item. Each reader finds the own code at the foot of the pages.",
    "wrong-time": "The time must not lie in the future, nor before what it follows.",
    "delay-unexplained": "The notification is later than 72 hours after the breach was known; delayReason must say why "
    "(AVG art. 33(1)).",
    "facts-missing": "A notification needs nature, contact, consequences and measures (AVG art. 33(3)).",
}
STATUSES: Mapping[str, HTTPStatus] = {
    "assignee-with-interest": HTTPStatus.BAD_REQUEST,
    "assignee-interests-unknown": HTTPStatus.BAD_REQUEST,
    "changed-meanwhile": HTTPStatus.PRECONDITION_FAILED,
    "lead-needed": HTTPStatus.FORBIDDEN,
    "not-assigned": HTTPStatus.FORBIDDEN,
    "unknown-assignee": HTTPStatus.BAD_REQUEST,
    "wrong-time": HTTPStatus.BAD_REQUEST,
    "delay-unexplained": HTTPStatus.BAD_REQUEST,
    "facts-missing": HTTPStatus.BAD_REQUEST,
}
"""Everything else is 409: the item is not in a state for it."""


class HinderedError(HTTPException):
    """An action that is not done; `fields` name the fields of the form that it is about, in camelCase."""

    def __init__(self, code: str, *fields: str) -> None:
        super().__init__(STATUSES.get(code, HTTPStatus.CONFLICT), HINDRANCES[code])
        self.code = code
        self.fields = fields


async def answer_hindered(_request: Request, error: Exception) -> Response:
    """A problem that names the code, and the fields where it is about them."""
    assert isinstance(error, HinderedError)  # noqa: S101 - registered for this class alone
    places = [("body", f"/{name}") for name in error.fields] or [("item", "")]
    faults = [
        Fault(location=location, pointer=pointer, code=error.code, detail=error.detail) for location, pointer in places
    ]
    return problem(error.status_code, error.detail, faults)
