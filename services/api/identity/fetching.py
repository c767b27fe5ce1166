"""Addresses of the issuer into the JSON that it answers, within a few seconds and a few hundred kilobytes."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import msgspec

from services.api.identity.errors import IssuerAwayError, IssuerRefusedError

TIMEOUT = httpx.Timeout(3.0)
"""Seconds; requests wait for it while the keys of the issuer are not known."""
LARGEST = 512 * 1024
JsonObject = Mapping[str, object]


class Fetcher:
    """Asks the issuer, without following it elsewhere; the connections are closed by `close`."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, transport=transport)

    async def get(self, url: str) -> JsonObject:
        """The object at an address. Raises IssuerAwayError."""
        return await self._asked(self._client.build_request("GET", url, headers={"Accept": "application/json"}))

    async def post_form(
        self, url: str, fields: Mapping[str, str], account: tuple[str, str] | None = None
    ) -> JsonObject:
        """What is answered to a form, sent with the account of a client if there is one.

        Raises IssuerAwayError, and IssuerRefusedError for a fault in the form.
        """
        request = self._client.build_request("POST", url, data=dict(fields), headers={"Accept": "application/json"})
        if account is not None:
            request = next(httpx.BasicAuth(*account).auth_flow(request))
        return await self._asked(request)

    async def close(self) -> None:
        """Ends what connections there are."""
        await self._client.aclose()

    async def _asked(self, request: httpx.Request) -> JsonObject:
        try:
            answer = await self._client.send(request, stream=True)
            try:
                body = await _bounded(answer)
            finally:
                await answer.aclose()
            if answer.status_code == httpx.codes.BAD_REQUEST:
                raise IssuerRefusedError("answered 400")
            if answer.status_code != httpx.codes.OK:
                raise IssuerAwayError(f"answered {answer.status_code}")
            return msgspec.json.decode(body, type=dict[str, object])
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise IssuerAwayError(type(error).__name__) from error


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise IssuerAwayError("answered too much")
    return bytes(body)
