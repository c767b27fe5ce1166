"""What an issuer publishes: taken only from itself, in bounds, and only keys that may check signatures."""

import asyncio
import json
import warnings
from datetime import timedelta

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from services.api.identity.errors import BadTokenError, IssuerAwayError
from services.api.identity.fetching import LARGEST, Fetcher
from services.api.identity.keys import APART, FRESH, KEPT, IssuerKeys
from tests.unit.api.conftest import SetClock

ISSUER = "https://sign-in.example.org"
GOOD = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", "token_endpoint": f"{ISSUER}/token"}
EC = ECKey.generate_key("P-256", {"kid": "ec"}).as_dict(private=False)


def short_rsa(kid):
    with warnings.catch_warnings(action="ignore"):
        return RSAKey.generate_key(1024, {"kid": kid}).as_dict(private=False)


class Published:
    """An issuer that answers as the test says, and counts."""

    def __init__(self, configuration=GOOD, keys=(EC,), **options):
        self.configuration, self.keys, self.options = configuration, keys, options
        self.asked = 0
        self.clock = SetClock()

    async def answer(self, request):
        self.asked += 1
        if error := self.options.get("raises"):
            raise error
        await asyncio.sleep(0)
        body = self.configuration if "well-known" in request.url.path else {"keys": self.keys}
        return self.options.get("answer") or httpx.Response(200, json=body)

    def run(self, *steps):
        """Runs what is to be done with the keys in one loop."""

        async def all_steps():
            fetcher = Fetcher(httpx.MockTransport(self.answer))
            keys = IssuerKeys(ISSUER, fetcher, self.clock)
            try:
                return [await step(keys) for step in steps]
            finally:
                await fetcher.close()

        return asyncio.run(all_steps())


def key(kid="ec"):
    return lambda keys: keys.key(kid)


@pytest.mark.parametrize(
    "configuration",
    [
        GOOD | {"issuer": "https://another.example.org"},
        GOOD | {"issuer": ISSUER + "/"},
        GOOD | {"jwks_uri": "http://sign-in.example.org/jwks"},
        GOOD | {"jwks_uri": "file:///etc/passwd"},
        GOOD | {"jwks_uri": None},
        {},
        ["x"],
        None,
    ],
    ids=str,
)
def test_a_configuration_that_is_not_the_issuers_is_not_used(configuration):
    with pytest.raises(IssuerAwayError):
        Published(configuration).run(key())


@pytest.mark.parametrize("keys", [None, {}, "x", 5], ids=str)
def test_what_is_no_set_of_keys_is_not_used(keys):
    with pytest.raises(IssuerAwayError):
        Published(keys=keys).run(key())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"Location": "https://evil.example.org"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, content=b"\xff"),
        httpx.Response(200, content=b" " * (LARGEST + 1) + json.dumps(GOOD).encode()),
    ],
    ids=["failed", "elsewhere", "a-page", "no-text", "endless"],
)
def test_an_answer_that_is_none_is_as_good_as_no_answer(answer):
    with pytest.raises(IssuerAwayError):
        Published(answer=answer).run(key())


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
def test_an_issuer_that_does_not_answer_is_away(error):
    with pytest.raises(IssuerAwayError):
        Published(raises=error).run(key())


@pytest.mark.parametrize(
    "other",
    [
        OctKey.generate_key(256, {"kid": "other"}).as_dict(private=True),
        short_rsa("other"),
        EC | {"kid": "other", "use": "enc"},
        EC | {"kid": "other", "x": "AA"},
        EC | {"kid": "other", "crv": "P-999"},
        {"kty": "new", "kid": "other"},
        {"kid": "other"},
        EC | {"kid": 5},
        "x",
        None,
    ],
    ids=lambda other: str(other)[:40],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_may_not_check_signatures_are_passed_over(other):
    published = Published(keys=[other, EC])
    published.run(key())
    with pytest.raises(BadTokenError):
        published.run(key(), key("other"))


def test_of_two_keys_with_one_id_the_first_counts():
    second = ECKey.generate_key("P-256", {"kid": "ec"}).as_dict(private=False)
    (found,) = Published(keys=[EC, second]).run(key())
    assert found.as_dict(private=False)["x"] == EC["x"]


def test_many_requests_at_once_ask_once():
    published = Published()

    async def at_once(keys):
        return await asyncio.gather(*(keys.key("ec") for _ in range(50)))

    assert len(published.run(at_once)[0]) == 50
    assert published.asked == 2


def test_many_unknown_ids_at_once_ask_once_more():
    published = Published()

    async def at_once(keys):
        await keys.key("ec")
        published.clock.at += APART
        return await asyncio.gather(*(keys.key(f"made-up-{each}") for each in range(50)), return_exceptions=True)

    refusals = published.run(at_once)[0]
    assert {type(each) for each in refusals} == {BadTokenError}
    assert published.asked == 4


@pytest.mark.parametrize(("age", "good"), [(FRESH, True), (KEPT - timedelta(seconds=1), True), (KEPT, False)])
def test_known_keys_outlast_the_issuer_for_a_bounded_time(age, good):
    published = Published()

    async def later(keys):
        await keys.key("ec")
        published.options["raises"] = httpx.ConnectError("x")
        published.clock.at += age
        return await keys.key("ec")

    if good:
        published.run(later)
    else:
        with pytest.raises(IssuerAwayError):
            published.run(later)


def test_a_clock_that_is_set_back_does_not_stop_the_asking():
    published = Published(raises=httpx.ConnectError("x"))

    async def earlier(keys):
        for _ in range(2):
            with pytest.raises(IssuerAwayError):
                await keys.key("ec")
            published.clock.at -= timedelta(days=1)
        published.options.clear()
        return await keys.key("ec")

    published.run(earlier)
