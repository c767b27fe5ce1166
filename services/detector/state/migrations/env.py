"""Alembic's entry: runs the steps on the connection, and inside the transaction, that `migrate` opened."""

from __future__ import annotations

from alembic import context

from services.detector.state.migrate import VERSION_TABLE
from services.detector.state.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
