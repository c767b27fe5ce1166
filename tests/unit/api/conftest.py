"""A real API over a migrated SQLite file, called in-process; and signals as the detector would deliver them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import text

from services.api.audit.standing import HIGH_WATER, HighWater
from services.api.db.migrate import migrate
from services.api.main import Publishing, create_app
from services.api.parts import Parts
from services.api.settings import load_settings
from services.core.contract import SIGNAL
from services.core.secret_file import write_once
from services.core.wire import content_hash, to_wire

Json = dict[str, object]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SetClock:
    """Shows the time that the test sets."""

    def __init__(self) -> None:
        self.at = START + timedelta(days=30)

    def now(self) -> datetime:
        return self.at


class Caller:
    """Calls the API as one of the roles, and looks into its database."""

    def __init__(
        self,
        app: object,
        portal: BlockingPortal,
        client: httpx.AsyncClient,
        parts: Parts,
        clock: SetClock,
        migrated: Path | None,
    ):
        self.app = app
        self.file = parts.settings.home / "api.sqlite"
        self.migrated = (migrated or self.file.parent) / "api.sqlite"
        self.parts = parts
        self.clock = clock
        self.portal = portal
        self._client = client

    def call(self, method: str, url: str, role: str | None = None, **options: object) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {self.parts.tokens[role]}"
        return self.portal.call(lambda: self._client.request(method, url, headers=headers, **options))

    def get(self, url: str, role: str | None = "investigator", **options: object) -> httpx.Response:
        return self.call("GET", url, role, **options)

    def deliver(self, *signals: Json) -> httpx.Response:
        body = json.dumps({"signals": signals})
        return self.call("POST", "/v1/signals", "detector", content=body, headers={"Content-Type": "application/json"})

    def results(self, *signals: Json) -> list[tuple[str, int]]:
        answer = self.deliver(*signals)
        assert answer.status_code == 200, answer.text
        return [(result["result"], result["revision"]) for result in answer.json()["results"]]

    def sign_in(self, role: str = "investigator") -> httpx.Response:
        form = {"token": self.parts.tokens[role]}
        return self.call("POST", "/sign-in", data=form, headers={"Origin": "http://api.test"})

    def forget_cookies(self) -> None:
        self._client.cookies.clear()

    def start_anew(self) -> None:
        self.clock.at = SetClock().at
        self.forget_cookies()
        with closing(sqlite3.connect(self.migrated)) as empty, closing(sqlite3.connect(self.file)) as held:
            empty.backup(held)  # the audit trail refuses to be emptied row by row
        self.parts.settings.audit_roots.write_bytes(b"")
        high_water: HighWater = self.parts.engine.sync_engine.get_execution_options()[HIGH_WATER]
        high_water.head = None  # as a restart forgets it

    def trail(self, action: str = "read") -> list[Json]:
        """The entries of the audit trail that tell of such an action, in order, with their detail as data."""
        rows = self.rows(f"SELECT * FROM audit_entries WHERE action = '{action}' ORDER BY sequence")
        return [dict(row) | {"detail": json.loads(str(row["detail"]))} for row in rows]

    def shown(self, what: str) -> list[str]:
        """The signals that were recorded as read in such an answer, in order."""
        return [
            signal for read in self.trail() if read["detail"]["shown"] == what for signal in read["detail"]["signals"]
        ]

    def rows(self, statement: str) -> Sequence[Mapping[str, object]]:
        async def fetch() -> Sequence[Mapping[str, object]]:
            async with self.parts.engine.begin() as connection:
                found = await connection.execute(text(statement))
                return [dict(row) for row in found.mappings()] if found.returns_rows else []

        return self.portal.call(fetch)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite+aiosqlite:///{folder / 'api.sqlite'}")
    return folder


@contextmanager
def running(
    home: Path,
    migrated: Path | None,
    publishing: Publishing | None = None,
    people: Mapping[str, str] | None = None,
    **settings: object,
) -> Iterator[Caller]:
    """`migrated` holds a database file, where the settings name no other database.

    `people` is which employees stand behind which local accounts.
    """
    home.mkdir(mode=0o700)
    if people:
        write_once(home / "readers.json", people)
    for name in ("api.sqlite", "audit-key.json", "audit-roots.ndjson"):  # an API that goes on has its key still
        if migrated and (migrated / name).exists():
            shutil.copy(migrated / name, home / name)
    clock = SetClock()
    app = create_app(load_settings(home=home, max_body_size=2_000_000, **settings), clock, publishing)
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://api.test")
        stack.enter_context(portal.wrap_async_context_manager(client))
        yield Caller(app, portal, client, app.state.parts, clock, migrated)


@pytest.fixture(scope="session")
def shared_api(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Caller]:
    with running(tmp_path_factory.mktemp("shared") / "home", migrated) as caller:
        yield caller


@pytest.fixture
def api(shared_api: Caller) -> Caller:
    """An API that holds nothing yet; its metrics run on from test to test."""
    shared_api.start_anew()
    return shared_api


@pytest.fixture
def own_api(tmp_path: Path, migrated: Path) -> Iterator[Caller]:
    """An API of this test alone, that may be broken."""
    with running(tmp_path / "home", migrated) as caller:
        yield caller


def signal_id(number: int) -> str:
    return f"s-{number:032x}"


def lookup(number: int, **changes: object) -> Json:
    base: Json = {
        "lookup_id": f"log-{number}",
        "occurred_at": START + timedelta(minutes=number),
        "system": "sonar",
        "action": "view",
        "searched_by": "bsn",
        "data_categories": ["identity", "income"],
        "record_count": 1,
        "state": "unexplained",
        "explanation": None,
        "employee_id": None,
        "subject": None,
    }
    return base | changes


def columns(number: int, **changes: object) -> Json:
    base: Json = {
        "signal_id": signal_id(number),
        "family": "own-file",
        "rule": "own-file",
        "rule_version": 1,
        "rule_class": "P",
        "employee_id": f"p1-{number:032x}",
        "subject": f"p1-{number + 1_000_000:032x}",
        "window_start": START,
        "window_end": START + timedelta(days=1),
        "first_lookup_at": START,
        "last_lookup_at": START + timedelta(hours=2),
        "raised_at": START + timedelta(hours=2),
        "as_of": START + timedelta(hours=3),
        "lookup_count": 3,
        "moment_count": 2,
        "day_count": 1,
        "counting_rule": "moments-v1",
        "data_categories": ["income"],
        "shared_count": 0,
        "lookup_ids": ["log-1", "log-2", "log-3"],
        "score": 62.5,
        "severity": "high",
        "status": "open",
        "withdrawn_reason": None,
        "pushed": True,
        "factors": [
            {"factor": "relation", "value": "own file", "points": 50.0},
            {"factor": "consultations", "value": "2 moments", "points": 12.5},
        ],
        "summary": "An employee opened their own file in a client system.",
        "summary_nl": "Een medewerker opende het eigen dossier in een klantsysteem.",
        "facts_for": [{"code": "own", "nl": "Het dossier is van de medewerker zelf.", "en": "The file is their own."}],
        "facts_against": [],
        "facts_unknown": [{"code": "shared", "nl": "Of er is gedeeld.", "en": "Whether it was shared."}],
        "counterfactual": {"code": "exempt", "nl": "In PeopleSoft niet.", "en": "Not in PeopleSoft."},
        "comparison": [],
        "parent_id": None,
        "settings_hash": "0" * 32,
        "content_hash": "",
    }
    assert base.keys() == SIGNAL.schema.keys()
    if "score" in changes and "factors" not in changes:
        base["factors"] = [{"factor": "relation", "value": "own file", "points": changes["score"]}]
    return base | changes


def a_signal(number: int = 1, **changes: object) -> Json:
    """A signal as JSON with its right hash; columns and evidence can be changed by snake_case name."""
    evidence = changes.pop("evidence", [lookup(1), lookup(2), lookup(3)])
    row = columns(number, **changes)
    row["content_hash"] = content_hash(row)
    body = to_wire({**row, "evidence": evidence})
    assert isinstance(body, dict)
    return body


@pytest.fixture(scope="session")
def make_signal() -> Callable[..., Json]:
    return a_signal


@pytest.fixture(scope="session")
def make_lookup() -> Callable[..., Json]:
    return lookup
