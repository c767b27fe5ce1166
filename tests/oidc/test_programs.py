"""The detector and the nightly load of interests sign in at a real provider, and need no local token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.client_credentials import ClientCredentials, with_token
from services.core.client_settings import DETECTOR, INTERESTS
from services.core.vault_keys import make_pair
from tests.oidc.provider import AUDIENCE, SECRET, Provider
from tests.unit.command_line import run, small_dataset


@pytest.fixture
def served(tmp_path: Path, provider: Provider) -> Iterator[str]:
    """The address of an API beside the provider, whose home folder is not that of the programs."""
    provider.back()
    settings = load_settings(home=tmp_path / "api", port=0, issuer=provider.issuer, audience=AUDIENCE)
    with EmbeddedApi(settings) as api:
        yield api.url


@pytest.fixture
def account(provider: Provider, monkeypatch: pytest.MonkeyPatch):
    """A program's account at the provider, in its settings."""

    def set_up(prefix: str, role: str, secret: str = SECRET) -> None:
        told = {"TOKEN_URL": f"{provider.issuer}/token", "CLIENT_ID": f"service-{role}", "CLIENT_SECRET": secret}
        for name, value in told.items():
            monkeypatch.setenv(f"{prefix}{name}", value)

    return set_up


def detected(tmp_path: Path, api: str, *further: str) -> int:
    dataset = small_dataset(tmp_path / "agency")
    make_pair(tmp_path / "home")
    return run("detect", dataset, "--api", api, "--home", tmp_path / "home", "--metrics-port", 0, "--json", *further)


@pytest.mark.slow
def test_the_detector_delivers_with_the_token_of_its_account(tmp_path, served, account, provider, capsys):
    account(DETECTOR, "detector")
    before = provider.asked("/token")
    assert detected(tmp_path, served) == 0
    assert '"revisions": 1' in capsys.readouterr().out
    assert provider.asked("/token") == before + 1
    assert not (tmp_path / "home" / "tokens.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "secret", "why"),
    [("detector", "another secret", "answered 401, invalid_client"), ("lead", SECRET, "one of the role detector")],
)
def test_an_account_that_may_not_deliver_is_told(tmp_path, served, account, capsys, role, secret, why):
    account(DETECTOR, role, secret)
    assert detected(tmp_path, served, "--patience", "0.5") == 1
    told = capsys.readouterr().err
    assert why in told
    assert secret not in told


@pytest.mark.slow
def test_the_doctor_says_whether_the_account_of_the_detector_is_taken(tmp_path, served, account, capsys, monkeypatch):
    examined = ("doctor", "--api", served, "--home", tmp_path / "api", "--json")
    account(DETECTOR, "detector")
    run(*examined)
    assert "knows the detector's token" in capsys.readouterr().out
    account(DETECTOR, "detector", "another secret")
    run(*examined)
    assert "invalid_client" in capsys.readouterr().out
    for name in ("TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"{DETECTOR}{name}")
    run(*examined)
    assert f"give the detector an account there ({DETECTOR}*)" in capsys.readouterr().out


@pytest.mark.slow
def test_interests_are_loaded_with_the_token_of_an_account_of_its_own(tmp_path, served, account, capsys):
    dataset = small_dataset(tmp_path / "agency")
    (tmp_path / "readers").write_text("e1\n")
    loading = ("interests", dataset, "--readers", tmp_path / "readers", "--api", served, "--home", tmp_path / "home")
    account(INTERESTS, "admin")
    assert run(*loading) == 0
    assert capsys.readouterr().out.startswith("Loaded: ")
    account(INTERESTS, "lead")
    assert run(*loading) == 1
    assert f"or {INTERESTS}* be an account of it" in capsys.readouterr().err


def test_a_token_that_the_api_does_not_take_any_more_is_replaced(served, provider):
    """The kept one was made for others; the one that is asked for in its place is taken."""
    credentials = ClientCredentials(f"{provider.issuer}/token", "service-soc", SECRET, purpose="the API")
    held = credentials.token()
    sent: list[str] = []

    def send(token: str) -> httpx.Response:
        sent.append(token if len(sent) else "spoilt")
        return httpx.get(f"{served}/v1/aggregates", headers={"Authorization": f"Bearer {sent[-1]}"})

    assert with_token(credentials, send).status_code == 200
    assert len(sent) == 2
    assert sent[1] != held


def test_the_document_of_the_api_tells_clients_where_to_sign_in(served, provider):
    told = httpx.get(f"{served}/v1/openapi.json").json()
    place = told["components"]["securitySchemes"]["issuer"]["openIdConnectUrl"]
    assert httpx.get(place).json()["issuer"] == provider.issuer
    assert told["paths"]["/signals"]["get"]["security"] == [{"bearer": []}, {"issuer": []}]
    assert told["paths"]["/health/live"]["get"]["security"] == []
