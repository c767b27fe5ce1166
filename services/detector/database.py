"""Where the detector keeps its state: a setting, or a file in the home folder."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.core.errors import InputError
from services.detector.state.connection import sqlite_url

SETTING = "DOELBINDING_DETECTOR_DATABASE"
DRIVERS = ("postgresql+psycopg", "sqlite")


def detector_database(home: Path) -> URL:
    """The database named by the setting, else the file `detector.sqlite` in the home folder.

    Raises InputError; the address is not repeated, because it may hold a password.
    """
    given = os.environ.get(SETTING)
    if not given:
        return sqlite_url(home / "detector.sqlite")
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise InputError(_told()) from error
    if url.drivername not in DRIVERS or not url.database:
        raise InputError(_told())
    return url


def is_file(url: URL) -> bool:
    """Whether the database is a file, for one detector alone."""
    return url.get_backend_name() == "sqlite"


def _told() -> str:
    return f"{SETTING}: should be an address like postgresql+psycopg://USER:PASSWORD@HOST/NAME or sqlite:////FILE"
