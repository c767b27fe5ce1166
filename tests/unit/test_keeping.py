"""A row of a register that cannot be read is stored and counted once, however often the register is read again."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import polars as pl

from services.core.clock import SystemClock
from services.core.contract import CASE_LINK
from services.detector.decode import dead_letters
from services.detector.decode.faults import Fault
from services.detector.keeping import Keeper
from services.detector.metrics import DetectorMetrics
from services.detector.patience import Patience
from tests.unit.state.samples import an_owned_store
from tests.world import RING

FAULT = Fault("event-version", "type: is of a version that this release does not know")


def unread(*offsets: int) -> pl.DataFrame:
    places = [f"doelbinding.case-links/0: offset {offset}" for offset in offsets]
    return dead_letters(CASE_LINK, places, [(FAULT,) for _ in places], [b"{}" for _ in places])


def counted(metrics: DetectorMetrics) -> tuple[float | None, float | None]:
    registry = metrics.registry
    return (
        registry.get_sample_value("doelbinding_unread_records_total", {"record": "case-link"}),
        registry.get_sample_value("doelbinding_dead_letters_total", {"code": "event-version"}),
    )


def test_an_owner_that_reads_the_topics_again_counts_what_is_new_only(tmp_path: Path) -> None:
    with an_owned_store(tmp_path / "s.sqlite") as store:
        for offsets, expected in (((1, 2, 3), 3), ((1, 2, 3), 0), ((2, 3, 4), 1)):
            metrics = DetectorMetrics()
            Keeper(store, Patience(Event()), metrics, SystemClock()).bury(unread(*offsets), RING)
            assert counted(metrics) == (expected, expected or None)
        assert store.dead_letters().height == 4
