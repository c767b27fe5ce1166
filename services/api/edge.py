"""Every request and answer at the border: size limit, headers, metrics, and no failure that tells too much."""

from __future__ import annotations

import time
from http import HTTPStatus
from traceback import extract_tb

import structlog
from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.parts import Parts
from services.api.problems import problem

log = structlog.get_logger()

API_VERSION = "1.0.0"
HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # not `no-referrer`: browsers then send `Origin: null` with our own forms, and their origin is checked
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

ENCODED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
NAMES = frozenset(name for name, _ in ENCODED)
OWN_WORD = frozenset({"Cache-Control"})
"""Headers that an answer may give itself: files of the pages with a fingerprint in their address may be kept."""


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bodiless = scope["method"] == "HEAD"
        if bodiless:
            scope = {**scope, "method": "GET"}  # a copy: the server has to know what was asked
        exchange = Exchange(scope, receive, send, self._parts.settings.max_body_size, bodiless=bodiless)
        began = time.perf_counter()
        try:
            await self._answer(exchange)
        finally:
            self._count(scope, exchange.status, time.perf_counter() - began)

    async def _answer(self, exchange: Exchange) -> None:
        if exchange.announced > exchange.most:
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, exchange.too_large)(
                exchange.scope, exchange.receive, exchange.send
            )
            return
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever went wrong, the asker learns no details
            place = extract_tb(error.__traceback__)[-1]
            log.error("request-failed", error=type(error).__name__, at=f"{place.filename}:{place.lineno}")
            if exchange.status == 0:
                answer = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed here; it has been logged.")
                await answer(exchange.scope, exchange.receive, exchange.send)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if route != "unmatched" else "any"
        self._parts.metrics.requests.labels(method, route, str(status)).inc()
        self._parts.metrics.duration.labels(method, route).observe(seconds)


class Exchange:
    """One request and its answer, with the body bounded and the headers added; bodiless answers HEAD (RFC 9110)."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most: int, *, bodiless: bool = False) -> None:
        self.scope = scope
        self._bodiless = bodiless
        self._ended = False
        self.most = most
        self.status = 0
        self.too_large = f"The body must not be larger than {most} bytes."
        announced = Headers(scope=scope).get("content-length", "")
        self.announced = int(announced) if announced.isdigit() and len(announced) < 20 else 0
        self._receive = receive
        self._send = send
        self._received = 0

    async def receive(self) -> Message:
        """The next part of the body. Raises HTTPException 413 once there is too much of it."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self.most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self.too_large)
        return message

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            _add_headers(message)
        elif self._bodiless:
            if self._ended:
                return
            self._ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)


def _add_headers(message: Message) -> None:
    """Ours to those of the answer, of which few give one of ours themselves."""
    given = message["headers"]
    if NAMES.isdisjoint([name for name, _ in given]):
        message["headers"] = [*given, *ENCODED]
        return
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        if name not in OWN_WORD or name not in headers:
            headers[name] = value
