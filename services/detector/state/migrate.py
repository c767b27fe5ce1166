"""An empty or older database into the detector's present tables, step by step."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import URL

from services.core.errors import DoelbindingError
from services.detector.state.connection import open_engine, writing

SCRIPTS = Path(__file__).with_name("migrations")

LOCK = 0x646F656C62696E64
"""Number of PostgreSQL's advisory lock on making tables: the letters "doelbind"."""

VERSION_TABLE = "detector_version"
"""Its own name, so that a database of the API is never taken for one of the detector."""


def migrate(url: str | URL) -> None:
    """Brings the database up to this version in one transaction; does nothing where that is done already.

    Raises StoreUnavailable, and DoelbindingError where a newer version of the program made the database.
    """
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            _alone(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise DoelbindingError(
            f"{engine.url.database}: made by another version of doelbinding ({error}); "
            "install the version that made it, or a newer one"
        ) from error
    finally:
        engine.dispose()


def _alone(connection: Connection) -> None:
    """Of two detectors that start at once one makes the tables, the other finds them; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
