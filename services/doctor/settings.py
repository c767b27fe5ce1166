"""The environment and the file of agency settings into settings, as far as they are right, and findings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.api.publishing.settings import EventSettings
from services.api.settings import PREFIX, ApiSettings, load_settings
from services.core.client_settings import DETECTOR as DETECTOR_ACCOUNT
from services.core.client_settings import INTERESTS as INTERESTS_ACCOUNT
from services.core.client_settings import ClientSettings
from services.core.errors import InputError, tell_at_once
from services.core.kafka_settings import PREFIX as KAFKA_PREFIX
from services.core.kafka_settings import KafkaSettings, load_kafka_settings
from services.core.settings import default_home
from services.core.vault_keys import SETTING as VAULT_PUBLIC_KEY
from services.detector.database import SETTING as DETECTOR_DATABASE
from services.detector.settings import AgencySettings, load_agency_settings
from services.detector.topic_settings import PREFIX as DETECTOR_PREFIX
from services.detector.topic_settings import TopicSettings, load_topic_settings
from services.doctor.findings import Finding, fault, ok, warning

OURS = "DOELBINDING_"
CLASSES: Sequence[tuple[str, type[BaseModel]]] = (
    (PREFIX, ApiSettings),
    (PREFIX, EventSettings),
    (KAFKA_PREFIX, KafkaSettings),
    (DETECTOR_PREFIX, TopicSettings),
    (DETECTOR_ACCOUNT, ClientSettings),
    (INTERESTS_ACCOUNT, ClientSettings),
)
KNOWN = frozenset(
    {f"{OURS}HOME", f"{OURS}INTERESTS_TOKEN", f"{OURS}LOOKUPS_RETENTION_DAYS", DETECTOR_DATABASE, VAULT_PUBLIC_KEY}
    | {f"{prefix}{name.upper()}" for prefix, settings in CLASSES for name in settings.model_fields}
)


@dataclass(frozen=True)
class Settings:
    """What the rest of the examination works with; None where the settings cannot be used."""

    home: Path
    api: ApiSettings | None
    agency: AgencySettings | None
    kafka: KafkaSettings | None
    """None also where nothing is said of Kafka."""


def examine_settings(home: Path | None, rules: Path | None) -> tuple[Settings, list[Finding]]:
    """Settings of both deployables; `home` is what was given on the command line."""
    api, findings = _api_settings(home)
    agency, of_agency = _agency_settings(rules)
    kafka, of_kafka = _kafka_settings()
    settings = Settings(home or default_home(), api, agency, kafka)
    return settings, [*_environment(), *findings, *of_agency, *of_kafka, *_agreement(settings)]


def _environment() -> list[Finding]:
    unknown = sorted(name for name in os.environ if name.upper().startswith(OURS) and name.upper() not in KNOWN)
    known = ", ".join(sorted(KNOWN))
    return [
        warning("environment", f"variable {name} is not known and does nothing; remove it, or write one of: {known}")
        for name in unknown
    ]


def _api_settings(home: Path | None) -> tuple[ApiSettings | None, list[Finding]]:
    try:
        settings = load_settings(**({} if home is None else {"home": home}))
    except InputError as error:
        return None, [fault("api-settings", f"{told}; set it right in the environment") for told in error.faults]
    return settings, [ok("api-settings", "the API's settings in the environment can be used")]


def _kafka_settings() -> tuple[KafkaSettings | None, list[Finding]]:
    """Nothing is said where the environment says nothing of Kafka: files do without."""
    not_of_kafka = (DETECTOR_DATABASE, DETECTOR_ACCOUNT)
    if not any(
        name.startswith((KAFKA_PREFIX, DETECTOR_PREFIX)) and not name.startswith(not_of_kafka) for name in os.environ
    ):
        return None, []
    try:
        tell_at_once(load_kafka_settings, load_topic_settings)
    except InputError as error:
        return None, [fault("kafka-settings", f"{told}; set it right in the environment") for told in error.faults]
    return load_kafka_settings(), [ok("kafka-settings", "the settings of Kafka in the environment can be used")]


def _agency_settings(rules: Path | None) -> tuple[AgencySettings | None, list[Finding]]:
    where = "the default settings" if rules is None else str(rules)
    try:
        settings = load_agency_settings(rules)
        settings.sources_for_monitoring()
    except InputError as error:
        return None, [fault("agency-settings", f"{told}; mend the file given with --rules") for told in error.faults]
    return settings, [ok("agency-settings", f"{where}: can be used")]


def knows_timezone(name: str) -> bool:
    """Whether the machine's time zone database has this zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _agreement(settings: Settings) -> list[Finding]:
    """What both deployables must have alike."""
    found = []
    if settings.api is not None and settings.api.home.resolve() != settings.home.resolve():
        found.append(
            warning(
                "home",
                f"the API keeps its files in {settings.api.home} and the detector in {settings.home}, so that each has "
                f"tokens of its own; unset {PREFIX}HOME and set {OURS}HOME for both",
            )
        )
    if (
        settings.api is not None
        and settings.agency is not None
        and settings.agency.timezone != settings.api.timezone.key
    ):
        found.append(
            warning(
                "timezone",
                f"the pages show times in {settings.api.timezone.key} and the detector counts days in "
                f"{settings.agency.timezone}; set {PREFIX}TIMEZONE to the agency's",
            )
        )
    return found
