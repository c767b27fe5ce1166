"""Readers with an employee behind them, at work on a real API that tells the detector what they read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.api.main import Publishing
from services.api.readers.sinks import TopicSink
from services.core.backoff import Backoff
from services.core.identity import employee_pseudonym
from services.core.keyring import KeyRing, open_key_ring
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER
from tests.unit.api.casework.conftest import Desk as Casework
from tests.unit.api.conftest import Caller, Json, running
from tests.unit.api.test_publishing import EVENTS, RememberingBroker, until

EMPLOYEES = {ONE: "e-one", OTHER: "e-other", LEAD: "e-lead"}
SCHEMA = json.loads((Path(__file__).parents[4] / "schemas" / "lookup.schema.json").read_bytes())
VALID = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def load_interests(api: Caller, employees: Mapping[str, str]) -> None:
    """Makes these readers known, without any interest."""
    ring = ring_of(api)
    known = [{"reader": employee_pseudonym(ring, each), "interests": []} for each in employees.values()]
    assert api.call("PUT", "/v1/interests", "admin", json={"readers": known}).status_code == 200


def pseudonym(api: Caller, account: str) -> str:
    return employee_pseudonym(ring_of(api), EMPLOYEES[account])


def ring_of(api: Caller) -> KeyRing:
    return open_key_ring(api.parts.settings.home / "keyring.json")


class Office(Casework):
    """A desk whose readers are watched; `broker` is where what they read is told."""

    def __init__(self, api: Caller, broker: RememberingBroker) -> None:
        super().__init__(api)
        self.broker = broker

    def published(self) -> list[Json]:
        """The lookups that are told of everything done so far, the first of equal ones, in order."""
        until(self.is_all_told)
        found: dict[str, Json] = {}
        for event in self.broker.events:
            record = event["data"]
            VALID.validate(record)
            assert found.setdefault(record["lookup_id"], record) == record
        return list(found.values())

    def is_all_told(self) -> bool:
        (row,) = self.api.rows("SELECT h.sequence = p.sequence AS done FROM audit_head h, published_reads p")
        return bool(row["done"])

    def after(self, *doing: Callable[[], object]) -> list[Json]:
        """The lookups of what is done now."""
        before = len(self.published())
        for each in doing:
            each()
        return self.published()[before:]


def grounds(lookups: Sequence[Mapping[str, object]]) -> list[object]:
    return [lookup["case_id"] for lookup in lookups]


Start = Callable[..., AbstractContextManager[Office]]


def telling(broker: RememberingBroker) -> Publishing:
    return Publishing(EVENTS, RememberingBroker(), Backoff(0.001, 0.01), broker)


@pytest.fixture
def start(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts an API of the test's own; the next one goes on with the database of the one before."""
    monkeypatch.setattr(TopicSink, "seconds", 0.01)
    homes = iter(tmp_path / f"home-{number}" for number in range(9))
    database = migrated

    @contextmanager
    def office(
        broker: RememberingBroker, people: Mapping[str, str] = EMPLOYEES, **settings: object
    ) -> Iterator[Office]:
        nonlocal database
        home = next(homes)
        with running(home, database, telling(broker), people, **settings) as api:
            load_interests(api, people)
            yield Office(api, broker)
        database = home

    return office


@pytest.fixture
def broker() -> RememberingBroker:
    return RememberingBroker()


@pytest.fixture(scope="session")
def shared_office(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Office]:
    broker = RememberingBroker()
    home = tmp_path_factory.mktemp("office") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TopicSink, "seconds", 0.01)
        with running(home, migrated, telling(broker), EMPLOYEES) as api:
            yield Office(api, broker)


@pytest.fixture
def office(shared_office: Office) -> Office:
    """An office where nothing has happened yet; its metrics run on from test to test."""
    until(shared_office.is_all_told)
    shared_office.api.start_anew()
    load_interests(shared_office.api, EMPLOYEES)
    until(shared_office.is_all_told)
    shared_office.broker.events.clear()
    shared_office.broker.messages.clear()
    return shared_office
