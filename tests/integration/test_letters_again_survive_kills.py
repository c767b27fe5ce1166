"""Dead letters that are taken again while the detector is killed: each lookup counts once, and none is lost."""

from __future__ import annotations

import random
import time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import bindparam, update

from services.core.archive import EVERYTHING
from services.core.clock import SystemClock
from services.core.keyring import open_key_ring
from services.detector.commands.detector_database import letter_box
from services.detector.deadletters import seal
from services.detector.replaying import open_letter, replay
from services.detector.state.connection import open_engine, sqlite_url, writing
from services.detector.state.letterbox import Wanted
from services.detector.state.schema import DEAD_LETTERS
from services.detector.state.store import Store
from tests.integration.disturbances import an_api
from tests.integration.killable_detect import detecting
from tests.processes import free_port
from tests.unit.command_line import small_dataset
from tests.unit.input.records import a_lookup

LETTERS = 900
STORED_BEFORE_A_KILL = (None, 0, 1, None, 2, 0)
"""How many slices each run may store before it is killed in a transaction; None: it is killed while it starts."""


@pytest.mark.slow
def test_each_letter_is_taken_once_though_the_detector_is_killed(tmp_path: Path) -> None:
    dataset, home, port, chance = small_dataset(tmp_path / "agency"), tmp_path / "home", free_port(), random.Random(7)
    poison = (a_lookup(number, action="peek") for number in range(LETTERS))
    (dataset / "lookups" / "poison.ndjson").write_bytes(b"\n".join(map(msgspec.json.encode, poison)))
    with an_api(home, port) as (_, url):
        with detecting(dataset, home, url) as first:
            assert first.ended() == 0, first.said
        mend_and_mark(home)
        lefts = [LETTERS]
        for slices in STORED_BEFORE_A_KILL:
            with detecting(dataset, home, url) as run:
                if slices is None:
                    time.sleep(chance.uniform(0.2, 0.8))
                    run.killed()
                else:
                    run.until_stored(slices)
                    run.killed_in_a_transaction()
                lefts.append(left(home))
        with detecting(dataset, home, url) as last:
            assert last.ended() == 0, last.said
    assert lefts == sorted(lefts, reverse=True)
    assert len({0, LETTERS, *lefts}) > 3
    assert left(home) == 0
    store = Store(sqlite_url(home / "detector.sqlite"), SystemClock())
    taken = store.archive(EVERYTHING)["lookup_id"].to_list()
    store.close()
    assert len(taken) == len(set(taken)) == LETTERS + 2


def mend_and_mark(home: Path) -> None:
    """All letters at once, as if this release knew an action that the one before did not."""
    ring, engine = open_key_ring(home / "keyring.json"), open_engine(sqlite_url(home / "detector.sqlite"))
    mended = update(DEAD_LETTERS).where(DEAD_LETTERS.c.id == bindparam("this")).values(sealed=bindparam("now"))
    with letter_box(home) as box:
        rows = []
        for letter in box.all(Wanted()):
            raw = open_letter(box, ring, letter).replace(b'"peek"', b'"view"')
            rows.append({"this": letter.id, "now": seal(raw, letter.record, letter.position, ring)})
        with writing(engine) as connection:
            connection.execute(mended, rows)
        engine.dispose()
        assert replay(box, ring, Wanted(), trial=True).failing == {}
        assert replay(box, ring, Wanted(), trial=False).again == LETTERS


def left(home: Path) -> int:
    with letter_box(home) as box:
        return box.total(Wanted())
