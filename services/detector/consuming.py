"""`detect` over a topic: one detector of a group, which reads its partitions and decides where it owns the engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from services.detector.lease import LEASE_SECONDS
from services.detector.watching import PATIENCE_SECONDS


@dataclass(frozen=True)
class ConsumeOptions:
    """Which topic is read in which group, and where the detector keeps and delivers.

    `registers` is a dataset directory; its lookups, if it has any, are not read.
    """

    registers: Path
    api: str
    home: Path
    database: URL
    topic: str
    group: str
    until_end: bool = False
    """Stop when everything is decided that was in the topic at the start."""
    rows_per_step: int = 20_000
    metrics_port: int = 0
    patience_seconds: float = PATIENCE_SECONDS
    lease_seconds: float = LEASE_SECONDS
