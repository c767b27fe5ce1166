"""Access tokens for a program that has an account at an issuer."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import httpx
import pytest

from services.core.client_credentials import ClientCredentials, ClientRefusedError, TokenUnavailableError, with_token
from services.core.client_settings import DETECTOR, load_client_settings, open_account
from services.core.errors import InputError
from services.core.tokens import open_tokens


class Issuer:
    """Gives tokens by number, good for two minutes; `answer` replaces them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.answer: bytes | None = None
        self.status = 200
        self.headers: dict[str, str] = {}

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
            self.send_response(issuer.status)
            for name, value in issuer.headers.items():
                self.send_header(name, value)
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


def credentials(url: str, **given: object) -> ClientCredentials:
    return ClientCredentials(url, "detector", "ge:heim", purpose="the API", **given)


def test_an_issuer_is_asked_with_the_account_the_scope_and_the_audience(issuer, url):
    assert credentials(url, scope="signals", audience="doelbinding").token() == "token-1"
    form = {"grant_type": ["client_credentials"], "scope": ["signals"], "audience": ["doelbinding"]}
    assert issuer.asked == [("detector:ge%3Aheim", form)]


def test_a_token_is_kept_until_a_minute_before_its_end(url):
    moments = iter([0.0, 0.0, 59.0, 60.0, 60.0])
    tokens = credentials(url, monotonic=lambda: next(moments))
    assert [tokens.token() for _ in range(3)] == ["token-1", "token-1", "token-2"]


def test_a_token_that_is_not_taken_is_replaced_once(issuer, url):
    sent: list[str] = []

    def send(token: str) -> httpx.Response:
        sent.append(token)
        return httpx.Response(401)

    tokens = credentials(url)
    assert with_token(tokens, send).status_code == 401
    assert sent == ["token-1", "token-2"]
    assert tokens.token() == "token-2"
    tokens.forget("token-1")
    assert (tokens.token(), len(issuer.asked)) == ("token-2", 2)


def test_a_token_that_is_always_the_same_is_sent_once():
    sent: list[str] = []
    with_token("local", lambda token: sent.append(token) or httpx.Response(401))
    assert sent == ["local"]


@pytest.mark.parametrize(
    "answer",
    [
        b"no JSON",
        b"{}",
        b"[]",
        b'{"access_token": null}',
        b'{"access_token": "a\\nb"}',
        b'{"access_token": "t", "expires_in": "soon"}',
    ],
)
def test_an_answer_without_a_token_is_told_without_what_it_holds(issuer, url, answer):
    issuer.answer = answer
    with pytest.raises(TokenUnavailableError, match=r"^the issuer gave no token for the API \(\w+\)$"):
        credentials(url).token()


def test_a_client_that_is_refused_is_told_with_the_code_of_the_standard_alone(issuer, url):
    issuer.status, issuer.answer = 401, b'{"error": "invalid_client", "error_description": "ge:heim is wrong"}'
    with pytest.raises(ClientRefusedError) as told:
        credentials(url).token()
    assert "(answered 401, invalid_client)" in str(told.value)
    assert "heim" not in str(told.value)
    issuer.answer = b'{"error": "Ge:heim"}'
    with pytest.raises(ClientRefusedError, match=r"\(answered 401\)"):
        credentials(url).token()


@pytest.mark.parametrize(("status", "headers"), [(503, {}), (302, {"Location": "http://127.0.0.1:1/"})])
def test_an_issuer_that_is_busy_or_points_elsewhere_gives_no_token(issuer, url, status, headers):
    issuer.status, issuer.headers = status, headers
    with pytest.raises(TokenUnavailableError, match=f"answered {status}"):
        credentials(url).token()
    assert len(issuer.asked) == 1


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"{DETECTOR}{name.upper()}", value)


def test_without_an_account_a_program_signs_in_with_its_local_token(tmp_path):
    assert open_account(DETECTOR, tmp_path, "detector") == open_tokens(tmp_path / "tokens.json")["detector"]


def test_an_account_has_its_secret_in_a_variable_or_in_a_file_of_its_own(monkeypatch, tmp_path, issuer, url):
    file = tmp_path / "secret"
    file.write_text("of the file\n")
    file.chmod(0o600)
    settings(monkeypatch, token_url=url, client_id="d", client_secret_file=str(file))
    assert open_account(DETECTOR, tmp_path, "detector").token() == "token-1"
    assert issuer.asked[0][0] == "d:of%20the%20file"
    assert list(tmp_path.iterdir()) == [file]
    file.chmod(0o644)
    with pytest.raises(InputError, match="others than its owner"):
        open_account(DETECTOR, tmp_path, "detector")


def test_every_fault_of_an_account_is_told_at_once_and_no_value(monkeypatch):
    settings(monkeypatch, client_secret="geheim")
    with pytest.raises(InputError, match="token_url: is missing"):
        load_client_settings(DETECTOR)
    settings(monkeypatch, token_url="http://sign-in.example.org/token", client_secret_file=__file__)
    with pytest.raises(InputError) as told:
        load_client_settings(DETECTOR)
    assert [fault.split("): ")[1].split(":")[0] for fault in told.value.faults] == [
        "token_url",
        "client_id",
        "client_secret or client_secret_file",
    ]
    settings(monkeypatch, clientid="x")
    with pytest.raises(InputError, match="did you mean client_id"):
        load_client_settings(DETECTOR)
    assert "geheim" not in str(told.value)
