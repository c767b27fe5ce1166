"""The same tests over both databases: a SQLite file, and a database on a real PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url

from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Where a store may be opened; its tables are there, or `a_store` makes them."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "s.sqlite")
    tables: URL = request.getfixturevalue("server")
    return tables


@pytest.fixture
def server(postgresql: str) -> URL:
    """A database with empty tables on a real server."""
    url = make_url(postgresql)
    migrate(url)
    return url
