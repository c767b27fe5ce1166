"""The body of an intake call: signals, and the sealed identities of those whom the pushed ones name."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from services.api.payloads import OneOf, Pseudonym, PushedSignal, Strict
from services.core.vault import ENVELOPE_BYTES, KINDS, MOST_SEALED, NONCE_BYTES, TAG_BYTES

BATCH_LIMIT = 500
IDENTITIES_LIMIT = 100_000
"""Of one call; more than any signals tell that fit into its body."""


def _sealed(text: str) -> str:
    try:
        size = len(b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError("must be base64") from error
    if not ENVELOPE_BYTES + NONCE_BYTES + TAG_BYTES < size <= MOST_SEALED:
        raise ValueError("must be a data key and an identity, both sealed")
    return text


class SealedIdentity(Strict):
    """What a pseudonym stands for, sealed by the detector to the public key of the API's vault."""

    pseudonym: Pseudonym
    kind: Annotated[str, OneOf(KINDS)]
    key_id: Annotated[str, StringConstraints(pattern=r"^v-[0-9a-f]{32}$")]
    sealed: Annotated[str, StringConstraints(max_length=2 * MOST_SEALED), AfterValidator(_sealed)]


class SignalBatch(Strict):
    """What one intake call carries: signals, and the identities of those whom the pushed ones name."""

    signals: Annotated[list[PushedSignal], Field(min_length=1, max_length=BATCH_LIMIT)]
    identities: Annotated[list[SealedIdentity], Field(max_length=IDENTITIES_LIMIT)] = Field(default=[])

    @field_validator("identities")
    @classmethod
    def _of_people_in_the_signals(cls, identities: list[SealedIdentity], info: ValidationInfo) -> list[SealedIdentity]:
        named = {name for signal in info.data.get("signals", ()) for name in signal.people()}
        if "signals" in info.data and any(identity.pseudonym not in named for identity in identities):
            raise ValueError("must belong to people whom these signals or their evidence name")
        return identities
