"""The folder of a detector into its dead letters, and the key that opens them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.keyring import KeyRing, open_key_ring
from services.core.settings import default_home
from services.detector.state.connection import open_engine, sqlite_url
from services.detector.state.letterbox import LetterBox

DATABASE = "DOELBINDING_DETECTOR_DATABASE"


@contextmanager
def letter_box(home: Path | None) -> Iterator[LetterBox]:
    """The letters of the detector that keeps its state in this folder, or in the database of the environment.

    Raises InputError if there is none.
    """
    try:
        engine = open_engine(_address(home or default_home()))
    except (ArgumentError, ImportError) as error:
        raise InputError(f"{DATABASE}: should be the URL of a database whose driver is installed") from error
    try:
        yield LetterBox(engine, SystemClock())
    finally:
        engine.dispose()


def key_ring(home: Path | None) -> KeyRing:
    """The key ring of the folder. Raises InputError if there is none: a new one would open no letter."""
    path = (home or default_home()) / "keyring.json"
    if not path.exists():
        raise InputError(f"{path}: is not there; --home names the folder of the detector that stored the letters")
    return open_key_ring(path)


def _address(home: Path) -> URL:
    if given := os.environ.get(DATABASE):
        return make_url(given)
    path = home / "detector.sqlite"
    if not path.exists():
        raise InputError(f"{path}: is not there; --home names the folder in which a detector keeps its database")
    return sqlite_url(path)
