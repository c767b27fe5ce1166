"""The keys of a real provider: kept for a bounded time, asked for anew in time, and rotated without a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.api.identity.keys import APART, FRESH, KEPT
from tests.oidc.conftest import issued, refused, with_token


@pytest.mark.usefixtures("known")
def test_unknown_key_ids_make_one_question_in_a_while(api, provider, signed):
    assert with_token(api, signed()).status_code == 200
    before = provider.asked()
    api.clock.at += APART
    for number in range(20):
        refused(api, signed({"kid": f"made-up-{number}"}))
    assert provider.asked() == before + 1
    api.clock.at += APART
    refused(api, signed({"kid": "made-up"}))
    assert provider.asked() == before + 2
    refused(api, signed({"kid": None}))
    assert provider.asked() == before + 2


@pytest.mark.usefixtures("known")
def test_good_tokens_do_not_make_the_provider_be_asked_each_time(api, provider, signed):
    before = provider.asked()
    for _ in range(10):
        assert with_token(api, signed()).status_code == 200
    assert provider.asked() == before


@pytest.mark.usefixtures("known")
def test_keys_rotate_without_a_restart(api, provider, signed):
    earlier = signed()
    assert with_token(api, earlier).status_code == 200
    old = provider.rotate("second")
    api.clock.at += APART
    assert with_token(api, signed()).status_code == 200
    assert with_token(api, issued(api, "lead")).status_code == 200
    refused(api, signed(key=old.rsa))
    refused(api, earlier)


@pytest.mark.usefixtures("known")
def test_a_key_that_was_taken_back_is_refused_when_keys_are_asked_for_anew(api, provider, signed):
    assert with_token(api, signed()).status_code == 200
    old = provider.rotate("third")
    api.clock.at += FRESH
    refused(api, signed(key=old.rsa))


@pytest.mark.usefixtures("known")
def test_while_the_provider_is_away_known_keys_are_good_for_a_bounded_time(api, provider, signed):
    assert with_token(api, signed()).status_code == 200
    provider.away()
    for minutes in (1, 11, 59):
        last = api.parts.issuer.keys.fetched_at
        api.clock.at = last + timedelta(minutes=minutes)
        assert with_token(api, signed()).status_code == 200, minutes
    api.clock.at = last + KEPT
    closed = with_token(api, signed())
    assert closed.status_code == 503
    assert int(closed.headers["Retry-After"]) == 10
    assert closed.headers["Content-Type"] == "application/problem+json"
    provider.back()
    api.clock.at += APART
    assert with_token(api, signed()).status_code == 200


@pytest.mark.usefixtures("known")
def test_an_unknown_key_while_the_provider_is_away_is_neither_good_nor_bad(api, provider, signed):
    assert with_token(api, signed()).status_code == 200
    provider.away()
    api.clock.at += APART
    assert with_token(api, signed({"kid": "perhaps-new"})).status_code == 503
    assert with_token(api, signed()).status_code == 200


def test_without_the_provider_nobody_comes_in_and_the_service_lives(api, provider, signed):
    provider.away()
    assert with_token(api, signed()).status_code == 503
    assert api.get("/v1/health/ready", None).status_code == 200
    assert "doelbinding_api_issuer_keys_timestamp_seconds 0.0" in api.get("/metrics", None).text
