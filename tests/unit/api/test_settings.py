"""Where the API may listen, and how wrong settings are told."""

import pytest

from services.api.settings import load_settings
from services.core.errors import InputError


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path))


def test_by_default_it_listens_on_loopback_and_keeps_a_file_in_the_home_folder(tmp_path):
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8600)
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path}/api.sqlite"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_every_loopback_address_is_fine(host):
    assert load_settings(host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "intake.example.org", ""])
def test_an_address_that_others_can_reach_is_refused(host):
    with pytest.raises(InputError, match="needs an OIDC issuer"):
        load_settings(host=host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4"])
def test_with_an_issuer_others_may_reach_it(host):
    assert load_settings(host=host, issuer="https://sign-in.example.org", audience="doelbinding").host == host


def test_all_faults_are_told_at_once_without_the_values(monkeypatch):
    monkeypatch.setenv("DOELBINDING_API_PORT", "eighty")
    monkeypatch.setenv("DOELBINDING_API_HOST", "203.0.113.9")
    monkeypatch.setenv("DOELBINDING_API_TIMEZONE", "Europe/Nowhere")
    with pytest.raises(InputError) as told:
        load_settings()
    assert len(told.value.faults) == 3
    assert not any(value in str(told.value) for value in ("eighty", "203.0.113.9"))


def test_the_command_line_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("DOELBINDING_API_PORT", "8000")
    assert load_settings(port=9000).port == 9000


def test_a_password_in_the_database_url_is_not_shown():
    settings = load_settings(database_url="postgresql+psycopg://api:s3cr3t@db/api")
    assert "s3cr3t" not in repr(settings)
    assert not settings.embedded
