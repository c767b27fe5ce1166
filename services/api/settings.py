"""Environment variables DOELBINDING_API_* into the settings of the API."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator

from services.api.identity.settings import PREFIX, IssuerSettings
from services.api.pages.theme import open_theme
from services.core.addresses import is_loopback
from services.core.settings import default_home, settings_faults

__all__ = ["PREFIX", "ApiSettings", "load_settings"]


class ApiSettings(IssuerSettings):
    """Where the API keeps its data, where it listens and who may sign in; sizes are in bytes."""

    home: Path = Field(default_factory=default_home)
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65_535)
    max_body_size: int = Field(default=64 * 1024 * 1024, ge=1_024)
    reveals_per_day: int = Field(default=10, ge=0)
    """Identities that one reader may have revealed, and people searched for, in 24 hours.

    Above it another person must approve each reveal, and searches are refused.
    """
    timezone: ZoneInfo = ZoneInfo("Europe/Amsterdam")
    theme: Path | None = None
    audit_export: Path | None = None
    reads: Path | None = None
    """A dataset directory to whose lookups reads of signals are added; it goes before a topic of Kafka."""
    reads_seconds: float = Field(default=60.0, gt=0, le=3_600)
    """How often a file of reads is written there, where there are any."""

    @field_validator("host")
    @classmethod
    def _loopback_without_an_issuer(cls, host: str, info: ValidationInfo) -> str:
        told = info.data.get("issuer", "wrong, and told as such")
        if not is_loopback(host) and not (told and host):
            raise ValueError(
                "this address can be reached from other machines, and that needs an OIDC issuer "
                f"({PREFIX}ISSUER); without one use 127.0.0.1, ::1 or localhost"
            )
        return host

    @field_validator("theme")
    @classmethod
    def _whole(cls, theme: Path | None) -> Path | None:
        open_theme(theme)
        return theme

    @field_validator("reads")
    @classmethod
    def _folder(cls, reads: Path | None) -> Path | None:
        if reads is not None and not (reads.is_dir() and os.access(reads, os.W_OK | os.X_OK)):
            raise ValueError("should be a folder that is there and can be written: the dataset that the detector reads")
        return reads

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; by default the SQLite file `api.sqlite` in the home folder."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.home / 'api.sqlite'}"
        return self.database_url.get_secret_value()

    @property
    def audit_roots(self) -> Path:
        """The file outside the database that signed roots of the audit trail are added to."""
        return self.audit_export or self.home / "audit-roots.ndjson"

    @property
    def embedded(self) -> bool:
        """Whether the database is the API's own file, which it may bring up to date by itself."""
        return self.database_url is None


def load_settings(**given: object) -> ApiSettings:
    """The settings of the environment, with what was given on the command line before it.

    Raises InputError with all faults at once; values are not repeated.
    """
    try:
        return ApiSettings.model_validate(given)
    except ValidationError as error:
        raise settings_faults(error, f"settings ({PREFIX}*)", ApiSettings) from error
