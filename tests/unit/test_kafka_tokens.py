"""Tokens with which a client of Kafka signs in, from a command and from an issuer."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from services.core.errors import DoelbindingError
from services.core.kafka_tokens import ClientCredentials, CommandTokens


class Issuer:
    """Gives tokens by number, good for two minutes; `answer` replaces them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.answer: bytes | None = None

    def told(self, account: str, form: dict[str, list[str]]) -> bytes:
        self.asked.append((account, form))
        return self.answer or json.dumps({"access_token": f"token-{len(self.asked)}", "expires_in": 120}).encode()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def url(issuer: Issuer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = issuer.told(b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode(), form)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/token"
        server.shutdown()
        thread.join()


def test_an_issuer_is_asked_with_the_account_and_the_scope(issuer, url):
    assert ClientCredentials(url, "detector", "ge:heim", "lookups").token() == "token-1"
    assert issuer.asked == [("detector:ge%3Aheim", {"grant_type": ["client_credentials"], "scope": ["lookups"]})]


def test_a_token_is_kept_until_a_minute_before_its_end(url):
    moments = iter([0.0, 0.0, 59.0, 60.0, 60.0])
    tokens = ClientCredentials(url, "detector", "geheim", monotonic=lambda: next(moments))
    assert [tokens.token() for _ in range(3)] == ["token-1", "token-1", "token-2"]


@pytest.mark.parametrize("answer", [b"no JSON", b"{}", b"[]", b'{"access_token": "t", "expires_in": "soon"}'])
def test_an_answer_without_a_token_is_told_without_what_it_holds(issuer, url, answer):
    issuer.answer = answer
    with pytest.raises(DoelbindingError, match=r"^the issuer gave no token for Kafka \(\w+\)$"):
        ClientCredentials(url, "detector", "geheim").token()


def test_what_a_command_prints_is_the_token():
    assert CommandTokens([sys.executable, "-c", "print('token-1')"]).token() == "token-1"


@pytest.mark.parametrize(
    ("program", "told"), [("raise SystemExit(3)", "failed"), ("pass", "printed nothing"), (None, "failed")]
)
def test_a_command_without_a_token_is_told(program, told):
    command = ["no-such-command"] if program is None else [sys.executable, "-c", program]
    with pytest.raises(DoelbindingError, match=told):
        CommandTokens(command).token()
