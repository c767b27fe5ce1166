"""`detect` over a topic: one detector of a group, which reads its partitions and decides where it owns the engine."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
from sqlalchemy.engine import URL

from services.core.clock import Clock
from services.core.kafka_settings import KafkaSettings
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.detector.arriving import Arriving
from services.detector.beside import beside
from services.detector.deliver import Deliverer, delivering
from services.detector.following import FollowedRegisters
from services.detector.lease import LEASE_SECONDS, Lease
from services.detector.metrics import DetectorMetrics
from services.detector.owning import Owner
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.source import KafkaSource
from services.detector.state.readings import Readings
from services.detector.stopping import until_told_to_stop
from services.detector.watching import CALL_SECONDS, PATIENCE_SECONDS, metrics_page, opened


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
