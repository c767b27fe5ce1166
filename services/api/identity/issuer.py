"""An issuer's tokens into the people and services that may call this API."""

from __future__ import annotations

from services.api.identity.claims import Claims, Person, person_of
from services.api.identity.errors import BadTokenError, NoRoleError
from services.api.identity.fetching import Fetcher
from services.api.identity.keys import IssuerKeys
from services.api.identity.settings import IssuerSettings
from services.api.identity.verifying import Verifier, Wanted
from services.api.metrics import ApiMetrics
from services.core.clock import Clock
from services.core.keyring import KeyRing


class Issuer:
    """The issuer that the settings name, as one running API knows it."""

    def __init__(
        self, settings: IssuerSettings, ring: KeyRing, fetcher: Fetcher, clock: Clock, metrics: ApiMetrics
    ) -> None:
        self.settings = settings
        self.keys = IssuerKeys(settings.issuer or "", fetcher, clock)
        self.fetcher = fetcher
        self.verifier = Verifier(settings, self.keys)
        self._ring = ring
        self._clock = clock
        self._metrics = metrics
        self._wanted = Wanted([kind.lower() for kind in settings.token_types], settings.audience or "")

    async def bearer(self, token: str) -> Person:
        """Who sent an access token. Raises BadTokenError, NoRoleError or IssuerAwayError."""
        return await self.person(token, self._wanted)

    async def person(self, token: str, wanted: Wanted, nonce: str | None = None) -> Person:
        """Whom a token of the wanted kind is about, and made for this very sign-in where a nonce is given."""
        try:
            claims = await self.verifier.claims(token, wanted, self._clock.now())
            if nonce is not None and not _of_this_sign_in(claims, nonce, wanted.audience):
                raise BadTokenError("claims")
            return person_of(claims, self.settings, self._ring)
        except (BadTokenError, NoRoleError) as error:
            self._metrics.tokens_refused.labels(error.reason).inc()
            raise


def _of_this_sign_in(claims: Claims, nonce: str, client: str) -> bool:
    """OpenID Connect Core, section 3.1.3.7: the nonce is the one sent, and the token was made for this client."""
    return claims.get("nonce") == nonce and claims.get("azp", client) == client
