"""A browser that wants to sign in into a question to the issuer, and the issuer's answer into a person.

Authorization code with PKCE (RFC 7636), state and nonce. What has to be known at the way back travels in a sealed
cookie of a few minutes, so that nothing is kept here of a sign-in that is never finished.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlencode

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.api.identity.claims import Person
from services.api.identity.errors import IssuerAwayError, IssuerRefusedError
from services.api.identity.issuer import Issuer
from services.api.identity.verifying import Wanted

HANDSHAKE = "doelbinding-handshake"
"""The cookie of a sign-in that is under way."""
SIGN_IN = "/sign-in"
CALLBACK = "/sign-in/callback"
LASTS = timedelta(minutes=10)
NONCE_BYTES = 12
OF_COOKIE = b"handshake"
ID_TOKEN = ("jwt", "")
"""Types of an ID token: the standard asks for none."""


class SignInError(Exception):
    """What came back is not the answer to a question that this browser asked."""


class Handshake(msgspec.Struct, frozen=True, array_like=True):
    """What a sign-in has to remember until the browser is back; `ends` in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    place: str
    ends: int


class Login:
    """Signs people in at one issuer, as one of its clients."""

    def __init__(self, issuer: Issuer, key: bytes) -> None:
        self._issuer = issuer
        self._settings = issuer.settings
        self._cipher = AESGCM(hmac.digest(key, OF_COOKIE, "sha256"))

    @property
    def client(self) -> str:
        """The name of this API at the issuer."""
        return self._settings.client_id or ""

    @property
    def callback(self) -> str:
        """Where the issuer sends browsers back to, exactly as it must know it."""
        return self._address(CALLBACK)

    async def begin(self, place: str, now: datetime) -> tuple[str, str]:
        """Where the browser goes, and its cookie meanwhile. Raises IssuerAwayError."""
        endpoint = await self._endpoint("authorization_endpoint")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        shake = Handshake(state, nonce, verifier, place, int((now + LASTS).timestamp()))
        challenge = urlsafe_b64encode(sha256(shake.verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.callback,
            "scope": self._settings.scope,
            "state": shake.state,
            "nonce": shake.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(question)}", self._seal(shake)

    async def finish(self, cookie: str, answer: Mapping[str, str], now: datetime) -> tuple[Person, str]:
        """Who signed in, and the page that was asked for.

        Raises SignInError for an answer to another question, BadTokenError or NoRoleError for what the issuer says of
        the person, IssuerAwayError if it does not answer as it should.
        """
        shake = self._open(cookie)
        if now.timestamp() >= shake.ends or not hmac.compare_digest(
            answer.get("state", "").encode(), shake.state.encode()
        ):
            raise SignInError
        if answer.get("iss", self._settings.issuer) != self._settings.issuer or not answer.get("code"):
            raise SignInError
        token = await self._id_token(answer["code"], shake.verifier)
        return await self._issuer.person(token, Wanted(ID_TOKEN, self.client), shake.nonce), shake.place

    async def sign_out_url(self) -> str | None:
        """Where the session at the issuer ends (OpenID Connect RP-Initiated Logout 1.0), which leads back to us.

        The ID token as a hint would have to be kept until then, and stand in an address: the client's name does too.
        Null where the settings say so, or the issuer names no such place or does not answer.
        """
        if not self._settings.sign_out_at_issuer:
            return None
        try:
            endpoint = await self._endpoint("end_session_endpoint")
        except IssuerAwayError:
            return None
        told = urlencode({"client_id": self.client, "post_logout_redirect_uri": self._address(SIGN_IN)})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{told}"

    def _address(self, path: str) -> str:
        return (self._settings.public_url or "").rstrip("/") + path

    async def _id_token(self, code: str, verifier: str) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": verifier,
        }
        secret, account = self._settings.client_secret, None
        if secret is None:
            fields["client_id"] = self.client
        else:
            account = (quote(self.client, safe=""), quote(secret.get_secret_value(), safe=""))
        endpoint = await self._endpoint("token_endpoint")
        try:
            told = await self._issuer.fetcher.post_form(endpoint, fields, account)
        except IssuerRefusedError as error:
            raise SignInError from error
        token = told.get("id_token")
        if not isinstance(token, str):
            raise IssuerAwayError("it gave no ID token")
        return token

    async def _endpoint(self, name: str) -> str:
        endpoint = (await self._issuer.keys.published()).endpoints.get(name)
        if endpoint is None:
            raise IssuerAwayError(f"its configuration names no {name} with https")
        return endpoint

    def _seal(self, shake: Handshake) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, msgspec.json.encode(shake), OF_COOKIE)
        return urlsafe_b64encode(nonce + sealed).decode()

    def _open(self, cookie: str) -> Handshake:
        try:
            sealed = urlsafe_b64decode(cookie.encode("ascii"))
            opened = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], OF_COOKIE)
        except (ValueError, InvalidTag) as error:
            raise SignInError from error
        return msgspec.json.decode(opened, type=Handshake)
