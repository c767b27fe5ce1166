"""Environment variables DOELBINDING_API_* into the settings of the issuer at which people and services sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.core.addresses import is_safe

PREFIX = "DOELBINDING_API_"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the issuer can make; with HS256 whoever can check a token could make one."""
TOKEN_TYPES = ("at+jwt", "JWT")
CLAIM = re.compile(r"[^\s.]{1,200}(\.[^\s.]{1,200}){0,5}")
Words = Annotated[tuple[str, ...], NoDecode]


class IssuerSettings(BaseSettings):
    """Which issuer's tokens are taken, and how they tell who somebody is; without an issuer local accounts are used."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    issuer: str | None = None
    audience: str | None = Field(default=None, validate_default=True)
    algorithms: Words = ("RS256", "PS256", "ES256")
    token_types: Words = ("at+jwt",)
    clock_skew_seconds: int = Field(default=30, ge=0, le=120)
    role_claim: str = "roles"
    employee_claim: str = "employee_id"
    local_detector: bool = False
    public_url: str | None = None
    client_id: str | None = Field(default=None, validate_default=True)
    client_secret: SecretStr | None = None
    scope: str = "openid"
    sign_out_at_issuer: bool = True

    @field_validator("issuer")
    @classmethod
    def _reached_safely(cls, issuer: str | None) -> str | None:
        if issuer is not None and (not is_safe(issuer) or urlsplit(issuer).query):
            raise ValueError("should be the issuer's address, as https://HOST or https://HOST/PATH")
        return issuer

    @field_validator("audience")
    @classmethod
    def _for_us(cls, audience: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("issuer") and not audience:
            raise ValueError("is missing: tokens that the issuer made for others would be taken as well")
        return audience

    @field_validator("algorithms", "token_types", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("algorithms", "token_types")
    @classmethod
    def _known(cls, words: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = ALGORITHMS if info.field_name == "algorithms" else TOKEN_TYPES
        if not words or set(words) - set(known):
            raise ValueError(f"should be one or more of {', '.join(known)}")
        return words

    @field_validator("role_claim", "employee_claim")
    @classmethod
    def _a_path(cls, claim: str) -> str:
        if not CLAIM.fullmatch(claim):
            raise ValueError("should be the name of a claim; names within names are joined by dots: realm_access.roles")
        return claim

    @field_validator("client_id")
    @classmethod
    def _can_sign_in(cls, client: str | None, info: ValidationInfo) -> str | None:
        if client is not None and (faults := list(_client_faults(client, info))):
            raise ValueError("; ".join(faults))
        return client

    @field_validator("scope")
    @classmethod
    def _openid(cls, scope: str) -> str:
        if "openid" not in scope.split():
            raise ValueError("should be words of which one is openid")
        return scope


def _client_faults(client: str, info: ValidationInfo) -> Iterator[str]:
    """What is wrong beside the client's own name; what failed itself is told already and not in `info.data`."""
    told = info.data
    if "issuer" in told and not told["issuer"]:
        yield "signing in needs an issuer as well"
    public_url = told.get("public_url")
    if not public_url or not is_safe(public_url) or urlsplit(public_url).path.strip("/"):
        yield f"signing in needs {PREFIX}PUBLIC_URL, the address of these pages, as https://HOST"
    if "JWT" in told.get("token_types", ()) and client == told.get("audience"):
        yield "must differ from the audience where tokens of type JWT are taken: ID tokens would be access tokens"
