"""Work that the store cannot do now into the same work done later, with a word about the wait."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

import structlog

from services.detector.state.connection import StoreUnavailable

Done = TypeVar("Done")
LOG = structlog.get_logger()
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


class Patience:
    """Tries work on the store again until it is done, `stop` is set, or trying is no use; what is stored stays."""

    def __init__(
        self,
        stop: Event,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
        rest: Callable[[float], bool] | None = None,
    ) -> None:
        """`rest` waits so many seconds and tells whether to stop, for who has something to do meanwhile."""
        self._rest = rest or stop.wait
        self._first_pause = first_pause_seconds

    def at_start(self, work: Callable[[], Done]) -> Done:
        """The result of the work; waits for room and for other writers, and for nothing that a setting must mend.

        Raises StoreUnavailable.
        """
        return self._until_done(work, lambda error: error.passes)

    def later(self, work: Callable[[], Done]) -> Done:
        """The result of the work on a store that was there before: it waits for whatever may be mended meanwhile.

        Raises StoreUnavailable.
        """
        return self._until_done(work, lambda error: not error.hopeless)

    def _until_done(self, work: Callable[[], Done], worth_waiting: Callable[[StoreUnavailable], bool]) -> Done:
        pause, waited = self._first_pause, False
        while True:
            try:
                done = work()
            except StoreUnavailable as error:
                if not worth_waiting(error):
                    raise
                LOG.warning("store-unavailable", reason=str(error), next_try_in_seconds=pause)
                if self._rest(pause):
                    raise
                pause, waited = min(2 * pause, LONGEST_PAUSE_SECONDS), True
            else:
                if waited:
                    LOG.info("store-resumed")
                return done
