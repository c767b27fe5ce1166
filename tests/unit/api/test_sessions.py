"""The signed cookie of the pages, and the forms that make and end it."""

import html
import re
from datetime import timedelta

import pytest

from services.api.sessions import LocalSessions


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api):
    cookie = api.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_session_ends_after_a_working_day(api):
    api.sign_in()
    api.clock.at += timedelta(hours=8)
    assert api.get("/queue", None).status_code == 303


def test_signing_out_ends_the_session_in_the_browser(api):
    api.sign_in()
    answer = api.call("POST", "/sign-out", headers={"Origin": "http://api.test"})
    assert answer.headers["Location"] == "/sign-in"
    assert api.get("/queue", None).status_code == 303


@pytest.mark.parametrize("origin", [None, "null", "http://evil.test", "https://api.test", "http://api.test:81"])
def test_a_form_of_another_site_is_refused(api, origin):
    headers = {} if origin is None else {"Origin": origin}
    answer = api.call("POST", "/sign-in", data={"token": api.parts.tokens["lead"]}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("place", "leads_to"),
    [
        ("/signals/s-" + "0" * 32, "/signals/s-" + "0" * 32),
        ("/queue", "/queue"),
        (
            "/queue?show=withdrawn&rule=own-file&minPriority=12,5",
            "/queue?show=withdrawn&rule=own-file&minPriority=12,5",
        ),
        ("/queue?rule=%3Cb%3E", "/queue?rule=%3Cb%3E"),
        ("/queue?x=//evil.test", "/queue"),
        ("/queue?x=1\r\nSet-Cookie: a=b", "/queue"),
        ("/queue?x=" + "y" * 2_000, "/queue"),
        ("/queue/../sign-out", "/queue"),
        ("https://evil.test/", "/queue"),
        ("//evil.test", "/queue"),
        ("", "/queue"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(api, place, leads_to):
    form = {"token": api.parts.tokens["lead"]}
    answer = api.call("POST", "/sign-in", params={"next": place}, data=form, headers={"Origin": "http://api.test"})
    assert answer.headers["Location"] == leads_to


def test_the_filters_that_were_asked_for_outlast_a_wrong_token_another_language_and_signing_in(api):
    asked = "/queue?show=withdrawn&severity=high"
    place = api.get(asked, None).headers["Location"]
    page = api.get(f"{place}&lang=en", None).text
    action = html.unescape(re.search(r'<form method="post" action="([^"]+)"', page)[1])
    own = {"Origin": "http://api.test"}
    refused = api.call("POST", action, data={"token": "wrong"}, headers=own)
    assert refused.status_code == 403
    other_language = html.unescape(re.search(r'<a href="([^"]+)" lang="nl"', refused.text)[1])
    action = html.unescape(re.search(r'<form method="post" action="([^"]+)"', api.get(other_language, None).text)[1])
    answer = api.call("POST", action, data={"token": api.parts.tokens["investigator"]}, headers=own)
    assert answer.headers["Location"] == asked
    assert api.get(asked, None).status_code == 200


def test_a_large_form_is_refused(api):
    answer = api.call("POST", "/sign-in", data={"token": "x" * 5_000}, headers={"Origin": "http://api.test"})
    assert answer.status_code == 413


def test_a_cookie_that_was_changed_is_worth_nothing(api):
    api.sign_in()
    value = api.parts.sessions.start("investigator", api.clock.now())
    role, ends, mac = value.split(".")
    forged = ["", role, f"{role}.{ends}", f"lead.{ends}.{mac}", f"{role}.{int(ends) + 1}.{mac}", f"{role}.{ends}.é"]
    forged += [f"{role}.{'9' * 5_000}.{mac}", f"nobody.{ends}.{mac}", f"{role}.-1.{mac}"]
    assert [api.parts.sessions.reader(cookie, api.clock.now()) for cookie in forged] == [None] * len(forged)
    assert api.parts.sessions.reader(value, api.clock.now()).subject == "token:investigator"


def test_a_new_token_ends_the_sessions_of_the_old_one(api):
    cookie = LocalSessions(b"k" * 32, {"lead": "old"}, {}).start("lead", api.clock.now())
    assert LocalSessions(b"k" * 32, {"lead": "new"}, {}).reader(cookie, api.clock.now()) is None
