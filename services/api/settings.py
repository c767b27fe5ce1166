"""Environment variables DOELBINDING_API_* into the settings of the API."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.addresses import is_loopback
from services.core.settings import default_home, settings_faults

PREFIX = "DOELBINDING_API_"


class ApiSettings(BaseSettings):
    """Where the API keeps its data and where it listens; sizes are in bytes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    home: Path = Field(default_factory=default_home)
    database_url: SecretStr | None = None
    issuer: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65_535)
    max_body_size: int = Field(default=64 * 1024 * 1024, ge=1_024)
    timezone: ZoneInfo = ZoneInfo("Europe/Amsterdam")
    audit_export: Path | None = None

    @field_validator("issuer")
    @classmethod
    def _no_issuer_yet(cls, issuer: str | None) -> str | None:
        if issuer is not None:
            raise ValueError("signing in through an OIDC issuer is not supported yet; leave it unset and use loopback")
        return issuer

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if not is_loopback(host):
            raise ValueError(
                "this address can be reached from other machines, and that needs an OIDC issuer "
                f"({PREFIX}ISSUER), which is not supported yet; use 127.0.0.1, ::1 or localhost"
            )
        return host

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
