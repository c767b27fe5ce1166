"""A token as it was sent into its claims, if the issuer signed it, for us, and for this moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import msgspec
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import Key

from services.api.identity.claims import Claims
from services.api.identity.errors import BadTokenError
from services.api.identity.keys import IssuerKeys
from services.api.identity.settings import IssuerSettings

LONGEST = 16_384
"""Characters of a token; issuers that put every group of a person into it stay below."""
MEDIA = "application/"
MISREAD = (
    *(JoseError, msgspec.MsgspecError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    RecursionError,
)
"""What the library raises on headers and claims that somebody made up."""


@dataclass(frozen=True)
class Wanted:
    """What a token must be: of one of these types (lower case; empty: none told), for this audience."""

    types: Collection[str]
    audience: str


class Verifier:
    """Checks the tokens of one issuer."""

    def __init__(self, settings: IssuerSettings, keys: IssuerKeys) -> None:
        self._issuer = settings.issuer or ""
        self._skew = settings.clock_skew_seconds
        self._algorithms = settings.algorithms
        self._registry = jws.JWSRegistry(algorithms=settings.algorithms, strict_check_header=False)
        self._registry.max_header_length = LONGEST
        self._keys = keys

    async def claims(self, token: str, wanted: Wanted, now: datetime) -> Claims:
        """The claims of a good token. Raises BadTokenError, or IssuerAwayError where the keys are not to be had."""
        sent = self._read(token)
        header = sent.headers()
        algorithm, kind, kid = header.get("alg"), header.get("typ", ""), header.get("kid")
        if "crit" in header:  # words that must be understood, and we know of none
            raise BadTokenError("malformed")
        if algorithm not in self._algorithms:
            raise BadTokenError("algorithm")
        if not isinstance(kind, str) or kind.lower().removeprefix(MEDIA) not in wanted.types:
            raise BadTokenError("type")
        if not isinstance(kid, str):
            raise BadTokenError("unknown-key")
        claims = self._signed(sent, await self._keys.key(kid))
        self._check(claims, wanted.audience, now)
        return claims

    def _read(self, token: str) -> jws.CompactSignature:
        """The parts of a token; nothing of it is believed yet."""
        if len(token) > LONGEST:
            raise BadTokenError("malformed")
        try:
            return jws.extract_compact(token.encode("ascii"), registry=self._registry)
        except MISREAD as error:
            raise BadTokenError("malformed") from error

    def _signed(self, sent: jws.CompactSignature, key: Key) -> Claims:
        """What the key signed; a key that names its algorithm, or is of another kind, signs with no other."""
        try:
            if not jws.validate_compact(sent, key, registry=self._registry):
                raise BadTokenError("signature")
            return msgspec.json.decode(sent.payload, type=dict[str, object])
        except MISREAD as error:
            raise BadTokenError("signature") from error

    def _check(self, claims: Claims, audience: str, now: datetime) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=self._skew,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except ExpiredTokenError as error:
            raise BadTokenError("expired") from error
        except MISREAD as error:
            raise BadTokenError("claims") from error
