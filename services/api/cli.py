"""The commands of the API: serve and migrate."""

from __future__ import annotations

import logging
import signal
from contextlib import suppress
from typing import Annotated

import structlog
import typer
from rich.console import Console

from services.api.db.migrate import migrate as migrate_database
from services.api.embedded import bind, make_server, prepare
from services.api.main import Publishing
from services.api.publishing.settings import load_publishing_settings
from services.api.settings import ApiSettings, load_settings
from services.core.clock import SystemClock
from services.core.kafka_broker import KafkaBroker
from services.core.tokens import open_tokens

LOG = structlog.get_logger()

Host = Annotated[
    str | None, typer.Option(help="Address to listen on; without an issuer loopback only.", show_default="127.0.0.1")
]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", show_default="8600")]


def serve(host: Host = None, port: Port = None) -> None:
    """Serve the API and its pages until interrupted."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(**given)
    publishing = _publishing()
    prepare(settings)
    server = make_server(settings, SystemClock(), publishing)
    listener = bind(settings.host, settings.port)
    _tell(settings, listener.getsockname()[1])
    _tell_where_reads_go(settings, publishing)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server raises it again once it has shut down
    with suppress(KeyboardInterrupt):  # the way to stop it, and no failure
        server.run(sockets=[listener])


def migrate() -> None:
    """Bring the API's database to the tables of this release."""
    settings = load_settings()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate_database(settings.database)
    Console(stderr=True).print("The database is up to date.")


def _publishing() -> Publishing | None:
    """What the environment says about Kafka; without it nothing is published."""
    settings = load_publishing_settings()
    if settings is None:
        return None
    # while a broker is away the client repeats its complaints ten times a second; ours are told once
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    topics = settings.events.intake_topic, settings.events.lookups_topic
    signals, lookups = (KafkaBroker(settings.kafka, topic) for topic in topics)
    return Publishing(settings.events, signals, lookups=lookups)


def _tell_where_reads_go(settings: ApiSettings, publishing: Publishing | None) -> None:
    if settings.reads is not None:
        LOG.info("reads-published", to="folder")
    elif publishing is not None:
        LOG.info("reads-published", to="topic", topic=publishing.events.lookups_topic)
    else:
        LOG.warning("reads-not-published", advice="set DOELBINDING_API_READS or DOELBINDING_KAFKA_* (docs/reads.md)")


def _tell(settings: ApiSettings, port: int) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    console.print(f"Pages:  http://{host}:{port}/queue", markup=False)
    if settings.issuer is not None:
        console.print(f"Issuer: {settings.issuer}", markup=False)
        return
    token = open_tokens(settings.home / "tokens.json")["investigator"]
    console.print(f"Token:  {token}  (role investigator; all tokens: {settings.home / 'tokens.json'})", markup=False)
