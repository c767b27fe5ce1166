"""What a run needs of its own: a database that is dropped again, a home folder, and an API that takes the signals."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import sqlalchemy as sa

COMMAND = Path(sys.executable).with_name("doelbinding")
START_SECONDS = 60.0


class Place(NamedTuple):
    """A home folder with keys and the API's database `api.sqlite`, the API's address, and the detector's database."""

    home: Path
    api: str
    database: str


@contextmanager
def place(server: str) -> Iterator[Place]:
    """Everything empty, under keys of its own; gone at the end."""
    with TemporaryDirectory() as folder, new_database(server) as database, serving(Path(folder)) as api:
        yield Place(Path(folder), api, database)


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of a new database on a PostgreSQL server, dropped at the end."""
    url, name = sa.make_url(server), f"bench_{secrets.token_hex(6)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            ours = f"datname = '{name}' AND usename = current_user"
            connection.execute(sa.text(f"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE {ours}"))
            connection.execute(sa.text(f"DROP DATABASE {name}"))


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of an API of this home folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "api.log"
    with log.open("wb") as out, doelbinding(home, "serve", "--port", str(port), out=out):
        deadline = time.monotonic() + START_SECONDS
        while not re.search("Pages:", log.read_text()):
            if time.monotonic() > deadline:
                sys.exit(f"the API does not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def doelbinding(home: Path, *arguments: str, out: object, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running `doelbinding` with this home folder; ended at the end."""
    environment = os.environ | {"DOELBINDING_HOME": str(home)} | settings
    process = subprocess.Popen([str(COMMAND), *arguments], stdout=out, stderr=subprocess.STDOUT, env=environment)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
