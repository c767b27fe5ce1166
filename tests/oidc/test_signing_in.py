"""Signing in on the pages at a real provider: there and back by authorization code with PKCE."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.api.identity.login import HANDSHAKE
from services.api.reader import Reader
from services.api.sessions import COOKIE
from tests.oidc.conftest import begin, come_back
from tests.oidc.provider import PAGES, PUBLIC_URL


def changed(place, **answers):
    """The way back with other answers in its query; null leaves one out."""
    told = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()} | answers
    query = httpx.QueryParams({name: value for name, value in told.items() if value is not None})
    return f"/sign-in/callback?{query}"


@pytest.mark.usefixtures("known")
def test_somebody_signs_in_and_is_led_to_the_page_that_was_asked_for(api, at_provider):
    page = api.get("/queue?rule=own-file", None)
    sign_in = api.get(page.headers["Location"], None).text
    way = re.search(r'href="(/sign-in/oidc[^"]+)"', sign_in)[1].replace("&amp;", "&")
    question = api.get(way, None).headers["Location"]
    back = come_back(api, at_provider(question, "jansen"))
    assert back.status_code == 200
    assert back.headers["Refresh"] == "0; url=/queue?rule=own-file"
    assert 'href="/queue?rule=own-file"' in back.text
    assert api.get("/queue", None).status_code == 200
    (read,) = api.trail()
    assert re.fullmatch(r"oidc:[0-9a-f]{32}", read["actor"])


def test_the_question_is_one_for_a_code_with_state_nonce_and_a_challenge(api, provider):
    first, second = (parse_qs(urlsplit(begin(api).headers["Location"]).query) for _ in range(2))
    told = {name: values[0] for name, values in first.items()}
    assert (told["response_type"], told["client_id"]) == ("code", PAGES)
    assert told["redirect_uri"] == f"{PUBLIC_URL}/sign-in/callback"
    assert told["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(told[name]) >= 43
        assert first[name] != second[name]
    assert urlsplit(begin(api).headers["Location"]).netloc == urlsplit(provider.issuer).netloc


def test_cookies_are_out_of_reach_of_scripts_and_say_nothing(api, at_provider):
    asked = begin(api)
    handshake = asked.headers["Set-Cookie"]
    assert handshake.startswith(f"{HANDSHAKE}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=600"} <= set(handshake.split("; "))
    question = parse_qs(urlsplit(asked.headers["Location"]).query)
    assert question["state"][0] not in handshake
    cookies = come_back(api, at_provider(asked.headers["Location"], "jansen")).headers.get_list("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert any(cookie.startswith(f'{HANDSHAKE}=""') for cookie in cookies)
    reader = api.parts.sessions.reader(session.split(";")[0].partition("=")[2], api.clock.now())
    assert (reader.role, reader.local) == ("investigator", False)
    assert "jansen" not in str(reader)


@pytest.mark.parametrize("changes", [{"public_url": "https://intake.example.org"}])
def test_behind_https_no_other_host_puts_a_cookie_in_the_place_of_ours(api):
    """A host beside ours can set a cookie for the whole domain, but none whose name begins with __Host-."""
    asked = begin(api).headers["Set-Cookie"]
    assert asked.startswith(f"__Host-{HANDSHAKE}=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(asked.split("; "))
    assert "Domain" not in asked
    reader = Reader("oidc:" + "a" * 32, "lead", "p1-" + "1" * 32, local=False)
    session = api.parts.sessions.start(reader, api.clock.now())
    statuses = [
        api.get("/queue", None, headers={"Cookie": f"{name}={session}"}).status_code
        for name in (COOKIE, f"__Host-{COOKIE}")
    ]
    assert statuses == [303, 403]
    out = api.call("POST", "/sign-out", headers={"Origin": "https://intake.example.org"}).headers["Set-Cookie"]
    assert out.startswith(f'__Host-{COOKIE}=""')
    assert "Secure" in out.split("; ")


@pytest.mark.parametrize("changes", [{"public_url": "https://intake.example.org"}])
def test_behind_https_cookies_travel_by_https_alone(api):
    assert "Secure" in begin(api).headers["Set-Cookie"].split("; ")
    assert "https%3A%2F%2Fintake.example.org%2Fsign-in%2Fcallback" in begin(api).headers["Location"]
    own = api.call("POST", "/sign-out", headers={"Origin": "https://intake.example.org"})
    assert own.status_code == 200
    assert api.call("POST", "/sign-out", headers={"Origin": "https://evil.example.org"}).status_code == 403


@pytest.mark.parametrize(
    "answers",
    [
        {"state": "another"},
        {"state": None},
        {"state": "é"},
        {"code": None},
        {"code": ""},
        {"iss": "https://another.example.org"},
        {"code": None, "error": "access_denied"},
    ],
    ids=str,
)
def test_an_answer_to_another_question_signs_nobody_in(api, at_provider, answers):
    place = at_provider(begin(api).headers["Location"], "jansen")
    answer = come_back(api, changed(place, **answers))
    assert answer.status_code == 400
    assert api.get("/queue", None).status_code == 303


def test_a_browser_that_did_not_ask_is_not_signed_in(api, at_provider):
    """Somebody who is lured to the answer of another one's sign-in does not end up in that account."""
    place = at_provider(begin(api).headers["Location"], "jansen")
    api.forget_cookies()
    assert come_back(api, place).status_code == 400
    begin(api)
    assert come_back(api, place).status_code == 400
    assert api.get("/queue", None).status_code == 303


def test_a_code_is_good_once(api, at_provider):
    asked = begin(api)
    place = at_provider(asked.headers["Location"], "jansen")
    assert come_back(api, place).status_code == 200
    cookie = asked.headers["Set-Cookie"].split(";")[0]
    again = come_back(api, place, headers={"Cookie": cookie})
    assert again.status_code == 400
    assert COOKIE not in str(again.headers.get_list("Set-Cookie"))


def test_a_made_up_code_signs_nobody_in(api, at_provider):
    place = at_provider(begin(api).headers["Location"], "jansen")
    assert come_back(api, changed(place, code="made-up")).status_code == 400
    assert api.get("/queue", None).status_code == 303


def test_a_sign_in_that_takes_too_long_begins_anew(api, at_provider):
    place = at_provider(begin(api).headers["Location"], "jansen")
    api.clock.at += timedelta(minutes=10)
    assert come_back(api, place).status_code == 400


def test_an_answer_meant_for_another_sign_in_of_the_same_browser_is_refused(api, at_provider):
    """The code of one question under the state of another: the nonce and the challenge do not fit."""
    first = at_provider(begin(api).headers["Location"], "jansen")
    second = at_provider(begin(api).headers["Location"], "jansen")
    code = parse_qs(urlsplit(first).query)["code"][0]
    assert come_back(api, changed(second, code=code)).status_code == 400
    assert api.get("/queue", None).status_code == 303


@pytest.mark.parametrize("name", ["both", "clerk", "guard", "nobody"])
def test_without_exactly_one_role_for_the_pages_nobody_is_signed_in(api, at_provider, name):
    answer = come_back(api, at_provider(begin(api).headers["Location"], name))
    assert answer.status_code == 403
    assert "beheerder" in answer.text
    assert api.get("/queue", None).status_code == 303


def test_somebody_whose_interests_are_not_loaded_signs_in_and_is_told_so(api, at_provider):
    come_back(api, at_provider(begin(api).headers["Location"], "jansen"))
    answer = api.get("/queue", None, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "bij wie u een belang hebt" in answer.text


@pytest.mark.usefixtures("known")
def test_a_session_ends_after_a_working_day_and_with_another_client(api, at_provider):
    place = at_provider(begin(api).headers["Location"], "devries")
    session = come_back(api, place).headers.get_list("Set-Cookie")[0].split(";")[0].partition("=")[2]
    sessions = api.parts.sessions
    now = api.clock.now()
    assert sessions.reader(session, now + timedelta(hours=7, minutes=59)).role == "lead"
    assert sessions.reader(session, now + timedelta(hours=8)) is None
    other = type(sessions)(sessions._key, sessions._issuer, "another-client")
    assert other.reader(session, now) is None
    forged = [session[:-4] + "AAAA", session[4:], "", "x", "é", "a" * 5_000, f"investigator.9999999999.{'0' * 64}"]
    assert [sessions.reader(cookie, now) for cookie in forged] == [None] * len(forged)


def test_a_token_in_the_form_signs_nobody_in(api):
    for account in api.parts.tokens:
        assert api.sign_in(account).status_code == 403
    assert "sign-in/oidc" in api.get("/sign-in", None).text
    assert 'type="password"' not in api.get("/sign-in", None).text


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}])
def test_a_wrong_secret_of_the_client_is_told_as_not_working_now(api, at_provider):
    assert come_back(api, at_provider(begin(api).headers["Location"], "jansen")).status_code == 503


def test_while_the_provider_is_away_that_is_told(api, provider):
    provider.away()
    for url in ("/sign-in/oidc", "/sign-in/callback?code=x&state=y"):
        assert api.get(url, None).status_code in {400, 503}
    assert api.get("/sign-in/oidc", None).status_code == 503


@pytest.mark.parametrize("changes", [{"client_id": None}])
def test_without_a_client_the_pages_say_that_signing_in_is_not_set_up(api):
    assert "nog niet ingericht" in api.get("/sign-in", None).text
    assert api.get("/sign-in/oidc", None).status_code == 404
    assert api.get("/sign-in/callback?code=x", None).status_code == 404


@pytest.mark.parametrize("place", ["https://evil.test/", "//evil.test", "/sign-out", "/queue?x=1\r\nSet-Cookie: a=b"])
def test_signing_in_leads_to_a_page_of_ours(api, at_provider, place):
    back = come_back(api, at_provider(begin(api, place).headers["Location"], "jansen"))
    assert back.headers["Refresh"] == "0; url=/"


OURS = {"Origin": "http://api.test"}


@pytest.mark.usefixtures("known")
def test_signing_out_ends_the_session_here_and_leads_to_where_the_one_at_the_provider_ends(api, provider, at_provider):
    come_back(api, at_provider(begin(api).headers["Location"], "jansen"))
    answer = api.call("POST", "/sign-out", headers=OURS)
    place = answer.headers["Refresh"].removeprefix("0; url=")
    assert place.startswith(f"{provider.issuer}/session/end?")
    assert place.replace("&", "&amp;") in answer.text
    assert set(parse_qs(urlsplit(place).query)) == {"client_id", "post_logout_redirect_uri"}
    assert api.get("/queue", None).status_code == 303
    with httpx.Client() as browser:
        asked = browser.get(place)
        assert asked.status_code == 200, asked.text
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
        action = re.search(r'action="([^"]+)"', asked.text)[1]
        left = browser.post(asked.url.join(action), data=form | {"logout": "yes"})
    assert left.headers["Location"] == f"{PUBLIC_URL}/sign-in"


@pytest.mark.parametrize("changes", [{"sign_out_at_issuer": False}])
def test_where_the_settings_say_so_signing_out_ends_the_session_here_alone(api):
    assert api.call("POST", "/sign-out", headers=OURS).headers["Location"] == "/sign-in"


def test_while_the_provider_is_away_one_is_signed_out_here_all_the_same(api, provider):
    provider.away()
    assert api.call("POST", "/sign-out", headers=OURS).headers["Location"] == "/sign-in"
