"""What the issuer publishes into the keys that it signs with, kept for a while and asked for anew in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from services.api.identity.errors import BadTokenError, IssuerAwayError
from services.api.identity.fetching import Fetcher, JsonObject
from services.core.addresses import is_safe
from services.core.clock import Clock

FRESH = timedelta(minutes=10)
"""After this the keys are asked for anew; one that the issuer took back is refused from then on."""
KEPT = timedelta(hours=1)
"""How long keys are good while the issuer is away; after that nobody is let in."""
APART = timedelta(seconds=10)
"""Between two questions to the issuer, lest tokens with made-up key ids flood it."""
SHORTEST_RSA = 2048
DISCOVERY = "/.well-known/openid-configuration"
LOG = structlog.get_logger()


@dataclass(frozen=True)
class Published:
    """What an issuer publishes: its endpoints by name, and its keys by id."""

    endpoints: Mapping[str, str]
    keys: Mapping[str, Key]


class IssuerKeys:
    """The published keys of one issuer; many requests ask, one of them fetches."""

    def __init__(self, issuer: str, fetcher: Fetcher, clock: Clock) -> None:
        self._issuer = issuer
        self._fetcher = fetcher
        self._clock = clock
        self._lock = asyncio.Lock()
        self._published: Published | None = None
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._away = False

    @property
    def fetched_at(self) -> datetime | None:
        """When the issuer last told its keys; null: not yet."""
        return self._fetched_at

    async def key(self, kid: str) -> Key:
        """The key with this id. Raises BadTokenError if the issuer has none, IssuerAwayError if nobody can tell."""
        keys = (await self.published()).keys
        if kid not in keys:
            await self._ask()
            keys = (await self.published()).keys
        if kid in keys:
            return keys[kid]
        if self._away:
            raise IssuerAwayError("the key may be a new one, and the issuer does not answer")
        raise BadTokenError("unknown-key")

    async def published(self) -> Published:
        """What the issuer published lately. Raises IssuerAwayError if it is away for too long."""
        if self._older_than(FRESH) and (self._older_than(KEPT) or not self._lock.locked()):
            await self._ask()
        if self._published is None or self._older_than(KEPT):
            raise IssuerAwayError("the issuer's keys are not known, or too old")
        return self._published

    async def _ask(self) -> None:
        async with self._lock:
            now = self._clock.now()
            if self._asked_at is not None and timedelta() <= now - self._asked_at < APART:
                return
            self._asked_at = now
            try:
                self._published = await self._fetch()
                self._fetched_at, self._away = now, False
            except IssuerAwayError as error:
                self._away = True
                LOG.warning("issuer-keys-unavailable", reason=str(error))

    async def _fetch(self) -> Published:
        told = await self._fetcher.get(self._issuer.rstrip("/") + DISCOVERY)
        if told.get("issuer") != self._issuer:
            raise IssuerAwayError("its configuration is another issuer's")
        endpoints = {name: url for name, url in told.items() if isinstance(url, str) and is_safe(url)}
        if "jwks_uri" not in endpoints:
            raise IssuerAwayError("its configuration names no jwks_uri with https")
        return Published(endpoints, _usable(await self._fetcher.get(endpoints["jwks_uri"])))

    def _older_than(self, age: timedelta) -> bool:
        return self._fetched_at is None or self._clock.now() - self._fetched_at >= age


def _usable(document: JsonObject) -> Mapping[str, Key]:
    """The keys for signatures, by id. Raises IssuerAwayError if the document is no set of keys."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise IssuerAwayError("its keys are no set of keys")
    found: dict[str, Key] = {}
    for each in listed:
        if isinstance(each, dict) and isinstance(kid := each.get("kid"), str) and (key := _public(each)):
            found.setdefault(kid, key)
    return found


def _public(told: dict[str, object]) -> Key | None:
    """A public key that may check signatures and is long enough; others are passed over, as RFC 7517 asks."""
    try:
        key = import_key({name: value for name, value in told.items() if isinstance(value, str | list)})
    except Exception:  # noqa: BLE001 - the library fails in many ways on a key of a kind to come; the others count on
        return None
    if told.get("use", "sig") != "sig" or not isinstance(key, RSAKey | ECKey):
        return None
    return None if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA else key
