"""The client's own log into why its last connection was lost: its exceptions only tell that time ran out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

CONNECTIONS = logging.getLogger("kafka.net.connection")
LOST = "Connection lost: "
LONGEST = 300


class LastLoss(logging.Handler):
    """Remembers why the last connection was lost, in the client's words; empty if none was."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Called by the client's logger."""
        _, lost, reason = record.getMessage().partition(LOST)
        if lost:
            self.reason = reason[:LONGEST]


@contextmanager
def last_loss() -> Iterator[LastLoss]:
    """Listens to the client's logger."""
    listening = LastLoss()
    CONNECTIONS.addHandler(listening)
    try:
        yield listening
    finally:
        CONNECTIONS.removeHandler(listening)
