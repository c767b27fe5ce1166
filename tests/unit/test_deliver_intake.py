"""One intake call, and what its answer says."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from services.detector.intake import Answer, Away, Bad, Failed, Refused, Taken, call_intake
from services.detector.state.outbox import Parcel
from tests.unit.scripted_api import Intake, Reply, serving
from tests.unit.state.samples import signal_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARCELS = [
    Parcel(row, signal_id(row), f'{{"signalId": "{signal_id(row)}", "contentHash": "h"}}'.encode()) for row in (4, 7)
]


def answer(reply: Reply | None = None) -> Answer:
    with serving(Intake([reply] if reply else [])) as intake, httpx.Client(base_url=intake.url) as client:
        return call_intake(client, "token", PARCELS, [], NOW)


def test_the_receipt_is_kept_per_row() -> None:
    assert answer() == Taken({4: "stored", 7: "stored"})


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "{}", '{"results": []}', f'{{"results": [{{"signalId": "{signal_id(4)}", "result": "stored"}}]}}'],
)
def test_an_answer_that_does_not_name_every_signal_delivers_none(body: str) -> None:
    found = answer(Reply(200, body))
    assert isinstance(found, Refused)
    assert "no receipt of the API" in found.problem


def test_the_wait_that_the_intake_asks_for_is_passed_on() -> None:
    found = answer(Reply(503, "busy", {"Retry-After": "7"}))
    assert isinstance(found, Away)
    assert found.wait == 7
    assert found.problem.endswith("503: busy")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Bad),
        (413, Bad),
        (422, Bad),
        (500, Failed),
        (502, Failed),
        (503, Away),
        (429, Away),
        (409, Away),
        (403, Refused),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type[Answer]) -> None:
    assert type(answer(Reply(status, "why"))) is kind


def test_an_answer_that_does_not_come_is_told_from_an_api_that_is_not_there() -> None:
    with serving(Intake([Reply(hang=True)])) as intake, httpx.Client(base_url=intake.url, timeout=0.2) as client:
        assert type(call_intake(client, "token", PARCELS, [], NOW)) is Failed
    with httpx.Client(base_url="http://127.0.0.1:1") as client:
        assert type(call_intake(client, "token", PARCELS, [], NOW)) is Away


def test_identities_in_a_problem_are_not_kept() -> None:
    found = answer(Reply(400, "employee a.b@example.org and bsn 960000008 are unknown"))
    assert isinstance(found, Bad)
    assert "a.b@example.org" not in found.problem


def test_a_problem_is_kept_to_a_readable_length() -> None:
    found = answer(Reply(400, "x" * 100_000))
    assert isinstance(found, Bad)
    assert len(found.problem) < 2_100


def test_an_address_without_a_scheme_is_a_fault_of_the_settings() -> None:
    with httpx.Client(base_url="127.0.0.1:8600") as client:
        found = call_intake(client, "token", PARCELS, [], NOW)
    assert isinstance(found, Refused)
    assert "http://HOST:PORT" in found.problem


def test_a_problem_does_not_show_the_password_of_the_address() -> None:
    with httpx.Client(base_url="http://user:secret@127.0.0.1:1") as client:
        found = call_intake(client, "token", PARCELS, [], NOW)
    assert isinstance(found, Away)
    assert "secret" not in found.problem
