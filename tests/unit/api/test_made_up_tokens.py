"""Whatever a token is made of, it is refused for a reason of ours: no header or payload makes the check itself fail."""

import asyncio
import json
from base64 import urlsafe_b64encode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from services.api.identity.errors import REASONS, BadTokenError
from services.api.identity.fetching import Fetcher
from services.api.identity.keys import IssuerKeys
from services.api.identity.settings import IssuerSettings
from services.api.identity.verifying import Verifier, Wanted
from tests.unit.api.conftest import SetClock

ISSUER = "https://sign-in.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "ec"})
CLOCK = SetClock()
NOW = int(CLOCK.now().timestamp())
GOOD = {"iss": ISSUER, "aud": "doelbinding", "sub": "x", "exp": NOW + 60}
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["ES256", "none", "ec"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "jku", "x5c", "x5t", "cty", "zip", "enc", "url"])
claims = st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "jti"])


def encoded(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def checked(token):
    """The claims, or the reason why there are none."""

    def answer(request):
        told = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}
        keys = {"keys": [KEY.as_dict(private=False)]}
        return httpx.Response(200, json=told if "well-known" in request.url.path else keys)

    async def check():
        fetcher = Fetcher(httpx.MockTransport(answer))
        verifier = Verifier(IssuerSettings(issuer=ISSUER, audience="doelbinding"), IssuerKeys(ISSUER, fetcher, CLOCK))
        try:
            return await verifier.claims(token, Wanted(["at+jwt"], "doelbinding"), CLOCK.now())
        except BadTokenError as error:
            return error.reason
        finally:
            await fetcher.close()

    return asyncio.run(check())


def signed(payload):
    return jws.serialize_compact(HEADER, payload, KEY, algorithms=["ES256"])


def test_a_good_token_is_good():
    assert checked(signed(json.dumps(GOOD))) == GOOD


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(names, values, max_size=4), values)
def test_a_made_up_header_is_refused(header, payload):
    _, _, signature = signed(json.dumps(GOOD)).split(".")
    assert checked(f"{encoded(HEADER | header)}.{encoded(payload)}.{signature}") in REASONS


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(claims, values, min_size=1, max_size=4))
def test_made_up_claims_under_a_good_signature_are_good_or_refused(changed):
    told = checked(signed(json.dumps(GOOD | changed)))
    assert told in REASONS or (told["iss"] == ISSUER and told["exp"] > NOW - 31)


@pytest.mark.parametrize("payload", ["", "x", "[]", "null", "5", '"x"', "{", '{"iss": NaN}', "\xff"])
def test_a_payload_that_is_no_object_is_refused_under_a_good_signature(payload):
    assert checked(signed(payload)) in REASONS


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_a_made_up_text_is_refused(text):
    assert checked(text) in REASONS
