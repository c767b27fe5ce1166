"""The shapes of the audit trail's answers, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.api.payloads import Instant, Name, Strict

Sequence = Annotated[int, Field(ge=1, le=2**53 - 1)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AuditEntry(Strict):
    """What somebody did, or was refused; actor, object and detail are null once retention removed them."""

    sequence: Sequence
    at: Instant
    actor: Name | None
    role: Name
    action: Name
    object_kind: Name
    object_id: Name | None
    purpose: Name | None
    detail: dict[str, object] | None
    blanked_through: Sequence | None
    payload_hash: Hash
    hash: Hash


class AuditEntryPage(Strict):
    """Some entries, the newest first."""

    audit_entries: list[AuditEntry]


class AuditRoot(Strict):
    """The hash of the chain at the end of an interval, signed by Ed25519 under the key of this id."""

    number: Sequence
    sequence: Sequence
    hash: Hash
    at: Instant
    key_id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class AuditRootPage(Strict):
    """Some roots, the newest first."""

    audit_roots: list[AuditRoot]
