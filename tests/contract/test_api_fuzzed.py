"""Whatever is sent, the API answers as its OpenAPI document says: on SQLite and on PostgreSQL."""

from __future__ import annotations

import os

import httpx
import pytest

from services.api.db.migrate import migrate
from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.tokens import open_tokens
from tests.contract.fuzzing import fuzz
from tests.unit.api.conftest import a_signal, signal_id

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
"""Per operation and phase; `make qualify` takes more."""
SIGNALS = range(1, 9)
NEED_WHAT_COMES_BEFORE = {
    *(f"POST /intake-items/{{itemId}}/{step}" for step in ("settlement", "suspensions/_end", "line-intervention")),
    *(f"POST /intake-items/{{itemId}}/{step}" for step in ("outcome", "outcome/confirmation", "measures")),
    *(f"POST /intake-items/{{itemId}}/{step}" for step in ("acknowledgements", "data-breach/notification")),
    *(f"POST /intake-items/{{itemId}}/{step}" for step in ("assessments", "data-breach/corrections")),
    *("POST /reveals", "POST /reveals/{revealId}/approval", "POST /reveals/{revealId}/opening"),
}
"""Steps of a course that chance does not go; the tests of casework and of the vault hold how they succeed."""


def findings(home, **settings):
    """What fuzzing finds at an API that holds signals, pushed and not."""
    with EmbeddedApi(load_settings(home=home, port=0, **settings)) as api:
        tokens = open_tokens(home / "tokens.json")
        delivered = {"signals": [a_signal(number, pushed=number % 4 > 0) for number in SIGNALS]}
        assert post(api, tokens["detector"], delivered).status_code == 200
        queue = httpx.get(f"{api.url}/v1/intake-items", headers=bearer(tokens["lead"])).json()
        for item in queue["intakeItems"]:
            assert assess(api, tokens["second-investigator"], item["id"]).status_code == 201
        known = {
            "signalId": [signal_id(number) for number in SIGNALS],
            "itemId": [item["id"] for item in queue["intakeItems"]],
        }
        return fuzz(api.url, tokens, known, EXAMPLES)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def post(api, token, body):
    return httpx.post(f"{api.url}/v1/signals", json=body, headers=bearer(token))


def assess(api, token, item):
    """A first assessment: chance sends no ETag of what was read, and only what was begun is suspended."""
    place = f"{api.url}/v1/intake-items/{item}"
    read = httpx.get(place, headers=bearer(token)).headers["ETag"]
    verdict = {"verdict": "investigation", "note": "Read."}
    return httpx.post(f"{place}/assessments", json=verdict, headers=bearer(token) | {"If-Match": read})


def test_each_operation_answers_as_documented(found):
    assert found.failures == []


def test_each_operation_was_tried_with_success_and_with_faults(found):
    without_input = {"GET /aggregates", "GET /casework-figures", "GET /health/live", "GET /health/ready"}
    assert found.operations_that_never(2) <= NEED_WHAT_COMES_BEFORE
    assert found.operations_that_never(4) == set()
    assert {label for label, status in found.answers if status == 400} | without_input == {
        label for label, _ in found.answers
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return findings(tmp_path_factory.mktemp("fuzzed"))


def test_on_postgresql_too_each_operation_answers_as_documented(tmp_path, postgresql):
    migrate(postgresql)
    assert findings(tmp_path, database_url=postgresql).failures == []


pytestmark = pytest.mark.slow
