"""Environment variables ..._OAUTH_* of a program's account at an issuer, or a local token, into its way to sign in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, ValidationError

from services.core.addresses import is_safe
from services.core.client_credentials import ClientCredentials, Token
from services.core.errors import InputError
from services.core.secret_file import read_secret
from services.core.settings import settings_faults
from services.core.tokens import open_tokens

DETECTOR = "DOELBINDING_DETECTOR_OAUTH_"
INTERESTS = "DOELBINDING_INTERESTS_OAUTH_"


class ClientSettings(BaseModel):
    """A program's account at the issuer of the API; without `token_url` there is none."""

    model_config = ConfigDict(hide_input_in_errors=True, frozen=True, extra="forbid")

    token_url: str | None = None
    client_id: str = Field(default="", max_length=255)
    client_secret: SecretStr | None = None
    client_secret_file: FilePath | None = None
    scope: str = ""
    audience: str = ""


def load_client_settings(prefix: str) -> ClientSettings:
    """The settings of the environment. Raises InputError with all faults at once; values are not repeated."""
    where = f"settings ({prefix}*)"
    given = {name.removeprefix(prefix).lower(): value for name, value in os.environ.items() if name.startswith(prefix)}
    try:
        settings = ClientSettings.model_validate(given)
    except ValidationError as error:
        raise settings_faults(error, where, ClientSettings) from error
    if faults := [f"{where}: {fault}" for fault in _clashes(settings, given)]:
        raise InputError(*faults)
    return settings


def open_account(prefix: str, home: Path, role: str) -> Token:
    """What a program signs in to the API with: the account of its settings, else the local token of its role.

    Raises InputError where either cannot be used.
    """
    settings = load_client_settings(prefix)
    if settings.token_url is None:
        return open_tokens(home / "tokens.json")[role]
    return ClientCredentials(
        settings.token_url,
        settings.client_id,
        _secret(settings, prefix),
        settings.scope,
        settings.audience,
        purpose="the API",
    )


def _clashes(settings: ClientSettings, given: dict[str, str]) -> Iterator[str]:
    """What is wrong with settings that are right one by one."""
    if settings.token_url is None:
        if given:
            yield "token_url: is missing; the others do nothing without it"
        return
    if not is_safe(settings.token_url):
        yield "token_url: should begin with https:// (or be on this machine); a secret is sent there"
    if not settings.client_id:
        yield "client_id: is missing; token_url needs it"
    if (settings.client_secret is None) == (settings.client_secret_file is None):
        yield "client_secret or client_secret_file: token_url needs one of the two"


def _secret(settings: ClientSettings, prefix: str) -> str:
    if settings.client_secret is not None:
        return settings.client_secret.get_secret_value()
    file = settings.client_secret_file
    assert file is not None  # noqa: S101 - the settings have one of the two
    return read_secret(file, f"settings ({prefix}*)", "client_secret_file")
