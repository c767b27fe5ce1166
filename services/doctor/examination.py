"""An installation into all findings about it, in the order in which one mends them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.core.clock import Clock
from services.doctor.databases import api_engine, detector_engine, examine_api_database, examine_detector_database
from services.doctor.dataset import examine_dataset
from services.doctor.findings import Finding, Status, warning
from services.doctor.home import examine_home
from services.doctor.machine import examine_machine
from services.doctor.mandates import examine_mandates
from services.doctor.outbox import examine_events, examine_outbox
from services.doctor.reads import examine_reads
from services.doctor.service import examine_service
from services.doctor.settings import Settings, examine_settings
from services.doctor.sources import examine_sources
from services.doctor.topic import examine_topic


@dataclass(frozen=True)
class Asked:
    """What to examine beside the installation itself; None: the default, or not at all."""

    home: Path | None = None
    rules: Path | None = None
    dataset: Path | None = None
    api: str | None = None


def examine(asked: Asked, clock: Clock) -> Iterator[Finding]:
    """Every finding; a check that needs what an earlier one found missing is left out."""
    settings, found = examine_settings(asked.home, asked.rules)
    yield from found
    yield from examine_mandates(settings.agency, clock.now())
    yield from examine_machine(settings.home, clock.now())
    yield from examine_home(settings.home)
    yield from _databases(settings, clock)
    yield from examine_reads(settings, asked.dataset)
    if settings.kafka is not None:
        yield from examine_topic(settings.kafka)
    if asked.dataset is not None:
        yield from examine_dataset(asked.dataset, settings.agency)
    if asked.api is not None:
        yield from examine_service(asked.api, settings.home)


def _databases(settings: Settings, clock: Clock) -> Iterator[Finding]:
    if settings.api is None:
        yield warning("api-database", "was not examined, because the API's settings cannot be used; mend those first")
    else:
        of_api = examine_api_database(settings.api)
        yield from of_api
        if _usable(of_api):
            yield from examine_events(api_engine(settings.api), clock, published=settings.kafka is not None)
    of_detector = examine_detector_database(settings.home)
    yield from of_detector
    if _usable(of_detector):
        yield from examine_outbox(detector_engine(settings.home), clock)
        yield from examine_sources(detector_engine(settings.home), settings.agency.faults if settings.agency else None)


def _usable(findings: Sequence[Finding]) -> bool:
    return any(finding.status is Status.OK for finding in findings)
