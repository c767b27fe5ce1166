"""Processes forked from a server that has everything imported but no thread running: a start takes milliseconds."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

PRELOADED = [
    "tests.integration.crashing_worker",
    "tests.integration.killable_detect",
    "services.detector.commands.detecting",
    "holidays.countries",
]


def forking() -> ForkServerContext:
    """The one server of this test run, which whoever asks first starts."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
