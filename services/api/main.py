"""Settings and a clock into the application: the one place where the API's parts are put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException

from services.api import problems
from services.api.access import GuardedRoute
from services.api.audit import export
from services.api.audit.keeper import Keeper
from services.api.audit.keys import open_audit_key
from services.api.audit.standing import BrokenTrailError, signing
from services.api.audit.writer import TrailWriter
from services.api.casework.hindrances import HinderedError, answer_hindered
from services.api.cursors import CursorSeal
from services.api.db.direct import DirectReader
from services.api.db.engine import open_engine
from services.api.edge import API_VERSION, Edge
from services.api.followers import Followers
from services.api.identity.fetching import Fetcher
from services.api.identity.issuer import Issuer
from services.api.identity.login import Login
from services.api.identity.people import open_people
from services.api.known_readers import KnownReaders
from services.api.metrics import ApiMetrics
from services.api.once import Answered, answer_again
from services.api.pages import failures
from services.api.pages.routes import router as pages
from services.api.parts import Parts
from services.api.publishing.publisher import Publisher
from services.api.publishing.settings import EventSettings
from services.api.readers.publisher import ReadsPublisher
from services.api.readers.sinks import FolderSink, Sink, TopicSink
from services.api.refusals import RefusedError, recording
from services.api.request_seal import RequestSeal
from services.api.routes import (
    aggregates,
    assessments,
    audit,
    casework,
    data_breaches,
    feed,
    intake_items,
    interests,
    investigations,
    reveals,
    search,
    service,
    warnings,
)
from services.api.routes import signals as signal_routes
from services.api.sessions import IssuerSessions, LocalSessions
from services.api.settings import ApiSettings
from services.api.short_way import ShortWay
from services.api.vault.opening import Vault
from services.core.backoff import Backoff
from services.core.clock import Clock
from services.core.kafka_broker import Broker
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens

DESCRIPTION = (
    "Signals of lookups in citizens' files that have no explanation, for those who are qualified to ask why. "
    "Every read of a signal is recorded. People are shown as pseudonyms."
)

CONTACT = {
    "name": "Maintainers of Doelbinding",
    "url": "https://example.org/doelbinding",
    "email": "doelbinding@example.org",
}
"""As in publiccode.yml: set it when the place of publication is known."""


@dataclass(frozen=True)
class Publishing:
    """What is published with: what stands in the events, where signals and reads go, and how failures are paced."""

    events: EventSettings
    broker: Broker
    backoff: Backoff = field(default_factory=Backoff)
    lookups: Broker | None = None
    """Where reads of signals go, unless settings name a folder for them."""


def create_app(settings: ApiSettings, clock: Clock, publishing: Publishing | None = None) -> FastAPI:
    """The application, with its tokens and keys read (made on first run); the database is opened by the first request.

    Raises InputError if the tokens, the key ring or the database URL are wrong.
    """
    parts = _gather(settings, clock, publishing)
    app = bare_app()
    app.state.parts = parts
    app.add_middleware(ShortWay, parts=parts)
    app.add_middleware(Edge, parts=parts)
    return app


def bare_app() -> FastAPI:
    """The routes and what describes them, without anything to work with."""
    app = FastAPI(
        title="Doelbinding",
        summary="Signals and the intake queue",
        description=DESCRIPTION,
        version=API_VERSION,
        contact=dict(CONTACT),
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # its spans would hold whole URLs
    )
    app.router.route_class = GuardedRoute
    for router in (
        signal_routes.router,
        feed.router,  # before the items: an operation is no id
        intake_items.router,
        assessments.router,
        investigations.router,
        data_breaches.router,
        casework.router,
        warnings.router,
        interests.router,
        reveals.router,
        search.router,
        aggregates.router,
        audit.router,
        service.router,
        pages,
    ):
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, failures.answer(problems.answer_invalid))
    app.add_exception_handler(HTTPException, failures.answer(problems.answer_http))
    app.add_exception_handler(HinderedError, failures.answer(answer_hindered))
    app.add_exception_handler(Answered, answer_again)
    app.add_exception_handler(RefusedError, recording(failures.answer(problems.answer_http)))
    app.add_exception_handler(BrokenTrailError, failures.answer_unrecorded)
    for trouble in failures.TROUBLES:
        app.add_exception_handler(trouble, failures.answer_trouble)
    return app


def _gather(settings: ApiSettings, clock: Clock, publishing: Publishing | None) -> Parts:
    tokens = open_tokens(settings.home / "tokens.json")
    ring = open_key_ring(settings.home / "keyring.json")
    people = open_people(settings.home / "readers.json", ring)
    notary = open_audit_key(settings.home / "audit-key.json")
    export.begin(settings.audit_roots)
    engine, metrics = open_engine(settings.database).execution_options(**signing(notary)), ApiMetrics()
    issuer = Issuer(settings, ring, Fetcher(), clock, metrics) if settings.issuer else None
    session_key = ring.key("session")
    return Parts(
        settings=settings,
        engine=engine,
        direct=DirectReader(engine),
        tokens=tokens,
        people=people,
        issuer=issuer,
        login=Login(issuer, session_key) if issuer and settings.client_id else None,
        sessions=IssuerSessions(session_key, issuer.settings.issuer or "", settings.client_id or "")
        if issuer
        else LocalSessions(session_key, tokens, people),
        known=KnownReaders(engine, settings.timezone),
        cursors=CursorSeal(ring.key("cursor")),
        requests=RequestSeal(ring.key("cursor")),
        followers=Followers(),
        metrics=metrics,
        clock=clock,
        vault=Vault(settings.home, ring),
        trail=TrailWriter(engine, clock, metrics),
        keeper=Keeper(engine, notary, settings.audit_roots, clock, metrics),
        publisher=Publisher(engine, publishing.events, publishing.broker, clock, metrics, publishing.backoff)
        if publishing
        else None,
        reads=_reads(settings, engine, metrics, publishing),
    )


def _reads(
    settings: ApiSettings, engine: AsyncEngine, metrics: ApiMetrics, publishing: Publishing | None
) -> ReadsPublisher | None:
    """What tells the detector who read what: into the folder that is named, else onto the topic, else nobody."""
    if settings.reads is not None:
        sink: Sink = FolderSink(settings.reads, settings.reads_seconds)
    elif publishing is not None and publishing.lookups is not None:
        sink = TopicSink(publishing.lookups, publishing.events.event_source)
    else:
        return None
    pace = publishing.backoff if publishing else Backoff()
    return ReadsPublisher(engine, sink, metrics, Backoff(pace.least, pace.most))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    publishing = asyncio.create_task(parts.publisher.run()) if parts.publisher else None
    watching = asyncio.create_task(parts.reads.run()) if parts.reads else None
    parts.keeper.start()
    try:
        yield
    finally:
        await parts.trail.close()
        await parts.keeper.close()
        if parts.publisher and publishing:
            parts.publisher.stop()
            await publishing
        if parts.reads and watching:
            parts.reads.stop()
            await watching
        if parts.issuer:
            await parts.issuer.fetcher.close()
        await parts.direct.close()
        await parts.engine.dispose()
