"""An API that is killed at any moment while signals arrive and people assess loses nothing and does nothing twice."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.api.db.migrate import migrate
from services.core.tokens import open_tokens
from tests.integration.casework_clients import ONE, OTHER, Clients
from tests.processes import PATIENCE_SECONDS, free_port, started

pytestmark = pytest.mark.slow

SEED = 20_261_122
SIGNALS = int(os.environ.get("KILLED_API_SIGNALS", "40"))
KILLS = int(os.environ.get("KILLED_API_KILLS", "8"))
LONGEST_LIFE = 1.2
"""Seconds that a process lives at most, from its first answer; a batch or an assessment takes some hundredths."""
Rows = Sequence[Mapping[str, object]]


def test_killing_the_api_on_sqlite_loses_and_doubles_nothing(tmp_path: Path) -> None:
    survive(tmp_path / "home", {}, f"sqlite:///{tmp_path / 'home' / 'api.sqlite'}")


def test_killing_the_api_on_postgresql_loses_and_doubles_nothing(tmp_path: Path, postgresql: str) -> None:
    migrate(postgresql)
    survive(tmp_path / "home", {"DOELBINDING_API_DATABASE_URL": postgresql}, postgresql)


def survive(home: Path, settings: Mapping[str, str], database: str) -> None:
    """Kills while there is work, lets the clients come to their end, and counts what is there."""
    home.mkdir(mode=0o700)
    chance, port = random.Random(SEED), free_port()
    clients = Clients(f"http://127.0.0.1:{port}", open_tokens(home / "tokens.json"), SIGNALS)
    threads = clients.start()
    try:
        hit = sum(killed_at_work(home, port, settings, clients, chance, threads) for _ in range(KILLS))
        with started(home, "serve", "--port", str(port), settings=settings) as api:
            api.until_it_says("Pages:")
            for thread in threads:
                thread.join(PATIENCE_SECONDS * 2)
        alive = at_work(threads)
    finally:
        clients.stop()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        clients.close()
    assert clients.faults == []
    assert not alive, f"{clients.answered} answers, and no end"
    assert hit >= KILLS // 2, "too few kills hit work; raise KILLED_API_SIGNALS"
    examine(database)


def killed_at_work(
    home: Path,
    port: int,
    settings: Mapping[str, str],
    clients: Clients,
    chance: random.Random,
    threads: Sequence[threading.Thread],
) -> bool:
    """Starts the API and kills it; whether it had answered something, and there was still something to do."""
    before = clients.answered
    with started(home, "serve", "--port", str(port), settings=settings) as api:
        api.until_it_says("Pages:")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (
            clients.answered == before and time.monotonic() < deadline and any(map(threading.Thread.is_alive, threads))
        ):
            time.sleep(0.005)
        time.sleep(chance.random() * LONGEST_LIFE)
        api.process.kill()
        api.process.wait()
    return clients.answered > before and at_work(threads)


def at_work(threads: Sequence[threading.Thread]) -> bool:
    """Whether anything is left to do."""
    return any(thread.is_alive() for thread in threads)


def examine(database: str) -> None:
    """Every signal, item, assessment, event and audit entry is there, once."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:

        def rows(query: str) -> Rows:
            return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

        items = rows("SELECT * FROM intake_items")
        examine_items(items, rows("SELECT signal_id, revision FROM signal_revisions"))
        examine_assessments(items, rows("SELECT * FROM assessments"), rows("SELECT * FROM item_events"))
        examine_trail(items, rows("SELECT sequence, action, object_id FROM audit_entries ORDER BY sequence"))
    engine.dispose()


def examine_items(items: Rows, revisions: Rows) -> None:
    expected = {(f"s-{number:032x}", count) for number in range(1, SIGNALS + 1) for count in (1, 2)}
    assert {(row["signal_id"], row["revision"]) for row in revisions} == expected
    assert {(row["signal_id"], row["look_number"]) for row in items} == expected
    assert len(items) == len(revisions) == len(expected)
    assert {row["status"] for row in items} == {"no-follow-up", "line-intervention"}


def examine_assessments(items: Rows, assessments: Rows, events: Rows) -> None:
    both = {f"token:{ONE}", f"token:{OTHER}"}
    for item in items:
        given = [row for row in assessments if row["item_id"] == item["id"]]
        assert sorted((row["round"], row["ordinal"]) for row in given) == [(1, 1), (1, 2)]
        assert {row["assessor"] for row in given} == both
        assert {row["verdict"] for row in given} == {item["status"]}
    happened = Counter((row["item_id"], row["kind"]) for row in events)
    assert happened == expected_of(items)


def examine_trail(items: Rows, entries: Rows) -> None:
    """One entry per event, and a chain without gaps; reads and deliveries stand there beside them."""
    assert [row["sequence"] for row in entries] == [*range(1, len(entries) + 1)]
    kinds = {"assess", "opened-for-new-looks"}
    assert Counter((row["object_id"], row["action"]) for row in entries if row["action"] in kinds) == expected_of(items)


def expected_of(items: Rows) -> Counter[tuple[object, object]]:
    assessed = {(item["id"], "assess"): 2 for item in items}
    return Counter(assessed | {(item["id"], "opened-for-new-looks"): 1 for item in items if item["look_number"] == 2})
