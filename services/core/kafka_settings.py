"""Environment variables DOELBINDING_KAFKA_* into how clients reach the brokers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, FilePath, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.core.addresses import is_loopback
from services.core.errors import InputError
from services.core.settings import settings_faults

PREFIX = "DOELBINDING_KAFKA_"
WHERE = f"settings ({PREFIX}*)"
DEFAULT_PORT = 9092
LARGEST_PORT = 65_535

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]


class KafkaSettings(BaseSettings):
    """Where the brokers are, and how a client proves who it is; `bootstrap_servers` is a list with commas between."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True, extra="forbid")

    bootstrap_servers: Annotated[tuple[str, ...], NoDecode]
    client_id: str = Field(default="doelbinding", min_length=1)
    security_protocol: Protocol = "PLAINTEXT"
    allow_unencrypted: bool = False
    ssl_cafile: FilePath | None = None
    ssl_certfile: FilePath | None = None
    ssl_keyfile: FilePath | None = None
    ssl_password: SecretStr | None = None
    sasl_mechanism: Mechanism | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: FilePath | None = None
    oauth_token_command: str | None = None
    oauth_token_url: str | None = None
    oauth_client_id: str | None = None
    oauth_client_secret: SecretStr | None = None
    oauth_client_secret_file: FilePath | None = None
    oauth_scope: str = ""

    @field_validator("bootstrap_servers", mode="before")
    @classmethod
    def _one_by_one(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else given

    @field_validator("bootstrap_servers")
    @classmethod
    def _hosts_and_ports(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_is_address, servers)):
            raise ValueError("should be addresses such as kafka-1.example.org:9092, with commas between")
        return servers

    @property
    def encrypted(self) -> bool:
        """Whether the connection is under TLS."""
        return self.security_protocol in {"SSL", "SASL_SSL"}

    @property
    def signs_in(self) -> bool:
        """Whether the client proves who it is with a mechanism of SASL."""
        return self.security_protocol.startswith("SASL_")


def load_kafka_settings(**given: object) -> KafkaSettings:
    """The settings of the environment, with those given before it.

    Raises InputError with all faults at once; values are not repeated.
    """
    named = (name.removeprefix(PREFIX).lower() for name in os.environ if name.startswith(PREFIX))
    unknown = {name: None for name in named if name not in KafkaSettings.model_fields}
    try:
        settings = KafkaSettings.model_validate({**unknown, **given})
    except ValidationError as error:
        raise settings_faults(error, WHERE, KafkaSettings) from error
    if faults := [f"{WHERE}: {fault}" for fault in _clashes(settings)]:
        raise InputError(*faults)
    return settings


def _is_address(server: str) -> bool:
    host, port = _host_and_port(server)
    return bool(host) and not any(map(str.isspace, host)) and port.isdecimal() and 0 < int(port) <= LARGEST_PORT


def _host_and_port(server: str) -> tuple[str, str]:
    """`[::1]:9092`, `kafka-1:9092` or `kafka-1` into its parts."""
    if server.startswith("["):
        host, _, rest = server.removeprefix("[").partition("]")
        return host, rest.removeprefix(":") or str(DEFAULT_PORT)
    host, colon, port = server.rpartition(":")
    return (host, port) if colon else (port, str(DEFAULT_PORT))


def _clashes(settings: KafkaSettings) -> Iterator[str]:
    """What is wrong with settings that are right one by one."""
    far = [server for server in settings.bootstrap_servers if not is_loopback(_host_and_port(server)[0])]
    if far and not settings.encrypted and not settings.allow_unencrypted:
        yield (
            f"security_protocol: {settings.security_protocol} sends lookups of citizens readable over the network; "
            "use SSL or SASL_SSL, or set allow_unencrypted where the network itself is encrypted"
        )
    if (settings.ssl_certfile is None) != (settings.ssl_keyfile is None):
        yield "ssl_certfile and ssl_keyfile: belong together; give both or neither"
    if settings.signs_in:
        yield from _sign_in_clashes(settings)
    elif settings.sasl_mechanism:
        yield f"sasl_mechanism: does nothing under {settings.security_protocol}; use SASL_SSL as security_protocol"


def _sign_in_clashes(settings: KafkaSettings) -> Iterator[str]:
    if settings.sasl_mechanism is None:
        yield f"sasl_mechanism: is missing; {settings.security_protocol} needs it"
    elif settings.sasl_mechanism == "OAUTHBEARER":
        yield from _oauth_clashes(settings)
    else:
        if not settings.sasl_username:
            yield f"sasl_username: is missing; {settings.sasl_mechanism} needs it"
        if (settings.sasl_password is None) == (settings.sasl_password_file is None):
            yield f"sasl_password or sasl_password_file: {settings.sasl_mechanism} needs one of the two"


def _oauth_clashes(settings: KafkaSettings) -> Iterator[str]:
    if (settings.oauth_token_command is None) == (settings.oauth_token_url is None):
        yield "oauth_token_command or oauth_token_url: OAUTHBEARER needs one of the two"
    if settings.oauth_token_url is None:
        return
    if not settings.oauth_token_url.startswith("https://"):
        yield "oauth_token_url: should begin with https://; a secret is sent there"
    if not settings.oauth_client_id:
        yield "oauth_client_id: is missing; oauth_token_url needs it"
    if (settings.oauth_client_secret is None) == (settings.oauth_client_secret_file is None):
        yield "oauth_client_secret or oauth_client_secret_file: oauth_token_url needs one of the two"
