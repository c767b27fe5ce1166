"""A decision that is sent again shows the case again: that is recorded before it is answered, like every read."""

import pytest

from tests.unit.api.casework.conftest import ONE, Desk, no_follow_up
from tests.unit.api.conftest import signal_id

KEY = {"Idempotency-Key": "3f0c1b4e-6a52-4c0f-9d6e-0f7f4f1f2a10"}


@pytest.fixture
def broken(own_api):
    """A desk of the test's own, whose trail may be broken."""
    return Desk(own_api)


def reads(desk):
    return [(entry["actor"], entry["object_id"], entry["detail"]["shown"]) for entry in desk.api.trail()]


def test_the_first_answer_given_again_is_recorded_as_a_read(desk):
    item = desk.opens(1)
    headers = KEY | {"If-Match": desk.etag(item)}
    first = desk.sends(ONE, item, "assessments", no_follow_up(), **headers)
    before = reads(desk)
    for times in (1, 2):
        again = desk.sends(ONE, item, "assessments", no_follow_up(), **headers)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert reads(desk) == before + [(f"token:{ONE}", signal_id(1), "casework")] * times


def test_what_cannot_be_recorded_is_not_given_again(broken):
    item = broken.opens(1)
    headers = KEY | {"If-Match": broken.etag(item)}
    assert broken.sends(ONE, item, "assessments", no_follow_up(), **headers).status_code == 201
    broken.api.rows("ALTER TABLE audit_entries RENAME TO gone")
    again = broken.sends(ONE, item, "assessments", no_follow_up(), **headers)
    assert again.status_code == 503
    assert item not in again.text
