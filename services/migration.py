"""`doelbinding migrate`: both deployables' databases to the tables of this release."""

from __future__ import annotations

from services.api import cli as api
from services.detector.commands import detecting as detector


def migrate_command() -> None:
    """Bring the databases of the API and of the detector to the tables of this release."""
    api.migrate()
    detector.migrate_command()
