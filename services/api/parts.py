"""What the routes work with, gathered once when the application is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.audit.keeper import Keeper
from services.api.audit.writer import TrailWriter
from services.api.cursors import CursorSeal
from services.api.db.direct import DirectReader
from services.api.followers import Followers
from services.api.identity.issuer import Issuer
from services.api.identity.login import Login
from services.api.known_readers import KnownReaders
from services.api.metrics import ApiMetrics
from services.api.publishing.publisher import Publisher
from services.api.readers.publisher import ReadsPublisher
from services.api.request_seal import RequestSeal
from services.api.sessions import IssuerSessions, LocalSessions
from services.api.settings import ApiSettings
from services.api.vault.opening import Vault
from services.core.clock import Clock


@dataclass(frozen=True)
class Parts:
    """The parts of one running API."""

    settings: ApiSettings
    engine: AsyncEngine
    direct: DirectReader
    tokens: Mapping[str, str]
    people: Mapping[str, str]
    """Local account to the pseudonym of the employee behind it, where there is one."""
    issuer: Issuer | None
    """None where local accounts sign in."""
    login: Login | None
    """None where nobody signs in on the pages at an issuer."""
    sessions: LocalSessions | IssuerSessions
    known: KnownReaders
    cursors: CursorSeal
    requests: RequestSeal
    followers: Followers
    metrics: ApiMetrics
    clock: Clock
    vault: Vault
    trail: TrailWriter
    keeper: Keeper
    publisher: Publisher | None
    """None where pushed signals are not published."""
    reads: ReadsPublisher | None
    """None where nothing tells the detector who read what."""


def parts_of(request: Request) -> Parts:
    """The parts of the application that this request came to."""
    parts: Parts = request.app.state.parts
    return parts


async def _parts(request: Request) -> Parts:  # a plain function would be sent to a thread, for each request
    return parts_of(request)


PartsOf = Annotated[Parts, Depends(_parts)]
