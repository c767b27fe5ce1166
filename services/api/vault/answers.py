"""The shapes of what the vault answers, for the OpenAPI document and the tests that hold answers to it."""

from __future__ import annotations

from typing import Annotated

from services.api.payloads import Instant, Name, OneOf, Strict
from services.api.vault.forms import FIELDS, PURPOSES, STATUSES
from services.core.vault import KINDS


class Revealed(Strict):
    """An identity, shown this once; it is stored nowhere in the clear."""

    id: Name
    kind: Annotated[str, OneOf(KINDS)]
    value: str


class Reveal(Strict):
    """A request for an identity: who asked, to what end, and what became of it."""

    id: Name
    item_id: Name
    field: Annotated[str, OneOf(FIELDS)]
    lookup_id: Name | None
    purpose: Annotated[str, OneOf(PURPOSES)]
    reason: str
    case_number: str | None
    status: Annotated[str, OneOf(STATUSES)]
    four_eyes: bool
    asked_by: Name
    asked_at: Instant
    approved_by: Name | None
    approved_at: Instant | None
    opened_at: Instant | None
    holds_until: Instant


class RevealPage(Strict):
    """Some requests, the newest first."""

    reveals: list[Reveal]
