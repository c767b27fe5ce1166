"""Signals of a re-scoring run into the intake: through an outbox of their own, idempotent like any delivery."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import httpx
import polars as pl

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.detector.deliver import Deliverer
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store

CALL_SECONDS = 30.0


def submit(revisions: pl.DataFrame, api: str, token: str, clock: Clock, patience_seconds: float = 120.0) -> int:
    """Delivers signals with their evidence (REVISION schema) and returns how many; what the API has is left as it is.

    Raises DoelbindingError if not all could be delivered; the same call may be made again.
    """
    with (
        tempfile.TemporaryDirectory(prefix="doelbinding-submit-") as folder,
        httpx.Client(base_url=api, timeout=CALL_SECONDS) as client,
    ):
        url = sqlite_url(Path(folder) / "outbox.sqlite")
        migrate(url)
        with closing(Store(url, clock)) as store:
            store.claim()
            store.load()
            store.commit(Commit(tables={}, revisions=revisions))
            _deliver(Deliverer(store, client, token, clock), api, patience_seconds)
    return revisions.height


def _deliver(deliverer: Deliverer, api: str, patience_seconds: float) -> None:
    deliverer.start()
    try:
        if not deliverer.drain(patience_seconds):
            raise DoelbindingError(
                f"not all signals could be delivered to {api} ({deliverer.problem or 'no answer yet'})"
            )
    finally:
        deliverer.stop()
        deliverer.join(CALL_SECONDS)
