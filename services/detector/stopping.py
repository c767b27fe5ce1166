"""SIGTERM and SIGINT into an event that the work in hand looks at when it is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def until_told_to_stop(stop: threading.Event) -> Iterator[None]:
    """Both signals set `stop` for as long as the block runs; elsewhere than in the main thread nothing is caught."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
