"""Headers on every answer, bounded bodies, and failures that tell nothing."""

import json

import pytest

from services.api.edge import HEADERS

EVERY_KIND = [
    ("GET", "/v1/health/live", 200),
    ("GET", "/v1/openapi.json", 200),
    ("GET", "/metrics", 200),
    ("GET", "/static/style.css", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/queue", 303),
    ("GET", "/v1/signals", 401),
    ("GET", "/v1/signals/", 404),
    ("GET", "/v1/nowhere", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/static/other.css", 404),
    ("GET", "/docs", 404),
    ("GET", "/openapi.json", 404),
    ("DELETE", "/v1/signals", 405),
    ("OPTIONS", "/v1/signals", 405),
    ("POST", "/sign-out", 403),
]


@pytest.mark.parametrize(("method", "url", "status"), EVERY_KIND)
def test_every_answer_has_the_version_and_the_security_headers(api, method, url, status):
    answer = api.call(method, url)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json().keys() == {"status", "title", "detail"}


def test_the_policy_allows_no_scripts_and_no_framing():
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_failure_of_ours_tells_no_details(own_api, make_signal, capsys):
    own_api.results(make_signal())
    own_api.rows("ALTER TABLE signals RENAME TO gone")
    answer = own_api.get("/v1/signals")
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.json()["detail"] == "Something failed here; it has been logged."
    logged = "".join(capsys.readouterr())
    assert "request-failed" in logged
    assert "SELECT" not in logged + answer.text


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_the_limit_is_a_413(api, chunked):
    body = json.dumps({"signals": ["x" * 2_000_001]}).encode()
    answer = api.call(
        "POST",
        "/v1/signals",
        "detector",
        content=in_parts(body) if chunked else body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body must not be larger than 2000000 bytes."
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def in_parts(body):
    for start in range(0, len(body), 500_000):
        yield body[start : start + 500_000]


def test_another_media_type_is_refused(api):
    answer = api.call("POST", "/v1/signals", "detector", content=b"<x/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 400


@pytest.mark.parametrize("url", ["/v1/signals", "/v1/health/live", "/v1/nowhere", "/sign-in"])
def test_head_tells_what_get_would_and_sends_no_body(api, url):
    told, asked = api.call("HEAD", url, "investigator"), api.call("GET", url, "investigator")
    assert told.status_code == asked.status_code
    assert dict(told.headers) == dict(asked.headers)
    assert (told.content, bool(asked.content)) == (b"", True)


def test_what_head_shows_is_recorded_as_read_too(api, make_signal):
    api.results(make_signal())
    api.call("HEAD", "/v1/signals", "investigator")
    assert api.shown("signals") == [make_signal()["signalId"]]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("/v1/signals", "GET, HEAD, POST"),
        ("/v1/intake-items", "GET, HEAD"),
        ("/v1/warnings", "POST"),
        ("/sign-out", "POST"),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(api, url, allowed):
    answer = api.call("PATCH", url, "lead")
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.json()["detail"] == f"This resource answers to {allowed}."
