"""`doelbinding` without its fences: who was overtaken goes on as if it still owned what it once did.

Run as `python -m tests.integration.unfenced ...` with the arguments of `doelbinding`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete

from services.cli import main
from services.detector import consuming, watching
from services.detector.state import store
from services.detector.state.checkpoint import write_values
from services.detector.state.schema import ARRIVALS, TAKEN
from tests.unit.state.two_steps import UnfencedReadings, UnfencedStore


def take_unseen(connection: Connection, _before: Mapping[str, int], taken: Mapping[str, int]) -> None:
    """Takes what is still there, and does not look whether that is what it had in hand."""
    for source, number in taken.items():
        connection.execute(delete(ARRIVALS).where(ARRIVALS.c.source == source, ARRIVALS.c.number <= number))
    write_values(connection, TAKEN, taken)


if __name__ == "__main__":
    watching.Store = UnfencedStore  # type: ignore[attr-defined,misc]  # the class under the name by which it is opened
    consuming.Readings = UnfencedReadings  # type: ignore[attr-defined,misc]  # likewise
    store.take = take_unseen  # type: ignore[attr-defined]  # likewise
    main()
