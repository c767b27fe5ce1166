"""Real services for tests: a broker's address, and an empty database per test; `make services` starts both."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

KAFKA = "DOELBINDING_TEST_KAFKA"
POSTGRESQL = "DOELBINDING_TEST_POSTGRESQL"


@pytest.fixture(scope="session")
def kafka() -> str:
    """The bootstrap servers of a real broker."""
    return _announced(KAFKA)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of a fresh, empty database on a real server, dropped after the test."""
    server = make_url(_announced(POSTGRESQL))
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _announced(variable: str) -> str:
    if address := os.environ.get(variable):
        return address
    reason = f"{variable} is not set: run `make services`"
    if os.environ.get("CI") or os.environ.get("DOELBINDING_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
