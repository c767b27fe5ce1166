"""Signals of a re-scoring run into the intake: through an outbox of their own, idempotent like any delivery."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import httpx
import polars as pl

from services.core.client_credentials import Token
from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.detector.deliver import Deliverer
from services.detector.encode import Encoder
from services.detector.sealing import Sealed, Sealer
from services.detector.state.connection import sqlite_url
from services.detector.state.identities import halves
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store

CALL_SECONDS = 30.0


def sealed_people(signals: pl.DataFrame, lookups: pl.DataFrame, sealer: Sealer, encoder: Encoder) -> Sealed:
    """The identities of those whom pushed signals (REVISION schema) name, from the lookups (LOOKUP schema), sealed."""
    pushed = signals.filter("pushed")
    rows = pushed["evidence"].explode().drop_nulls().struct.unnest()
    names = pl.concat([pushed["employee_id"], pushed["subject"], rows["employee_id"], rows["subject"]])
    keys = pl.Series([key for key, _ in map(halves, names.drop_nulls().unique())], dtype=pl.Int64)
    return sealer.seal(encoder.identities(lookups).filter(pl.col("key").is_in(keys.implode())))


def submit(
    revisions: pl.DataFrame, people: Sealed, api: str, token: Token, clock: Clock, patience_seconds: float = 120.0
) -> int:
    """Delivers signals with their evidence (REVISION schema) and returns how many; what the API has is left as it is.

    `people` are the sealed identities of those whom the pushed ones name.

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
            store.commit(Commit(tables={}, revisions=revisions, identities=people))
            _deliver(Deliverer(store, client, token, clock), api, patience_seconds)
    return revisions.height


def _deliver(deliverer: Deliverer, api: str, patience_seconds: float) -> None:
    deliverer.start()
    try:
        if not deliverer.drain(patience_seconds):
            raise DoelbindingError(f"not all signals could be delivered to {api} ({deliverer.why or 'no answer yet'})")
    finally:
        deliverer.stop()
        deliverer.join(CALL_SECONDS)
