"""The folder of a detector into its dead letters and the key that opens them, and its undelivered signals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.keyring import KeyRing, open_key_ring
from services.core.settings import default_home
from services.detector.database import detector_database, is_file
from services.detector.state.connection import open_engine
from services.detector.state.letterbox import LetterBox
from services.detector.state.undelivered import Undelivered


@contextmanager
def letter_box(home: Path | None) -> Iterator[LetterBox]:
    """The letters of the detector that keeps its state in this folder, or in the database of the environment.

    Raises InputError if there is none.
    """
    with _engine(home) as engine:
        yield LetterBox(engine, SystemClock())


@contextmanager
def undelivered(home: Path | None) -> Iterator[Undelivered]:
    """The signals that the API does not take, of the same detector.

    Raises InputError if there is none.
    """
    with _engine(home) as engine:
        yield Undelivered(engine, SystemClock())


def key_ring(home: Path | None) -> KeyRing:
    """The key ring of the folder. Raises InputError if there is none: a new one would open no letter."""
    path = (home or default_home()) / "keyring.json"
    if not path.exists():
        raise InputError(f"{path}: is not there; --home names the folder of the detector that stored the letters")
    return open_key_ring(path)


@contextmanager
def _engine(home: Path | None) -> Iterator[Engine]:
    engine = open_engine(_address(home or default_home()))
    try:
        yield engine
    finally:
        engine.dispose()


def _address(home: Path) -> URL:
    url = detector_database(home)
    if is_file(url) and not Path(url.database or "").exists():
        raise InputError(
            f"{url.database}: is not there; --home names the folder in which a detector keeps its database"
        )
    return url
