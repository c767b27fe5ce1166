"""Messages with their event times into the same messages, each when it is its turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from services.detector.replay.messages import Message

LEAST_WAIT_SECONDS = 0.005
"""Shorter waits are not worth a system call for each message: what follows waits a little longer."""


def paced(
    messages: Iterable[Message],
    speed: float,
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Message]:
    """The messages, `speed` seconds of event time in a second; as fast as they are taken where it is 0."""
    if speed == 0:
        yield from messages
        return
    began = monotonic()
    first = None
    for message in messages:
        first = first or message.at
        early = (message.at - first).total_seconds() / speed - (monotonic() - began)
        if early > LEAST_WAIT_SECONDS:
            wait(early)
        yield message
