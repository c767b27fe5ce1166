"""Reveals on PostgreSQL: many at once neither pass the limit nor wait for each other for ever."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from services.api.db.migrate import migrate
from tests.unit.api.conftest import running
from tests.unit.api.vault.conftest import BSN, EMPLOYEE_ID, Desk

READERS = ("investigator", "second-investigator", "lead")
LIMIT = 3


@pytest.fixture
def desk(tmp_path: Path, migrated: Path, postgresql: str):
    migrate(postgresql)
    with running(tmp_path / "home", migrated, database_url=postgresql, reveals_per_day=LIMIT) as api:
        desk = Desk(api)
        with ThreadPoolExecutor(4) as pool:  # the same people in deliveries at the same moment
            answers = list(pool.map(lambda number: desk.deliver(desk.signal(number)), (1, 2, 3, 4)))
        assert {answer.status_code for answer in answers} == {200}
        yield desk


def test_each_reader_gets_as_many_as_the_limit_however_many_ask_at_once(desk):
    items = [str(row["id"]) for row in desk.api.rows("SELECT id FROM intake_items ORDER BY id")]
    asked = [(reader, item, field) for item in items for field in ("employee", "subject") for reader in READERS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: desk.ask(one[0], itemId=one[1], field=one[2]), asked))
    for reader in READERS:
        statuses = [answer.status_code for one, answer in zip(asked, answers, strict=True) if one[0] == reader]
        assert sorted(statuses) == [201] * LIMIT + [202] * (2 * len(items) - LIMIT)
    assert {answer.json()["value"] for answer in answers if answer.status_code == 201} <= {EMPLOYEE_ID, BSN}


def test_searches_at_once_are_counted_with_the_reveals(desk):
    body = {"purpose": "investigation", "reason": "Een vraag.", "bsn": BSN}
    assert desk.ask(itemId=str(desk.api.rows("SELECT id FROM intake_items")[0]["id"])).status_code == 201
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(lambda _: desk.api.call("POST", "/v1/signals/_search", READERS[0], json=body), range(8))
        statuses = sorted(answer.status_code for answer in asked)
    assert statuses == [200] * (LIMIT - 1) + [403] * (8 - LIMIT + 1)


def test_of_two_who_approve_at_once_one_does_and_it_is_opened_once(desk):
    (item, *_rest) = (str(row["id"]) for row in desk.api.rows("SELECT id FROM intake_items ORDER BY id"))
    desk.disputed(item)
    for _ in range(LIMIT):
        assert desk.ask(itemId=item).status_code == 201
    waiting = desk.ask(itemId=item).json()["id"]
    with pytest.raises(IntegrityError):
        desk.api.rows(f"UPDATE reveals SET status = 'opened', opened_at = asked_at WHERE id = '{waiting}'")
    with ThreadPoolExecutor(2) as pool:
        approvals = list(pool.map(lambda reader: desk.step("approval", waiting, reader), READERS[1:]))
    assert sorted(answer.status_code for answer in approvals) == [200, 409]
    with ThreadPoolExecutor(4) as pool:
        openings = list(pool.map(lambda _: desk.step("opening", waiting, "investigator"), range(4)))
    assert sorted(answer.status_code for answer in openings) == [200, 409, 409, 409]
