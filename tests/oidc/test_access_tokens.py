"""Access tokens of a real provider: good ones are taken, and whatever differs from a good one in one thing is not."""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode

import pytest
from joserfc.jwk import ECKey, RSAKey

from services.api.access import ACCESS
from services.core.reading import WITH_INTEREST
from tests.oidc.conftest import issued, refused, with_token
from tests.oidc.provider import AUDIENCE, PAGES, ROLES
from tests.unit.api.conftest import a_signal

SKEW = 30


def encoded(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def counted(api, reason):
    page = api.get("/metrics", None).text
    return float(re.search(rf'tokens_refused_total{{reason="{reason}"}} (\S+)', page)[1])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("known")
def test_a_token_that_the_provider_issued_opens_what_its_role_may_use(api, delivered, role):
    token = issued(api, role)
    about_a_reader = a_signal(2, rule=WITH_INTEREST)
    with_token(api, issued(api, "detector"), "POST", json={"signals": [about_a_reader]})
    theirs = (about_a_reader if role == "auditor" else delivered)["signalId"]
    for url in ("/v1/signals", "/v1/aggregates", f"/v1/signals/{theirs}"):
        path = url.replace(str(theirs), "{signalId}")
        assert with_token(api, token, url=url).status_code == (200 if role in ACCESS["GET", path] else 403), (role, url)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
@pytest.mark.usefixtures("known")
def test_a_token_that_is_good_in_everything_is_taken(api, provider, signed, algorithm):
    key = provider.keys.ec if algorithm == "ES256" else provider.keys.rsa
    assert with_token(api, signed({"alg": algorithm}, key)).status_code == 200
    assert with_token(api, signed(aud=["another-api", AUDIENCE])).status_code == 200


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "another-api"}, "claims"),
        ({"aud": ["another-api", PAGES]}, "claims"),
        ({"aud": []}, "claims"),
        ({"aud": None}, "claims"),
        ({"aud": {"doelbinding-api": 1}}, "claims"),
        ({"iss": "http://127.0.0.1:1"}, "claims"),
        ({"iss": None}, "claims"),
        ({"iss": ["x"]}, "claims"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": "x" * 256}, "claims"),
        ({"sub": 17}, "claims"),
        ({"exp": None}, "claims"),
        ({"exp": "tomorrow"}, "claims"),
        ({"exp": True}, "claims"),
        ({"nbf": "yesterday"}, "claims"),
    ],
    ids=str,
)
def test_one_wrong_claim_is_enough_to_refuse(api, signed, claims, reason):
    before = counted(api, reason)
    refused(api, signed(**claims))
    assert counted(api, reason) == before + 1


def test_an_issuer_with_a_slash_more_is_another_one(api, provider, signed):
    refused(api, signed(iss=provider.issuer + "/"))


@pytest.mark.parametrize(
    ("claim", "seconds", "taken"),
    [
        ("exp", -SKEW + 1, True),
        ("exp", -SKEW, False),
        ("nbf", SKEW, True),
        ("nbf", SKEW + 1, False),
        ("iat", SKEW, True),
        ("iat", SKEW + 1, False),
    ],
)
@pytest.mark.usefixtures("known")
def test_times_are_held_to_the_second_with_a_bounded_skew(api, signed, claim, seconds, taken):
    at = int(api.clock.at.timestamp()) + seconds
    assert (with_token(api, signed(**{claim: at})).status_code == 200) == taken


@pytest.mark.parametrize("kind", ["JWT", "jwt", None, "", "id+jwt", "logout+jwt", "dpop+jwt"])
def test_a_token_of_another_type_is_refused(api, signed, kind):
    refused(api, signed({"typ": kind}))
    assert counted(api, "type") == 1


@pytest.mark.parametrize("kind", ["application/at+jwt", "AT+JWT"])
@pytest.mark.usefixtures("known")
def test_the_type_is_a_media_type_in_any_case_of_letters(api, signed, kind):
    assert with_token(api, signed({"typ": kind})).status_code == 200


@pytest.mark.parametrize("changes", [{"token_types": ("at+jwt", "JWT")}])
@pytest.mark.usefixtures("known")
def test_plain_tokens_are_taken_where_the_settings_say_so(api, signed):
    assert with_token(api, signed({"typ": "JWT"})).status_code == 200
    refused(api, signed({"typ": None}))
    refused(api, signed({"typ": "JWT"}, aud=PAGES))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_a_signature_is_refused(api, provider, signed, algorithm):
    _, payload, signature = signed().split(".")
    header = encoded({"alg": algorithm, "typ": "at+jwt", "kid": provider.keys.rsa.kid})
    for end in ("", signature):
        refused(api, f"{header}.{payload}.{end}")
    assert counted(api, "algorithm") == 2


def test_a_public_key_is_no_shared_secret(api, provider, signed):
    """HS256 with the published key as the secret: what verifies for those who take the algorithm from the token."""
    header = encoded({"alg": "HS256", "typ": "at+jwt", "kid": provider.keys.rsa.kid})
    _, payload, _ = signed().split(".")
    published = [
        provider.keys.rsa.as_pem(private=False),
        json.dumps(provider.keys.rsa.as_dict(private=False)).encode(),
        provider.keys.rsa.as_der(private=False),
    ]
    for secret in published:
        mac = hmac.digest(secret, f"{header}.{payload}".encode(), "sha256")
        refused(api, f"{header}.{payload}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}")
    assert counted(api, "algorithm") == len(published)


def test_a_key_of_somebody_else_under_a_known_id_does_not_sign(api, provider, signed):
    for name, own in (("RSA", provider.keys.rsa), ("EC", provider.keys.ec)):
        size = 2048 if name == "RSA" else "P-256"
        made = (RSAKey if name == "RSA" else ECKey).generate_key(size, {"kid": own.kid})
        refused(api, signed({"alg": "RS256" if name == "RSA" else "ES256"}, made))
    assert counted(api, "signature") == 2


def test_a_key_that_names_its_algorithm_signs_with_no_other(api, provider, signed):
    unbound = {name: value for name, value in provider.keys.bound.as_dict(private=True).items() if name != "alg"}
    refused(api, signed({"alg": "PS256"}, RSAKey.import_key(unbound)))
    refused(api, signed({"alg": "ES256"}, ECKey.generate_key("P-256", {"kid": provider.keys.rsa.kid})))
    assert counted(api, "signature") == 2


def test_an_algorithm_that_the_settings_do_not_name_is_refused(api, provider, signed):
    refused(api, signed({"alg": "RS512"}, provider.keys.rsa))
    assert counted(api, "algorithm") == 1


def test_a_key_in_the_token_itself_is_not_trusted(api, signed):
    made = RSAKey.generate_key(2048, {"kid": "mine"})
    refused(api, signed({"jwk": made.as_dict(private=False)}, made))


def test_a_token_that_was_changed_is_refused(api, signed):
    header, payload, signature = signed().split(".")
    for token in (
        f"{header}.{encoded({'sub': 'x'})}.{signature}",
        f"{header}.{payload}.{signature[:-8]}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}.{signature}",
        f"{header}.{payload[:-1]}.{signature}",
        f"{encoded({'alg': 'RS256', 'typ': 5, 'kid': 'first-rsa'})}.{payload}.{signature}",
        f"{encoded(['RS256'])}.{payload}.{signature}",
        "..",
        "a.b.c",
        "é.é.é",
        "x" * 20_000,
    ):
        refused(api, token)


def test_a_token_with_critical_words_that_we_do_not_know_is_refused(api, provider, signed):
    _, payload, signature = signed().split(".")
    header = encoded({"alg": "RS256", "typ": "at+jwt", "kid": provider.keys.rsa.kid, "crit": ["x"], "x": 1})
    refused(api, f"{header}.{payload}.{signature}")
