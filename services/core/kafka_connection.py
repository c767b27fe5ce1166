"""Settings into what a client of Kafka needs to connect: addresses, certificates, and how it signs in."""

from __future__ import annotations

import shlex
import ssl
from pathlib import Path

from pydantic import SecretStr

from services.core.client_credentials import ClientCredentials
from services.core.errors import InputError
from services.core.kafka_settings import WHERE, KafkaSettings
from services.core.kafka_tokens import CommandTokens, IssuerTokens
from services.core.secret_file import read_secret


def connection(settings: KafkaSettings) -> dict[str, object]:
    """Keyword arguments that KafkaConsumer, KafkaProducer and KafkaAdminClient have in common.

    Raises InputError where a certificate, a key, a command or a file with a secret cannot be used.
    """
    return {
        "bootstrap_servers": list(settings.bootstrap_servers),
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
        **({"ssl_context": _tls(settings)} if settings.encrypted else {}),
        **(_sign_in(settings) if settings.signs_in else {}),
    }


def _tls(settings: KafkaSettings) -> ssl.SSLContext:
    """Checks the broker's certificate and name, always; from TLS 1.2."""
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"{WHERE}: ssl_cafile: holds no certificates in PEM form") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ssl_certfile and settings.ssl_keyfile:
        # an empty password keeps OpenSSL from asking for one on the terminal
        password = settings.ssl_password.get_secret_value() if settings.ssl_password else ""
        try:
            context.load_cert_chain(settings.ssl_certfile, settings.ssl_keyfile, password)
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                f"{WHERE}: ssl_certfile, ssl_keyfile, ssl_password: do not open a certificate with its key in PEM form"
            ) from error
    return context


def _sign_in(settings: KafkaSettings) -> dict[str, object]:
    if settings.sasl_mechanism == "OAUTHBEARER":
        return {"sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": _tokens(settings)}
    return {
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.sasl_username,
        "sasl_plain_password": _secret(settings.sasl_password, settings.sasl_password_file, "sasl_password_file"),
    }


def _tokens(settings: KafkaSettings) -> IssuerTokens | CommandTokens:
    if settings.oauth_token_command:
        return CommandTokens(_words(settings.oauth_token_command))
    secret = _secret(settings.oauth_client_secret, settings.oauth_client_secret_file, "oauth_client_secret_file")
    return IssuerTokens(
        ClientCredentials(
            settings.oauth_token_url or "",
            settings.oauth_client_id or "",
            secret,
            settings.oauth_scope,
            purpose="Kafka",
        )
    )


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"{WHERE}: oauth_token_command: a quote is not closed") from error
    if not words:
        raise InputError(f"{WHERE}: oauth_token_command: is empty; give a command that prints a token")
    return words


def _secret(given: SecretStr | None, file: Path | None, name: str) -> str:
    if given is not None:
        return given.get_secret_value()
    if file is None:
        raise InputError(f"{WHERE}: {name}: is missing")
    return read_secret(file, WHERE, name)
