"""A snapshot of registers is there whole or not at all, and is used only where it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from structlog.testing import capture_logs

from services.core.keyring import KeyRing
from services.detector.register_topics.snapshot import OLDEST, Snapshot, Snapshots
from tests.world import LONG_AGO, RING

TABLES = {"case-links": pl.DataFrame({"a": [1, 2]}), "employees": pl.DataFrame({"b": ["x"]})}
IDS = {"doelbinding.employees": "0b6d2a1f-0000-4000-8000-000000000001"}
SNAPSHOT = Snapshot(TABLES, {"doelbinding.employees/0": 7}, IDS)
OTHER_RING = KeyRing(1, {**RING.keys, "pseudonym": bytes(32)})


@dataclass
class AClock:
    at: datetime = LONG_AGO

    def now(self) -> datetime:
        return self.at


def of(folder: Path, ring: KeyRing = RING, topics: str = "doelbinding.", later: timedelta = timedelta(0)) -> Snapshots:
    return Snapshots(folder / "registers", ring, topics, AClock(LONG_AGO + later))


def refused(snapshots: Snapshots) -> str:
    with capture_logs() as logs:
        assert snapshots.load() is None
    [told] = logs
    assert told["event"] == "register-snapshot-not-used"
    return str(told["reason"])


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    assert of(tmp_path).load() is None
    of(tmp_path).store(SNAPSHOT)
    found = of(tmp_path).load()
    assert found is not None
    assert (found.positions, found.topic_ids) == (SNAPSHOT.positions, IDS)
    assert found.frames.keys() == TABLES.keys()
    for name, table in TABLES.items():
        assert_frame_equal(found.frames[name], table)


def test_one_of_an_earlier_release_has_no_ids_of_topics(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    contents = tmp_path / "registers" / "contents.json"
    told = msgspec.json.decode(contents.read_bytes(), type=dict[str, object])
    del told["topic_ids"]
    contents.write_bytes(msgspec.json.encode(told))
    found = of(tmp_path).load()
    assert found is not None
    assert (found.positions, found.topic_ids) == (SNAPSHOT.positions, {})


def test_one_that_is_discarded_is_not_there(tmp_path: Path) -> None:
    of(tmp_path).discard()
    of(tmp_path).store(SNAPSHOT)
    of(tmp_path).discard()
    assert of(tmp_path).load() is None


def test_only_tables_that_changed_are_written_again(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    again = of(tmp_path)
    loaded = again.load()
    assert loaded is not None
    before = {path.name for path in (tmp_path / "registers").glob("*.parquet")}
    again.store(replace(loaded, frames={**loaded.frames, "employees": pl.DataFrame({"b": ["y"]})}))
    after = {path.name for path in (tmp_path / "registers").glob("*.parquet")}
    assert [name.rpartition("-")[0] for name in sorted(before & after)] == ["case-links"]
    assert len(after) == len(before)


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "registers").glob("*[nt]")} == {0}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def turn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [Path.unlink, cut, turn])
def test_a_damaged_table_makes_the_snapshot_unusable(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    of(tmp_path).store(SNAPSHOT)
    harm(next((tmp_path / "registers").glob("employees-*.parquet")))
    assert refused(of(tmp_path)) == "a file of it is missing or damaged"


def test_a_damaged_table_of_contents_makes_it_unusable_and_the_next_one_replaces_it(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    cut(tmp_path / "registers" / "contents.json")
    assert "cannot be read" in refused(of(tmp_path))
    of(tmp_path).store(SNAPSHOT)
    assert of(tmp_path).load() is not None
    assert len(list((tmp_path / "registers").glob("*.parquet"))) == len(TABLES)


def test_a_snapshot_of_another_key_ring_or_other_topics_is_not_used(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    for other in (of(tmp_path, OTHER_RING), of(tmp_path, topics="elsewhere.")):
        assert refused(other) == "it is of another release, key ring or set of topics"


def test_a_snapshot_from_before_the_brokers_may_have_forgotten_deletions_is_not_used(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    assert of(tmp_path, later=OLDEST).load() is not None
    assert refused(of(tmp_path, later=OLDEST + timedelta(seconds=1))) == "it is older than 14 days"


def test_a_snapshot_that_cannot_be_written_is_told_and_the_one_before_stays(tmp_path: Path) -> None:
    of(tmp_path).store(SNAPSHOT)
    snapshots = of(tmp_path)
    with capture_logs() as logs, pytest.MonkeyPatch.context() as full:
        full.setattr("services.detector.register_topics.snapshot.os.fsync", no_room)
        snapshots.store(replace(SNAPSHOT, positions={"doelbinding.employees/0": 9}))
    assert [told["event"] for told in logs] == ["register-snapshot-not-stored"]
    found = of(tmp_path).load()
    assert found is not None
    assert found.positions == SNAPSHOT.positions


def no_room(_: int) -> None:
    raise OSError(28, "No space left on device")
