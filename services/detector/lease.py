"""The right to decide: kept while this process lives, lost when it does not, never held twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from services.detector.state.connection import StoreUnavailable
from services.detector.state.store import Store

LEASE_SECONDS = 10.0
"""After so long without a word from its owner the engine is taken over."""

LOG = structlog.get_logger()


class Lease:
    """Renews the ownership of a store's engine in a thread of its own."""

    def __init__(self, store: Store, holder: str, seconds: float = LEASE_SECONDS) -> None:
        self._store = store
        self._holder = holder
        self._seconds = seconds

    @property
    def pause(self) -> float:
        """Seconds between two tries, of whoever holds it and of whoever waits for it."""
        return self._seconds / 3

    def taken(self) -> bool:
        """Whether this process has it now. Raises StoreUnavailable."""
        return self._store.take_lease(self._holder, self._seconds) is not None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renews it until the block ends, then gives it back."""
        done = Event()
        thread = Thread(target=self._renew, args=[done], name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            self._give_back()

    def _renew(self, done: Event) -> None:
        """A renewal that fails changes nothing here: if somebody else has taken over, the next commit is refused."""
        while not done.wait(self.pause):
            try:
                self._store.renew_lease(self._seconds)
            except StoreUnavailable as error:
                LOG.warning("lease-not-renewed", reason=str(error))

    def _give_back(self) -> None:
        """So that another need not wait; if it fails, the lease runs out by itself."""
        try:
            self._store.release_lease()
        except StoreUnavailable as error:
            LOG.warning("lease-not-given-back", reason=str(error))
