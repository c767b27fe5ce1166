"""The settings of an issuer: what cannot be safe or cannot work is refused, all of it at once."""

import pytest

from services.api.settings import load_settings
from services.core.errors import InputError

ISSUER = {"issuer": "https://sign-in.example.org/realms/bureau", "audience": "doelbinding"}
CLIENT = ISSUER | {"client_id": "pages", "public_url": "https://intake.example.org"}


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path))


def faults(**given):
    with pytest.raises(InputError) as told:
        load_settings(**given)
    return [fault.split(": ", 1)[1] for fault in told.value.faults]


def test_what_is_left_out_is_strict():
    settings = load_settings(**ISSUER)
    assert settings.algorithms == ("RS256", "PS256", "ES256")
    assert settings.token_types == ("at+jwt",)
    assert settings.local_detector is False


@pytest.mark.parametrize(
    "issuer", ["https://a.example", "http://127.0.0.1:9000", "http://localhost/x", "https://a/b/c"]
)
def test_an_issuer_is_reached_by_https_or_on_this_machine(issuer):
    assert load_settings(issuer=issuer, audience="x").issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://sign-in.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "sign-in.example.org",
        "https://",
        "https://user:secret@sign-in.example.org",
        "https://sign-in.example.org/#x",
        "https://sign-in.example.org/?x=1",
        "https://sign-in.example.org/a b",
        "https://[::1",
        "",
    ],
)
def test_an_issuer_that_anybody_could_play_is_refused(issuer):
    (fault,) = faults(issuer=issuer, audience="x")
    assert "should be the issuer's address" in fault
    assert "secret" not in fault


@pytest.mark.parametrize("audience", [None, ""])
def test_without_an_audience_tokens_for_others_would_be_taken(audience):
    (fault,) = faults(issuer=ISSUER["issuer"], audience=audience)
    assert fault.startswith("audience: is missing")


@pytest.mark.parametrize("algorithms", ["HS256", "none", "RS256 HS256", "RS256,none", "", "rs256", "EdDSA"])
def test_algorithms_with_a_shared_secret_or_without_a_key_are_refused(algorithms):
    (fault,) = faults(**ISSUER, algorithms=algorithms)
    assert fault.startswith("algorithms: should be one or more of RS256")


def test_words_are_read_from_the_environment_with_spaces_or_commas(monkeypatch):
    monkeypatch.setenv("DOELBINDING_API_ALGORITHMS", "ES256, PS512")
    monkeypatch.setenv("DOELBINDING_API_TOKEN_TYPES", "at+jwt JWT")
    settings = load_settings(**ISSUER)
    assert settings.algorithms == ("ES256", "PS512")
    assert settings.token_types == ("at+jwt", "JWT")


@pytest.mark.parametrize("types", ["id+jwt", "", "at+jwt *"])
def test_other_types_of_tokens_are_refused(types):
    (fault,) = faults(**ISSUER, token_types=types)
    assert fault.startswith("token_types: should be one or more of")


@pytest.mark.parametrize("skew", [-1, 121, "much"])
def test_clocks_may_not_differ_by_much(skew):
    assert len(faults(**ISSUER, clock_skew_seconds=skew)) == 1


@pytest.mark.parametrize("claim", ["", ".", "a..b", "a b", ".a", "a.", "a.b.c.d.e.f.g"])
@pytest.mark.parametrize("setting", ["role_claim", "employee_claim"])
def test_a_claim_is_a_name_or_names_joined_by_dots(setting, claim):
    (fault,) = faults(**ISSUER, **{setting: claim})
    assert fault.startswith(f"{setting}: should be the name of a claim")


@pytest.mark.parametrize("url", [None, "", "http://intake.example.org", "https://intake.example.org/pages", "intake"])
def test_signing_in_needs_the_address_of_the_pages(url):
    (fault,) = faults(**CLIENT | {"public_url": url})
    assert "DOELBINDING_API_PUBLIC_URL" in fault


def test_signing_in_needs_an_issuer():
    (fault,) = faults(client_id="pages", public_url="https://intake.example.org")
    assert "needs an issuer" in fault


def test_an_id_token_is_never_an_access_token():
    (fault,) = faults(**CLIENT | {"client_id": "doelbinding"}, token_types="JWT at+jwt")
    assert "ID tokens would be access tokens" in fault
    assert load_settings(**CLIENT, token_types="JWT at+jwt").client_id == "pages"


@pytest.mark.parametrize("scope", ["", "profile", "openidx"])
def test_without_the_scope_openid_nobody_is_identified(scope):
    assert len(faults(**CLIENT, scope=scope)) == 1


def test_all_that_is_wrong_is_told_at_once_and_a_secret_is_not_shown():
    told = faults(issuer="http://far.example", algorithms="none", role_claim="", host="0.0.0.0", port=-1)
    assert [fault.split(":")[0] for fault in told] == ["issuer", "algorithms", "role_claim", "port"]
    assert "s3cr3t" not in repr(load_settings(**CLIENT, client_secret="s3cr3t"))
